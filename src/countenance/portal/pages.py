"""Pages and their files, and what browsers may do with them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from fastapi import APIRouter, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "media-src 'self' blob:; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

router = APIRouter(include_in_schema=False)


@router.api_route("/consent/{token}", methods=["GET", "HEAD"])
def consent(token: str) -> Response:
    """Where a person agrees, or does not: what the link stands for is asked of the API by the page itself."""
    return _page("consent.html")


@router.get("/static/{name}")
def static(name: str) -> Response:
    """A file of the pages."""
    content = _static().get(name)
    if content is None:
        return Response(status_code=404, headers=_HEADERS)
    kind = _TYPES["." + name.rpartition(".")[2]]
    return Response(content, media_type=kind, headers={**_HEADERS, "Cache-Control": "public, max-age=3600"})


def _page(name: str) -> Response:
    text = _templates().get_template(name).render()
    return Response(text, media_type="text/html; charset=utf-8", headers=_HEADERS)


@cache
def _templates() -> Environment:
    return Environment(loader=PackageLoader("countenance.portal"), undefined=StrictUndefined, autoescape=True)


@cache
def _static() -> dict[str, bytes]:
    folder = files("countenance.portal").joinpath("static")
    return {each.name: each.read_bytes() for each in folder.iterdir() if each.name.endswith(tuple(_TYPES))}
