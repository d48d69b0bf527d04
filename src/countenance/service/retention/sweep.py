"""Everything that is deleted by itself, once an hour. What was deleted softly stays until it is deleted for good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from countenance.service.accounts.idempotency import forget_old
from countenance.service.context import Service
from countenance.service.db.tables import Lipsync, MediaSource, Replica, Transcription, Video
from countenance.service.purge.traces import LIPSYNC, REPLICA, TRANSCRIPTION, VIDEO
from countenance.service.retention.footage import delete_old
from countenance.service.retention.leftovers import again, delete_leftovers
from countenance.service.retention.words import forget_old as forget_words

_TABLES: tuple[tuple[str, Any], ...] = ((REPLICA, Replica), (VIDEO, Video), (LIPSYNC, Lipsync))
_LATE = timedelta(hours=2)
"""So long after a purge something may still be written by a process that was told to stop, on a machine that hung."""


def sweep(service: Service, at: datetime) -> dict[str, int]:
    """Delete what has been kept long enough at the moment `at`; how much, by kind.

    Kinds: `footage` (replicas whose footage went), `answers` (to requests with an idempotency key), `transcriptions`
    (deleted ones whose sound went), `copies` (of what is purged, that this machine still had), `words` (files of
    one-time words).
    """
    with service.database.transaction() as session:
        answers = forget_old(session, at)
    footage = delete_old(service, at)
    for kind, subject_id in (*_purged_lately(service, at), *_overdue(service, at)):
        again(service, kind, subject_id)
    silent = sum(again(service, TRANSCRIPTION, each) for each in _deleted_transcriptions(service))
    copies = delete_leftovers(service)
    words = forget_words(service, at)
    return {"footage": footage, "answers": answers, "transcriptions": silent, "copies": copies, "words": words}


def _purged_lately(service: Service, at: datetime) -> list[tuple[str, str]]:
    return _those(service, lambda table: table.purged_at > at - _LATE)


def _overdue(service: Service, at: datetime) -> list[tuple[str, str]]:
    """What should be purged by now: the work that was to do it is not tried for ever, and somebody was promised it."""
    return _those(service, lambda table: and_(table.purge_asked_at < at - _LATE, table.purged_at.is_(None)))


def _those(service: Service, wanted: Callable[[Any], ColumnElement[bool]]) -> list[tuple[str, str]]:
    with service.database.reading() as session:
        return [
            (kind, subject_id)
            for kind, table in _TABLES
            for subject_id in session.scalars(select(table.id).where(wanted(table)))
        ]


def _deleted_transcriptions(service: Service) -> list[str]:
    """Whose words went when they were deleted; what was heard has to follow."""
    rows = (
        select(Transcription.id)
        .join(
            MediaSource,
            (MediaSource.subject_kind == TRANSCRIPTION) & (MediaSource.subject_id == Transcription.id),
        )
        .where(Transcription.deleted_at.is_not(None), MediaSource.deleted_at.is_(None))
    )
    with service.database.reading() as session:
        return [*dict.fromkeys(session.scalars(rows))]
