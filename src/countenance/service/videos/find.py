"""Videos, lip-synced films and transcriptions of a workspace."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Generic

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from countenance.errors import Rule
from countenance.service.db.tables import Lipsync, Transcription, Video
from countenance.service.errors import LIPSYNC_UNKNOWN, TRANSCRIPTION_UNKNOWN, VIDEO_UNKNOWN, refused
from countenance.service.videos.rows import Row


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows, and how many there are in all."""

    rows: Sequence[Row]
    total: int


def video(session: Session, workspace_id: str, video_id: str) -> Video:
    """Raises CountenanceError service.video_unknown, also of one that was deleted."""
    return _one(session, Video, workspace_id, video_id, VIDEO_UNKNOWN)


def lipsync(session: Session, workspace_id: str, lipsync_id: str) -> Lipsync:
    """Raises CountenanceError service.lipsync_unknown, also of one that was deleted."""
    return _one(session, Lipsync, workspace_id, lipsync_id, LIPSYNC_UNKNOWN)


def transcription(session: Session, workspace_id: str, transcription_id: str) -> Transcription:
    """Raises CountenanceError service.transcription_unknown, also of one that was deleted."""
    return _one(session, Transcription, workspace_id, transcription_id, TRANSCRIPTION_UNKNOWN)


def videos(
    session: Session,
    workspace_id: str,
    *,
    limit: int = 10,
    offset: int = 0,
    replica_id: str | None = None,
    statuses: Collection[str] = (),
    search: str = "",
) -> Page[Video]:
    """The videos that are not deleted, newest first; filters that are empty let everything through.

    `search` is a part of the name in any case, or the id.
    """
    conditions = [Video.replica_id == replica_id] if replica_id else []
    if search:
        conditions.append(or_(Video.name.icontains(search, autoescape=True), Video.id == search))
    if statuses:
        conditions.append(Video.status.in_(statuses))
    return _listed(session, Video, workspace_id, limit, offset, *conditions)


def lipsyncs(session: Session, workspace_id: str, *, limit: int = 10, offset: int = 0) -> Page[Lipsync]:
    """The lip-synced films that are not deleted, newest first."""
    return _listed(session, Lipsync, workspace_id, limit, offset)


def transcriptions(session: Session, workspace_id: str, *, limit: int = 10, offset: int = 0) -> Page[Transcription]:
    """The transcriptions that are not deleted, newest first."""
    return _listed(session, Transcription, workspace_id, limit, offset)


def _one(session: Session, table: type[Row], workspace_id: str, row_id: str, unknown: Rule) -> Row:
    row = session.get(table, row_id)
    if row is None or row.workspace_id != workspace_id or row.deleted_at is not None:
        raise refused(unknown, measured=row_id[:40])
    return row


def _listed(
    session: Session, table: type[Row], workspace_id: str, limit: int, offset: int, *conditions: object
) -> Page[Row]:
    wanted = select(table).where(table.workspace_id == workspace_id, table.deleted_at.is_(None), *conditions)  # type: ignore[arg-type]
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    rows = session.scalars(wanted.order_by(table.created_at.desc(), table.id.desc()).limit(limit).offset(offset))
    return Page(rows.all(), total)
