"""What belongs to one request, whoever handles it: its id, who sent it, and where people reach this server."""

from __future__ import annotations

import re
from secrets import token_hex
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from countenance.service.context import Service

HEADER = "X-Request-ID"
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - nothing is bound here
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,40}", re.ASCII)


def new_request_id(given: str) -> str:
    """The caller's own id where it is a plain one, so that both sides can speak of it; else a new one."""
    return given if _GIVEN.fullmatch(given) else token_hex(12)


def request_id(request: HTTPConnection) -> str:
    """The id of this request; empty outside the application's own middleware."""
    return str(request.scope.get("state", {}).get("request_id", ""))


def service_of(request: HTTPConnection) -> Service:
    """The installation that this application serves."""
    service = request.app.state.service
    assert isinstance(service, Service)  # noqa: S101 - put there by create_app
    return service


def address_of(request: HTTPConnection) -> str:
    """Where the request comes from; empty where that is not known."""
    return request.client.host if request.client else ""


def base_url(request: HTTPConnection) -> str:
    """Where people reach this server, without a slash at the end: as it was set, or else as this request did, also
    where all that is known is that the server listens everywhere."""
    public = service_of(request).settings.public_url
    known = public is not None and urlsplit(public).hostname not in _EVERYWHERE
    return (public if public and known else str(request.base_url)).rstrip("/")
