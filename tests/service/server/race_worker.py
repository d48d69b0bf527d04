"""A worker with everything that the server's has, but the quick engine; says `ready` when it works."""

from __future__ import annotations

import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import structlog

from countenance.server.housekeeping import housekeeping
from countenance.server.installation import installation
from countenance.server.registry import REGISTRY
from countenance.service.jobs.worker import Worker
from countenance.settings import Settings

ENGINE = Path(__file__).with_name("fake_engine.py")


def main() -> None:
    """Work until killed."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    command = (sys.executable, "-S", "-E", str(ENGINE))
    with ExitStack() as stack:
        service = stack.enter_context(installation(Settings(), migrated=False))
        stack.enter_context(Worker(service, REGISTRY, command=command))
        stack.enter_context(housekeeping(service))
        print("ready", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
