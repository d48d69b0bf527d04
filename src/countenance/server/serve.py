"""The whole service in one process: pages, API, queues and workers."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import uvicorn

from countenance.api.app import create_app
from countenance.errors import CountenanceError, Finding
from countenance.portal.app import with_pages
from countenance.server.errors import ADDRESS_TAKEN
from countenance.server.first_start import first_key, sign_in_link
from countenance.server.housekeeping import housekeeping
from countenance.server.installation import installation
from countenance.server.proxy import warn_of_proxy
from countenance.server.registry import REGISTRY
from countenance.server.traces import tracing
from countenance.service.jobs.lease import own_data_folder
from countenance.service.jobs.worker import Worker
from countenance.settings import Settings

_BACKLOG = 2048
_GOODBYE_S = 5
_MOST_CONNECTIONS = 512


@dataclass(frozen=True, slots=True)
class Started:
    """What whoever started the server wants to know."""

    url: str
    data: str
    api_key: str | None = field(repr=False)
    """of the workspace that was made at the first start; it cannot be shown again"""
    sign_in: str | None = field(repr=False)
    """a link that signs a browser in, once"""


def serve(settings: Settings, on_start: Callable[[Started], None], *, with_worker: bool = True) -> None:
    """Serve until the process is asked to end (SIGINT, SIGTERM). What was being worked on then goes on at the next
    start, where it left off.

    Raises:
        CountenanceError: service.data_in_use, service.data_unusable, service.database_too_new, service.store_setting,
            server.address_taken, server.database_setting, server.database_unreachable, server.traces_missing.
    """
    with ExitStack() as stack:
        stack.enter_context(tracing(settings))
        tell_address = stack.enter_context(own_data_folder(settings))
        listening = stack.enter_context(_listening(settings))
        url = _url(settings, listening)
        warn_of_proxy(settings)
        settings = settings.model_copy(update={"public_url": settings.public_url or url})
        service = stack.enter_context(installation(settings))
        key = first_key(service)
        if with_worker:
            # In this order, so that at the end the worker stops first: it has work to hand back.
            stack.enter_context(housekeeping(service))
            stack.enter_context(Worker(service, REGISTRY, alone=service.database.is_sqlite))
        app = create_app(service)
        tell_address(settings.public_url or url)
        config = uvicorn.Config(
            with_pages(app),
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=_GOODBYE_S,
            server_header=False,
            limit_concurrency=_MOST_CONNECTIONS,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=settings.trusted_proxies,
        )
        on_start(Started(url, str(settings.data_dir), key, sign_in_link(service)))
        uvicorn.Server(config).run(sockets=[listening])


def work(settings: Settings, queues: tuple[str, ...], wait: Callable[[], None]) -> None:
    """Work for a server elsewhere, until `wait` returns.

    Raises:
        CountenanceError: service.data_in_use where the database is a file of a server that runs; service.data_unusable,
            service.database_too_new, service.store_setting, server.database_setting, server.database_unreachable,
            server.traces_missing.
    """
    with ExitStack() as stack:
        stack.enter_context(tracing(settings))
        if settings.database_url is None:
            stack.enter_context(own_data_folder(settings))
        service = stack.enter_context(installation(settings))
        stack.enter_context(housekeeping(service))
        stack.enter_context(Worker(service, REGISTRY, queues, alone=service.database.is_sqlite))
        wait()


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((settings.host, settings.port))
        except OSError as error:
            detail = f"{settings.host}, port {settings.port}: {error.strerror}."
            raise CountenanceError(Finding(ADDRESS_TAKEN, detail=detail)) from error
        listening.listen(_BACKLOG)
        yield listening


def _url(settings: Settings, listening: socket.socket) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{listening.getsockname()[1]}"
