"""What a line of a list is about: a replica, a video ..., by its name and where it is, or that it was deleted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from countenance.service.consent_requests.closing import KIND as CONSENT_REQUEST
from countenance.service.db.tables import ConsentRequest, Lipsync, Replica, Transcription, Video

_TABLES: Mapping[str, type[Any]] = {
    "replica": Replica,
    "video": Video,
    "lipsync": Lipsync,
    "transcription": Transcription,
}
_PAGES = {"replica": "/replicas/", "video": "/videos/"}
_WORDS = {
    "lipsync": "lip-synced film",
    CONSENT_REQUEST: "request for consent",
    "endpoint": "webhook endpoint",
    "member": "person",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """One of them, as a page shows it."""

    kind: str
    id: str
    name: str = ""
    """empty where it has none, or not any more"""
    href: str = ""
    """its page, where there is one to look at"""
    status: str = ""
    """of its row, such as `waiting`"""
    is_deleted: bool = False
    is_purged: bool = False

    @property
    def word(self) -> str:
        """What it is, such as `replica`."""
        return _WORDS.get(self.kind, self.kind)


Subjects = Mapping[tuple[str, str], Subject]


def subjects(session: Session, workspace_id: str, wanted: Iterable[tuple[str | None, str | None]]) -> Subjects:
    """These, by kind and id; of what has no name, or not any more, the id is told."""
    ids: defaultdict[str, set[str]] = defaultdict(set)
    for kind, each in wanted:
        if kind and each:
            ids[kind].add(each)
    found = {(kind, each): _unknown(kind, each) for kind, some in ids.items() for each in some}
    for kind, some in ids.items():
        if kind == CONSENT_REQUEST:
            found |= _asked(session, workspace_id, some)
        elif kind in _TABLES:
            table = _TABLES[kind]
            for row in session.scalars(select(table).where(table.id.in_(some))):
                if row.workspace_id in (workspace_id, None):
                    found[kind, row.id] = _subject(kind, row)
    return found


def _asked(session: Session, workspace_id: str, ids: Iterable[str]) -> dict[tuple[str, str], Subject]:
    """Requests for consent are shown with the replica for which they were made."""
    rows = session.execute(
        select(ConsentRequest.id, Replica)
        .join(Replica, Replica.id == ConsentRequest.replica_id)
        .where(ConsentRequest.id.in_(ids), Replica.workspace_id == workspace_id)
    )
    return {(CONSENT_REQUEST, each): _subject("replica", replica) for each, replica in rows}


def _unknown(kind: str, each: str) -> Subject:
    """What has no name; a receipt has a page, and is never deleted."""
    return Subject(kind, each, each[:8], f"/receipts/{each}") if kind == "receipt" else Subject(kind, each)


def _subject(kind: str, row: Any) -> Subject:
    deleted = row.deleted_at is not None
    purged = getattr(row, "purged_at", None) is not None
    href = f"{_PAGES[kind]}{row.id}" if kind in _PAGES and not deleted else ""
    return Subject(kind, row.id, "" if deleted else row.name, href, row.status, deleted, purged)
