"""The line to a server: its address, the key to it, and how patient one is with it."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass, field
from functools import cache

import httpx2

from countenance import __version__
from countenance.client.errors import (
    KEY_MISSING,
    KEY_UNSENDABLE,
    UNREACHABLE,
    URL_INVALID,
    ClientError,
    UnreachableError,
)
from countenance.client.request import Answer, Broken, Outcome, Request
from countenance.client.retry import Retry
from countenance.client.sink import Sink
from countenance.errors import Finding

URL, KEY = "COUNTENANCE_URL", "COUNTENANCE_API_KEY"
HERE = "http://127.0.0.1:8642"
_CONNECT_S = 10.0
_UNSENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)


@dataclass(frozen=True, slots=True)
class Line:
    """A server's address, without the `/v2` of its API, and a key to it."""

    url: str
    key: str | None = field(repr=False)
    retry: Retry

    def complete(self, request: Request, into: Sink | None = None) -> httpx2.Request:
        """The request as it goes out. The key goes nowhere but to this server.

        Raises:
            ClientError: client.key_missing, client.url_invalid.
        """
        headers = {"User-Agent": f"countenance/{__version__}", "Accept": "application/json", **request.headers}
        if into is not None:
            headers.update(into.headers, **{"Accept": "*/*", "Accept-Encoding": "identity"})
        if request.is_own and self.key:
            headers["x-api-key"] = self.key
        elif request.needs_key:
            raise ClientError(Finding(KEY_MISSING))
        times = {"connect": _CONNECT_S, "pool": _CONNECT_S, "read": request.read_timeout_s, "write": 60.0}
        url = self.url + request.url if request.is_own else request.url
        try:
            return httpx2.Request(
                request.method, url, headers=headers, content=request.body, extensions={"timeout": times}
            )
        except httpx2.InvalidURL as error:
            raise ClientError(Finding(URL_INVALID, detail=str(error))) from error

    def settled(self, request: Request, outcome: Outcome, attempt: int) -> Answer | float:
        """The answer, or after how many seconds it is to be tried again. `attempt` is from 1.

        Raises:
            UnreachableError: where no answer came and it is not to be tried again.
        """
        pause_s = self.retry.pause_s(request, outcome, attempt)
        if pause_s is not None:
            return pause_s
        if isinstance(outcome, Answer):
            return outcome
        where = self.url if request.is_own else httpx2.URL(request.url).host  # a link's query is its permission
        raise UnreachableError(Finding(UNREACHABLE, detail=f"{where}: {outcome.why}."))


def broken(error: httpx2.TransportError) -> Broken:
    """What is to be made of a line that broke."""
    return Broken(f"{type(error).__name__}: {error}".rstrip(": ."), was_sent=not isinstance(error, _UNSENT))


def line_to(url: str | None, key: str | None, retry: Retry | None) -> Line:
    """What was given, or what the environment says; without both the server of this machine.

    Raises:
        ClientError: client.url_invalid, client.key_unsendable.
    """
    given = (url or os.environ.get(URL) or HERE).strip()
    try:
        parsed = httpx2.URL(given)
    except httpx2.InvalidURL as error:
        raise ClientError(Finding(URL_INVALID, measured=given[:80], detail=f"{error}.")) from error
    if parsed.scheme not in ("http", "https") or not parsed.host or parsed.query:
        raise ClientError(Finding(URL_INVALID, measured=given[:80]))
    secret = (key or os.environ.get(KEY) or "").strip()
    if not secret.isascii() or not secret.isprintable():
        raise ClientError(Finding(KEY_UNSENDABLE))
    return Line(given.rstrip("/").removesuffix("/v2"), secret or None, retry or Retry())


@cache
def trusted() -> ssl.SSLContext:
    """The authorities whose certificates count, read once for all clients of a process."""
    return httpx2.create_ssl_context()


def head_of(response: httpx2.Response, body: bytes = b"") -> Answer:
    """Status and headers, with the body that was read."""
    return Answer(response.status_code, {name.lower(): value for name, value in response.headers.items()}, body)
