"""What every request passes first: paths with and without a slash at the end, ids, logs and counts.

Logged is the route, never the address with its query: links carry their permission in it.
"""

from __future__ import annotations

import time

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from countenance.api.context import HEADER, new_request_id
from countenance.api.metrics import RequestCounts

_log = structlog.get_logger("countenance.api")
_SILENT = ("/healthz", "/readyz", "/metrics")


class Front:
    """Middleware; the outermost."""

    def __init__(self, app: ASGIApp, counts: RequestCounts) -> None:
        self.app = app
        self.counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        _without_slash(scope)
        given = new_request_id(Headers(scope=scope).get(HEADER, ""))
        scope.setdefault("state", {})["request_id"] = given
        began, status = time.perf_counter(), 500

        async def tell(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = given
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=given):
            try:
                await self.app(scope, receive, tell)
            finally:
                self._note(scope, status, time.perf_counter() - began)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = _route(scope)
        self.counts.note(scope["method"], route, status, seconds)
        if scope["path"] not in _SILENT:
            _log.info("request", method=scope["method"], route=route, status=status, ms=round(seconds * 1000))


def _route(scope: Scope) -> str:
    """The path with its parameters' names for their values; empty where there is none."""
    if "route" not in scope:
        return ""
    names = {str(value): f"{{{name}}}" for name, value in scope.get("path_params", {}).items()}
    return "/".join(names.get(part, part) for part in scope["path"].split("/"))


def _without_slash(scope: Scope) -> None:
    """`/v2/replicas/` is `/v2/replicas`: some clients add a slash and follow no redirects."""
    path = scope["path"]
    if path.startswith("/v2/") and path.endswith("/"):
        scope["path"] = path.rstrip("/")
        if raw := scope.get("raw_path"):
            scope["raw_path"] = raw.rstrip(b"/")
