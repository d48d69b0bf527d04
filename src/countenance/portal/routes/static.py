"""The files of the pages."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from countenance.portal.page import static_files

router = APIRouter()
_KEPT = "public, max-age=31536000, immutable"


@router.api_route("/static/{name}", methods=["GET", "HEAD"])
def static(request: Request, name: str, v: str = "") -> Response:
    """A file. One that is asked for by its version is kept; others are asked for anew, and not sent if unchanged."""
    found = static_files().get(name)
    if found is None:
        return Response(status_code=404, headers={"X-Content-Type-Options": "nosniff"})
    is_packed = found.packed is not None and "gzip" in request.headers.get("accept-encoding", "")
    mark = f'"{found.version}{"-gzip" if is_packed else ""}"'
    headers = {
        "ETag": mark,
        "Cache-Control": _KEPT if v == found.version else "no-cache",
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if request.headers.get("if-none-match") == mark:
        return Response(status_code=304, headers=headers)
    if is_packed:
        return Response(found.packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=found.kind)
    return Response(found.content, headers=headers, media_type=found.kind)
