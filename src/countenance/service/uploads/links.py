"""Which parts are missing, and where they are sent to: to this server with a signed URL, or straight to the store.

The URL of a part carries its permission in it, so that a browser that has no key can send what it was asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import Upload, UploadPart
from countenance.service.errors import refused
from countenance.service.objects.errors import LINK_INVALID
from countenance.service.objects.links import sign, unsign
from countenance.service.uploads import begin, bucket, parts
from countenance.settings import Settings

_PURPOSE = "part"


@dataclass(frozen=True, slots=True)
class PartLink:
    """A part that is missing."""

    number: int
    bytes: int
    url: str
    """for PUT, with the bytes as the body"""


def missing_parts(service: Service, workspace_id: str, upload_id: str) -> list[int]:
    """The numbers of the parts that are missing, from 1; none of an upload that is complete or was deleted.

    Opens a transaction of its own, and asks the store where parts go there: call it outside of one.

    Raises:
        CountenanceError: service.upload_unknown, service.store_unreachable.
    """
    with service.database.reading() as session:
        upload = begin.get(session, workspace_id, upload_id)
        here = set(session.scalars(select(UploadPart.number).where(UploadPart.upload_id == upload_id)))
    if upload.state != begin.OPEN:
        return []
    there = set(bucket.present(service, upload)) if bucket.is_direct(service) else here
    return [number for number in range(1, parts.count(upload) + 1) if number not in there]


def part_links(service: Service, workspace_id: str, upload_id: str, base_url: str) -> list[PartLink]:
    """Where each missing part is sent to. Call it outside of a transaction, as `missing_parts`.

    Args:
        service: the installation.
        workspace_id: whose upload it is.
        upload_id: which one.
        base_url: of this server, as whoever sends the parts reaches it.

    Raises:
        CountenanceError: service.upload_unknown, service.store_unreachable, service.link_key.
    """
    missing = missing_parts(service, workspace_id, upload_id)
    with service.database.reading() as session:
        upload = begin.get(session, workspace_id, upload_id)
    valid_s = (upload.expires_at - now()).total_seconds()
    if not missing or valid_s <= 0:
        return []
    if bucket.is_direct(service):
        urls = bucket.urls(service, upload, missing, valid_s)
    else:
        urls = _own_urls(service.settings, upload, missing, valid_s, base_url.rstrip("/"))
    return [PartLink(number, parts.size(upload, number), urls[number]) for number in missing]


def open_part_link(settings: Settings, upload_id: str, token: str) -> str:
    """The workspace whose upload may be sent to with this token.

    Raises:
        CountenanceError: service.link_invalid, service.link_expired, service.link_key.
    """
    told = unsign(settings, _PURPOSE, token)
    if told["u"] != upload_id:
        raise refused(LINK_INVALID)
    return str(told["w"])


def _own_urls(settings: Settings, upload: Upload, numbers: list[int], valid_s: float, base_url: str) -> dict[int, str]:
    token = sign(settings, _PURPOSE, {"u": upload.id, "w": upload.workspace_id}, valid_s)
    return {number: f"{base_url}/v2/uploads/{upload.id}/parts/{number}?token={token}" for number in numbers}
