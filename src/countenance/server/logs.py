"""Logs: one event a line on stderr, for people on a terminal and as JSON for everything else."""

from __future__ import annotations

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import Processor

from countenance.settings import Settings

_QUIET = ("uvicorn.access", "dbos", "alembic", "botocore", "boto3", "urllib3")
"""Libraries that tell more than an operator wants; their warnings stay."""


def configure_logs(settings: Settings, stream: TextIO | None = None) -> None:
    """Send our events and those of the libraries through one formatter. What a request or a job bound is in each."""
    out = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendered(settings, out)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _rendered(settings: Settings, out: TextIO) -> list[Processor]:
    if settings.log_json or not out.isatty():
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    # Its own way to show an exception tells the values of variables: names, scripts.
    return [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
