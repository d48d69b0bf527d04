"""What the lives of videos, lip-synced films and transcriptions have in common: every change is conditional."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from countenance.errors import Rule
from countenance.service.clock import now
from countenance.service.credits import ledger
from countenance.service.db.tables import CreditHold, Job, Lipsync, Transcription, Video
from countenance.service.errors import refused
from countenance.service.jobs import life as jobs
from countenance.service.jobs.queue import workflow_id
from countenance.service.tasks.failure import failure

Row = TypeVar("Row", Video, Lipsync, Transcription)
OPEN = ("queued", "generating")
"""The statuses that are not the end."""


def job_of(session: Session, table: type[Row], row_id: str) -> Job | None:
    """The job, locked before the row itself, as everywhere: nobody waits in a circle."""
    row = session.get(table, row_id)
    return None if row is None or row.job_id is None else jobs.locked(session, row.job_id)


def moved(
    session: Session, table: type[Row], row_id: str, before: Collection[str], status: str, **values: Any
) -> Row | None:
    """The row after a change of its status; None, and no change, if it was in none of those before, or deleted."""
    session.flush()
    statement = update(table).where(table.id == row_id, table.status.in_(before), table.deleted_at.is_(None))
    if not _changed(session, statement.values(status=status, updated_at=now(), **values)):
        return None
    return session.get_one(table, row_id, populate_existing=True)


def begun(session: Session, table: type[Row], row_id: str) -> bool:
    """A worker begins; also True of what was begun already, False of what waits, ended or was deleted."""
    job = job_of(session, table, row_id)
    if job is None or job.state == "waiting":
        return False
    return moved(session, table, row_id, OPEN, "generating") is not None


def done(session: Session, table: type[Row], row_id: str, **values: Any) -> Row | None:
    """The row after it was made; None, and no change, if nobody is at work on it."""
    job = job_of(session, table, row_id)
    row = moved(session, table, row_id, ("generating",), "ready", **values)
    if row is not None and job is not None:
        jobs.end(job, "done")
    return row


def failed(session: Session, table: type[Row], row_id: str, findings: Sequence[Mapping[str, Any]]) -> Row | None:
    """The row after it failed, which is free; None, and no change, if it had ended or was deleted."""
    job = job_of(session, table, row_id)
    why = failure(findings)
    row = moved(session, table, row_id, OPEN, "error", **why.values())
    if row is not None and job is not None:
        jobs.end(job, "failed", why.findings)
        ledger.release(session, job.id, "error")
    return row


def deleted(
    session: Session,
    table: type[Row],
    workspace_id: str,
    row_id: str,
    task: str,
    unknown: Rule,
    *,
    hard: bool = False,
    **gone: Any,
) -> list[str]:
    """Mark a row as deleted, end its job and free what it holds; `gone` are columns that are emptied.

    With `hard` one that is deleted already is accepted, so that it can be purged.

    Returns:
        The ids of the workflows to cancel after the commit (`Queue.cancel`).

    Raises:
        CountenanceError: `unknown`.
    """
    row = session.get(table, row_id)
    if row is None or row.workspace_id != workspace_id or (row.deleted_at is not None and not hard):
        raise refused(unknown, measured=row_id[:40])
    job = job_of(session, table, row_id)
    session.flush()
    statement = update(table).where(table.id == row_id, table.deleted_at.is_(None)).values(deleted_at=now(), **gone)
    if not _changed(session, statement):
        return []
    session.refresh(row)
    if job is None:
        return []
    jobs.end(job, "cancelled")
    ledger.release(session, job.id, "cancelled")
    return [workflow_id(job.id, task)]


def captured(session: Session, hold_id: str | None, duration_s: float) -> int:
    """Pay for the seconds that were made, rounded up, never more than were held; how many those are."""
    if hold_id is None:
        return 0
    held = session.get(CreditHold, hold_id, populate_existing=True)
    seconds = min(math.ceil(duration_s), held.amount) if held is not None else 0
    return seconds if ledger.capture(session, hold_id, seconds) else 0


def _changed(session: Session, statement: Any) -> bool:
    result = session.execute(statement.execution_options(synchronize_session=False))
    return isinstance(result, CursorResult) and result.rowcount == 1
