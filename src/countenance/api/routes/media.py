"""Stored pictures, films and sounds, by links that were answered before: whole, or the part that a player asks for."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request
from sqlalchemy.orm import Session
from starlette.responses import StreamingResponse

from countenance.api.browsers import COOKIE
from countenance.api.context import address_of, request_id, service_of
from countenance.api.delivered import Delivered
from countenance.api.problem import problems
from countenance.errors import CountenanceError
from countenance.service.accounts import audit, sessions
from countenance.service.context import Service
from countenance.service.db.tables import Lipsync, Replica, Upload, Video
from countenance.service.errors import refused
from countenance.service.objects.delivery import deliver
from countenance.service.objects.errors import OBJECT_MISSING
from countenance.service.objects.links import Link, open_link
from countenance.service.uploads import begin

router = APIRouter(prefix="/v2/media", tags=["media"])
_Row = Replica | Video | Lipsync | Upload
_TABLES: Mapping[str, type[Any]] = {
    "replicas": Replica,
    "videos": Video,
    "lipsyncs": Lipsync,
    "uploads": Upload,
}
_LOOK = timedelta(minutes=10)
"""So long after the last entry another request may belong to the same look."""
_LINK = "link"
"""The actor where nothing but the link is known of whoever looks."""
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
    """The object of a link, until the link ends; nothing but the link is asked for.

    Whoever looks from a browser that is signed in is noted as such, and once for all that a page shows again and again.
    """
    service = service_of(request)
    link = open_link(service.settings, token)
    seen = _seen(service, link)
    delivery = deliver(
        service.objects,
        link,
        time.time(),
        range_header=range_,
        if_range=if_range,
        if_none_match=if_none_match,
        head_only=request.method == "HEAD",
    )
    if seen is not None and request.method != "HEAD":
        actor = _looking(service, request, seen.workspace_id)
        goes_on = actor != _LINK or (delivery.status == 206 and delivery.start > 0)
        note_look(service, request, seen, actor, goes_on=goes_on)
    return Delivered(delivery)


@dataclass(frozen=True, slots=True)
class Seen:
    """Whose face or voice it is."""

    workspace_id: str
    kind: str
    id: str


def _seen(service: Service, link: Link) -> Seen | None:
    """What is looked at; None where it is nobody's of a workspace.

    Raises:
        CountenanceError: service.object_missing, also of what was deleted, or is shown for the sake of what was: an
            upload may outlive one of the replicas that are made from it.
    """
    folder = link.key.partition("/")[0]
    if folder not in _TABLES:
        return None
    with service.database.reading() as session:
        row = _row(session, link.key)
        owner = _row(session, link.given_for) if link.given_for else row
    if row is None or owner is None or _is_deleted(row) or _is_deleted(owner):
        raise refused(OBJECT_MISSING)
    return None if row.workspace_id is None else Seen(row.workspace_id, folder.removesuffix("s"), row.id)


def _row(session: Session, key: str) -> _Row | None:
    """Of what the first two parts of a key name."""
    folder, named, *_ = f"{key}/".split("/")
    row: _Row | None = session.get(_TABLES[folder], named)
    return row


def _is_deleted(row: _Row) -> bool:
    return row.state == begin.DELETED if isinstance(row, Upload) else row.deleted_at is not None


def _looking(service: Service, request: Request, workspace_id: str) -> str:
    """Who looks, as the audit log calls them: the key of a browser that is signed in to this workspace, or a link."""
    token = request.cookies.get(COOKIE)
    if not token:
        return _LINK
    try:
        with service.database.reading() as session:
            actor = sessions.actor_of(session, service.settings, token, address_of(request))
    except CountenanceError:
        return _LINK
    return actor.text if actor.workspace_id == workspace_id else _LINK


def note_look(service: Service, request: Request, seen: Seen, actor: str, *, goes_on: bool) -> None:
    """That somebody looks is noted; where the look may go on (`goes_on`), not again within a while.

    So a film is one look with all parts that a player asks for later on, as is a picture in a list that is loaded anew.
    """
    action, address = f"{seen.kind}.media.read", address_of(request)
    if goes_on:
        with service.database.reading() as session:
            if audit.is_noted(session, actor, seen.workspace_id, action, seen.id, address, _LOOK):
                return
    with service.database.transaction() as session:
        place = (address, request_id(request))
        audit.record(session, actor, seen.workspace_id, action, seen.kind, seen.id, *place)
