"""The files that a replica is made from, for whoever has to compare them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from countenance.service.db.tables import Upload
from countenance.service.replicas import find
from countenance.service.tasks import sources


@dataclass(frozen=True, slots=True)
class Recording:
    """One of them, where it still is."""

    role: str
    """`footage`, `consent` or `picture`"""
    key: str
    """in the object store"""
    content_type: str
    bytes: int | None


def of_replica(session: Session, workspace_id: str, replica_id: str) -> Sequence[Recording]:
    """Those that are there: not what was deleted, nor what a URL leads to and nobody has fetched yet.

    Raises:
        CountenanceError: service.replica_unknown, also of a replica of the stock.
    """
    find.own(session, workspace_id, replica_id)
    found = []
    for role, source in sources.of(session, "replica", replica_id).items():
        upload = session.get(Upload, source.upload_id) if source.upload_id else None
        held = upload or source
        if held.object_key is not None:
            kind = held.content_type or "application/octet-stream"
            found.append(Recording(role, held.object_key, kind, held.bytes))
    return found
