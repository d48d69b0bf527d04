"""URLs as they are given: what would be refused when it is used is refused now, as far as that is known at once.

What a name stands for may change until then, so it is judged again, and for good, where it is connected to (`session`).
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace

from countenance.errors import CountenanceError
from countenance.service.errors import refused
from countenance.service.fetch.allow import Allowed, allowed_by
from countenance.service.fetch.errors import URL_HOST
from countenance.service.fetch.session import allows, check_public
from countenance.service.fetch.target import Target, target_of
from countenance.settings import Settings

_PATIENCE_S = 1.0
"""For all names of a request together; where the resolver takes longer, nothing is said of them now."""
_TURNS = threading.BoundedSemaphore(16)
"""A look-up cannot be broken off: no more threads than these ever wait for a resolver that does not answer."""


def check_media(settings: Settings, urls: Mapping[str, str | None]) -> None:
    """Whether media would be fetched from these URLs, which are told by the names of their fields.

    Raises:
        CountenanceError: service.url_refused, service.url_host.
    """
    _check(allowed_by(settings.fetch_allow), urls)


def check_postable(settings: Settings, urls: Mapping[str, str | None]) -> None:
    """The same of webhooks, which are posted to them."""
    _check(allowed_by(settings.webhook_allow), urls)


def _check(allowed: Allowed, urls: Mapping[str, str | None]) -> None:
    targets: dict[str, Target] = {}
    for field, url in urls.items():
        if url:
            with _told_of(field):
                targets[field] = target_of(url)
                check_public(targets[field], allowed)
    found = _looked_up({target.host for target in targets.values() if not target.is_address})
    for field, target in targets.items():
        with _told_of(field):
            if not all(allows(target, allowed, address) for address in found.get(target.host, ())):
                # In the words for a name that nobody has, as later on.
                raise refused(URL_HOST)


@contextmanager
def _told_of(field: str) -> Iterator[None]:
    """What is refused inside names the field."""
    try:
        yield
    except CountenanceError as error:
        detail = f"{error.finding.detail} The field is `{field}`.".strip()
        raise CountenanceError(replace(error.finding, detail=detail)) from error


def _looked_up(hosts: Iterable[str]) -> Mapping[str, list[str]]:
    """The addresses that names stand for, of those that are known soon."""
    found: dict[str, list[str]] = {}

    def look_up(host: str) -> None:
        try:
            with suppress(OSError, UnicodeError):
                answers = socket.getaddrinfo(host, None, socket.AF_UNSPEC, socket.SOCK_STREAM)
                found[host] = [str(address[0]) for *_, address in answers]
        finally:
            _TURNS.release()

    threads = []
    for host in hosts:
        if _TURNS.acquire(blocking=False):
            threads.append(threading.Thread(target=look_up, args=(host,), name="look-up", daemon=True))
            threads[-1].start()
    ends_at = time.monotonic() + _PATIENCE_S
    for thread in threads:
        thread.join(max(0.0, ends_at - time.monotonic()))
    return found.copy()
