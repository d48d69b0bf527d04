"""Requests of browsers that are signed in: by a cookie, which browsers send whichever page asks them to.

So what changes something is done only for pages of this server: browsers say of every such request where it comes from
(`Sec-Fetch-Site`, Fetch Metadata; older ones and those on plain HTTP only `Origin`, RFC 6454).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request

from countenance.api.context import service_of
from countenance.api.errors import FOREIGN_PAGE
from countenance.errors import CountenanceError, Finding

COOKIE = "countenance_session"
_SAFE = ("GET", "HEAD", "OPTIONS")


def check_origin(request: Request) -> None:
    """Raises CountenanceError api.foreign_page for a change that no page of this server asks for."""
    if request.method in _SAFE or _is_ours(request):
        return
    raise CountenanceError(Finding(FOREIGN_PAGE))


def _is_ours(request: Request) -> bool:
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    try:
        origin = urlsplit(request.headers.get("origin", "")).netloc
    except ValueError:  # no browser's
        return False
    public = urlsplit(service_of(request).settings.public_url or "").netloc
    return bool(origin) and origin in (request.headers.get("host", ""), public)
