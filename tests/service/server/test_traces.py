"""Traces reach the collector that is named, and nobody where none is."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry import trace

from countenance.errors import CountenanceError
from countenance.server import traces
from countenance.server.traces import tracing
from countenance.settings import Settings


def test_spans_reach_the_collector() -> None:
    got: list[tuple[str, int]] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((self.path, len(self.rfile.read(int(self.headers["Content-Length"])))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        collector = Settings(otlp_endpoint=f"http://127.0.0.1:{server.server_port}")
        with tracing(collector), trace.get_tracer("test").start_as_current_span("train"):
            pass
    finally:
        server.shutdown()
        server.server_close()
    ((path, size),) = got
    assert path == "/v1/traces"
    assert size > 50


def test_without_the_extra_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traces, "find_spec", lambda _: None)
    with tracing(Settings()):
        pass
    with pytest.raises(CountenanceError, match=r"countenance\[otel\]"), tracing(Settings(otlp_endpoint="http://x")):
        pass
