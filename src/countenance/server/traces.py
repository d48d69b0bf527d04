"""Traces, where the owner names a collector: a span for each request and for each task. Nothing leaves without that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from countenance import __version__
from countenance.errors import CountenanceError, Finding
from countenance.server.errors import TRACES_MISSING
from countenance.settings import Settings

_PATH = "/v1/traces"


@contextmanager
def tracing(settings: Settings) -> Iterator[None]:
    """Send spans to the collector while the block lasts; nothing happens without one.

    Raises:
        CountenanceError: server.traces_missing, where the extra `otel` is not installed.
    """
    if settings.otlp_endpoint is None:
        yield
        return
    if find_spec("opentelemetry.sdk") is None or find_spec("opentelemetry.exporter") is None:
        raise CountenanceError(Finding(TRACES_MISSING))
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource({SERVICE_NAME: "countenance", SERVICE_VERSION: __version__}))
    endpoint = settings.otlp_endpoint.rstrip("/")
    provider.add_span_processor(
        BatchSpanProcessor(OTLPSpanExporter(endpoint if endpoint.endswith(_PATH) else endpoint + _PATH))
    )
    trace.set_tracer_provider(provider)
    try:
        yield
    finally:
        provider.shutdown()
