"""What every request passes first: paths with and without a slash at the end, ids, logs and counts.

Logged is the route, never the address with its query: links carry their permission in it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import structlog
from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from countenance.api.call import check_key
from countenance.api.context import HEADER, new_request_id
from countenance.api.metrics import RequestCounts
from countenance.api.problem import crashed, malformed, refused, too_large
from countenance.errors import CountenanceError

_log = structlog.get_logger("countenance.api")
_MOST_WITHOUT_KEY = 256 * 1024
"""bytes"""
_WITHOUT_KEY = re.compile(r"/v2/uploads/[^/]+/parts/|/v2/consent-links/|/v2/media/")
_GONE = 499
"""For the log alone; whoever sent the request does not listen any more."""
_SILENT = ("/healthz", "/readyz", "/metrics")


class Front:
    """Middleware; nothing comes in or goes out beside it."""

    def __init__(
        self,
        app: ASGIApp,
        counts: RequestCounts,
        crashed: Callable[[Request, Exception], Response] = crashed,
        too_large: Callable[[Request], Response] = too_large,
    ) -> None:
        self.app = app
        self.counts = counts
        self.crashed = crashed
        self.too_large = too_large

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        _without_slash(scope)
        given = new_request_id(Headers(scope=scope).get(HEADER, ""))
        scope.setdefault("state", {})["request_id"] = given
        answer = _Answer(scope, receive, send, given, self.too_large)
        began = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=given):
            try:
                reply = await _objection(scope)
                await (reply or self.app)(scope, receive, answer.send)
            except ClientDisconnect:  # in the middle of a body: whoever sent it is gone, and nothing went wrong here
                if answer.status is None:
                    await Response(status_code=_GONE)(scope, receive, answer.send)
            except Exception as error:
                if answer.status is not None:
                    raise
                await self.crashed(Request(scope), error)(scope, receive, answer.send)
            finally:
                self._note(scope, answer.status or 500, time.perf_counter() - began)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = _route(scope)
        self.counts.note(scope["method"], route, status, seconds)
        if scope["path"] not in _SILENT:
            _log.info("request", method=scope["method"], route=route, status=status, ms=round(seconds * 1000))


async def _objection(scope: Scope) -> Response | None:
    """The answer to what goes no further, before its body is read: bodies are taken apart before keys are looked at."""
    request = Request(scope)
    if not _is_readable(scope):
        return malformed(request)
    if _brings_much(scope["path"], request.headers):
        try:
            await to_thread.run_sync(check_key, request)
        except CountenanceError as error:
            return refused(request, error)
    return None


def _brings_much(path: str, headers: Headers) -> bool:
    """Whether a body, of known length or not, is so large that it takes a key. Parts of uploads, which are not taken
    apart, and people with a link have none; what the latter send is small (see `consent_links`)."""
    length = headers.get("content-length", "0")
    is_large = "transfer-encoding" in headers or not length.isdecimal() or int(length[:20]) > _MOST_WITHOUT_KEY
    return is_large and path.startswith("/v2/") and not _WITHOUT_KEY.match(path)


def _is_readable(scope: Scope) -> bool:
    """NUL is in no id and in no name, and no database takes it."""
    return "\0" not in scope["path"] and b"%00" not in scope.get("query_string", b"")


class _Answer:
    """An answer on its way out: it gets the request's id, and a bare refusal becomes a problem like all others."""

    def __init__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        request_id: str,
        too_large: Callable[[Request], Response],
    ) -> None:
        self.status: int | None = None
        self._scope, self._receive, self._send = scope, receive, send
        self._request_id = request_id
        self._too_large = too_large
        self._replaced = False

    async def send(self, message: Message) -> None:
        """Send one message on."""
        if self._replaced:
            return
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if message["status"] == 413 and headers.get("content-type", "").startswith("text/plain"):
                await self._too_large(Request(self._scope))(self._scope, self._receive, self.send)
                self._replaced = True
                return
            self.status = message["status"]
            headers[HEADER] = self._request_id
            headers.setdefault("X-Content-Type-Options", "nosniff")
            if self._scope["path"].startswith("/v2/"):
                headers.setdefault("Cache-Control", "no-store")  # whose it is, only the key says
        await self._send(message)


def _route(scope: Scope) -> str:
    """The path with its parameters' names for their values; empty where there is none."""
    if "route" not in scope:
        return ""
    template: str = getattr(scope["route"], "path", "")
    # A route knows its path without the prefix under which it is served, in which there are no parameters.
    parts = scope["path"].split("/")
    return "/".join(parts[: len(parts) - template.count("/")]) + template


def _without_slash(scope: Scope) -> None:
    """`/v2/replicas/` is `/v2/replicas`: some clients add a slash and follow no redirects."""
    path = scope["path"]
    if path.startswith("/v2/") and path.endswith("/"):
        scope["path"] = path.rstrip("/")
        if raw := scope.get("raw_path"):
            scope["raw_path"] = raw.rstrip(b"/")
