"""Hard deletion, step by step; all of it may be repeated, and must be after a crash.

    stop what is under way, and what comes by links -> receipts and what is held under them -> files -> rows
    -> the database's log -> `purged_at`

Files go before the rows that name them, so that a process that dies in between leaves enough to go on. Whoever calls
has marked the row as deleted before (`life.delete`), which ended the job and settled the credits.
"""

from __future__ import annotations

from dataclasses import replace

import structlog

from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.errors import (
    LIPSYNC_UNKNOWN,
    REPLICA_UNKNOWN,
    TRANSCRIPTION_UNKNOWN,
    VIDEO_UNKNOWN,
    refused,
)
from countenance.service.purge import files, receipts, rows
from countenance.service.purge.log import truncate_log
from countenance.service.purge.traces import (
    LIPSYNC,
    REPLICA,
    REQUEST,
    TABLES,
    TRANSCRIPTION,
    VIDEO,
    Traces,
    of_one,
    of_replica,
)
from countenance.service.uploads.drop import abort_by_link

_UNKNOWN = {
    REPLICA: REPLICA_UNKNOWN,
    VIDEO: VIDEO_UNKNOWN,
    LIPSYNC: LIPSYNC_UNKNOWN,
    TRANSCRIPTION: TRANSCRIPTION_UNKNOWN,
}
_log = structlog.get_logger(__name__)


def purge(service: Service, kind: str, subject_id: str) -> None:
    """Delete everything that shows, sounds like or names a person in a `replica`, with all its videos, or in one
    `video`, `lipsync` or `transcription`.

    Called again for what is purged, it deletes what a process that was being stopped has written since.

    Raises:
        CountenanceError: service.replica_unknown and its like; service.store_unreachable; consent.register_unusable.
        OSError: what the disk refuses, or where the database's log cannot be emptied now.
        ValueError: for what was not marked as deleted.
    """
    traces = _traces(service, kind, subject_id)
    service.queue.cancel(traces.workflows)
    for request_id in traces.subjects.get(REQUEST, ()):
        abort_by_link(service, request_id)
    receipts.note(service, traces)
    receipts.let_go(service, traces)
    files.erase(service, traces)
    service.queue.forget(traces.workflows)
    with service.database.transaction() as session:
        rows.empty(session, traces)
    truncate_log(service.database)
    with service.database.transaction() as session:
        rows.mark(session, traces, now())
    _log.info("purged", kind=kind, id=subject_id)


def purge_replica(service: Service, replica_id: str) -> None:
    """See `purge`."""
    purge(service, REPLICA, replica_id)


def purge_video(service: Service, video_id: str) -> None:
    """See `purge`."""
    purge(service, VIDEO, video_id)


def _traces(service: Service, kind: str, subject_id: str) -> Traces:
    with service.database.reading() as session:
        row = session.get(TABLES[kind], subject_id)
        if row is None:
            raise refused(_UNKNOWN[kind], measured=subject_id[:40])
        if row.deleted_at is None:
            raise ValueError(f"{kind} {subject_id} is not deleted")
        traces = of_replica(session, subject_id) if kind == REPLICA else of_one(session, kind, subject_id)
    given = receipts.receipts_of(service, traces)
    people = dict.fromkeys(
        (
            *traces.people,
            *receipts.people_of(given, service.settings),
            *files.people_in(service.settings, traces),
        )
    )
    return replace(traces, receipts=given, people=tuple(people))
