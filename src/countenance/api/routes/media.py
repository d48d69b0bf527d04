"""Stored pictures, films and sounds, by links that were answered before: whole, or the part that a player asks for."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request
from starlette.responses import StreamingResponse

from countenance.api.context import address_of, request_id, service_of
from countenance.api.problem import problems
from countenance.service.accounts import audit
from countenance.service.context import Service
from countenance.service.db.tables import Lipsync, Replica, Video
from countenance.service.errors import refused
from countenance.service.objects.delivery import deliver
from countenance.service.objects.errors import OBJECT_MISSING
from countenance.service.objects.links import open_link

router = APIRouter(prefix="/v2/media", tags=["media"])
_TABLES: Mapping[str, type[Any]] = {"replicas": Replica, "videos": Video, "lipsyncs": Lipsync}
_BINARY = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "The whole.", **_BINARY},
    206: {"description": "The part that was asked for.", **_BINARY},
    304: {"description": "Nothing changed."},
    **problems(400, 403, 404, 410, 416, 500, 503),
}


@router.api_route("/{token}", methods=["GET"], response_class=StreamingResponse, responses=_ANSWERS)
@router.api_route("/{token}", methods=["HEAD"], include_in_schema=False)
def media(
    token: Annotated[str, Path(min_length=1, max_length=4096)],
    request: Request,
    range_: Annotated[str | None, Header(alias="Range")] = None,
    if_range: Annotated[str | None, Header()] = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """The object of a link, until the link ends; nothing but the link is asked for."""
    service = service_of(request)
    link = open_link(service.settings, token)
    _look_at(service, request, link.key)
    delivery = deliver(
        service.objects,
        link,
        time.time(),
        range_header=range_,
        if_range=if_range,
        if_none_match=if_none_match,
        head_only=request.method == "HEAD",
    )
    return StreamingResponse(delivery.body, delivery.status, delivery.headers)


def _look_at(service: Service, request: Request, key: str) -> None:
    """What was deleted is not shown, and that somebody looks at somebody's face is noted: once for each look, and not
    for every part that a player asks for.

    Raises:
        CountenanceError: service.object_missing.
    """
    folder, _, rest = key.partition("/")
    table = _TABLES.get(folder)
    if table is None:
        return
    with service.database.reading() as session:
        row: Replica | Video | Lipsync | None = session.get(table, rest.partition("/")[0])
    if row is None or row.deleted_at is not None:
        raise refused(OBJECT_MISSING)
    goes_on = not request.headers.get("range", "bytes=0-").startswith("bytes=0-")
    if row.workspace_id is None or goes_on or request.method == "HEAD":
        return
    kind = folder.removesuffix("s")
    place = (address_of(request), request_id(request))
    with service.database.transaction() as session:
        audit.record(session, "link", row.workspace_id, f"{kind}.media.read", kind, row.id, *place)
