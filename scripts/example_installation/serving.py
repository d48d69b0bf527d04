"""A whole server in a thread of this process, on a real socket: for browsers that look at its pages."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
import uvicorn

from countenance.api.app import create_app
from countenance.portal.app import create_pages, with_pages
from countenance.server.installation import installation
from countenance.service.context import Service
from countenance.settings import Settings

_PATIENCE_S = 30.0
BROKEN = "/broken"
"""A page that breaks, so that it can be seen what is seen then."""
FAULT = "the name of somebody"
"""What the fault speaks of, and nobody is to see."""


@dataclass(frozen=True, slots=True)
class Served:
    """An installation, and where its pages are."""

    service: Service
    url: str


@contextmanager
def serving(data: Path, port: int = 0, **wanted: object) -> Iterator[Served]:
    """Serve the installation in a folder, without anybody who works on its queues; `wanted` are further settings.

    Raises:
        OSError: for a port that is taken.
    """
    with _listening(port) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        settings = Settings().model_copy(update={"data_dir": data, "public_url": url, "threads": 1, **wanted})
        with installation(settings) as service, _running(service, listening):
            yield Served(service, url)


def quiet() -> None:
    """Nothing is logged but what goes wrong."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        yield listening


@contextmanager
def _running(service: Service, listening: socket.socket) -> Iterator[None]:
    api = create_app(service)
    pages = create_pages(api)
    pages.add_api_route(BROKEN, _broken)
    config = uvicorn.Config(
        with_pages(api, pages),
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="server", daemon=True)
    thread.start()
    _wait_until_started(server, thread)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(_PATIENCE_S)


def _broken() -> None:
    raise RuntimeError(FAULT)


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    end = time.monotonic() + _PATIENCE_S
    while not server.started:
        if not thread.is_alive() or time.monotonic() > end:
            raise RuntimeError("the server did not start")
        time.sleep(0.01)
