"""Videos that were asked for before their replica could speak."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from countenance.errors import Finding, Rule
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.credits import ledger
from countenance.service.db.tables import Job, Video
from countenance.service.errors import REPLICA_NOT_USABLE
from countenance.service.jobs import life as jobs
from countenance.service.jobs.queue import RENDER, workflow_id
from countenance.service.replicas.errors import REPLICA_DELETED
from countenance.service.tasks.failure import failure
from countenance.service.videos import events

FOR_REPLICA = "waiting for the replica"


def start(session: Session, service: Service, replica_id: str) -> int:
    """The replica can speak: every video that waits for it is queued, in the order in which they were asked for; how
    many those are."""
    waiting = [job for job in _jobs(session, replica_id) if job.state == "waiting"]
    for job in sorted(waiting, key=lambda job: (job.created_at, job.id)):
        jobs.hand_on(session, service.queue, job, RENDER, "render")
    return len(waiting)


def fail(session: Session, replica_id: str, why: str) -> int:
    """The replica will never speak: its videos fail, and free; how many those are. `why` is told with it."""
    return len(_end(session, replica_id, "failed", REPLICA_NOT_USABLE, why))


def abandon(session: Session, replica_id: str) -> list[str]:
    """The replica was deleted: its videos that are not ready fail; the workflows to cancel after the commit."""
    return [workflow_id(job_id, "render") for job_id in _end(session, replica_id, "cancelled", REPLICA_DELETED)]


def hide(session: Session, replica_id: str) -> None:
    """All its videos are to be purged with the replica: from now on nobody sees them."""
    session.execute(
        update(Video)
        .where(Video.replica_id == replica_id, Video.deleted_at.is_(None))
        .values(deleted_at=now())
        .execution_options(synchronize_session=False)
    )


def _end(session: Session, replica_id: str, state: jobs.Ended, rule: Rule, detail: str = "") -> list[str]:
    # All jobs are locked before any credits move, so that two who end several at once do not wait for each other.
    ended = [job for job in _jobs(session, replica_id) if jobs.end(job, state, [Finding(rule).as_dict()])]
    why = failure([Finding(rule, detail=detail).as_dict()])
    for job in ended:
        session.execute(
            update(Video)
            .where(Video.id == job.subject_id, Video.status.in_(("queued", "generating")))
            .values(status="error", updated_at=now(), **why.values())
            .execution_options(synchronize_session=False)
        )
        video = session.get_one(Video, job.subject_id, populate_existing=True)
        if video.deleted_at is None:
            events.tell_video(session, video)
        ledger.release(session, job.id, "error" if state == "failed" else "cancelled")
    return [job.id for job in ended]


def _jobs(session: Session, replica_id: str) -> Sequence[Job]:
    """The jobs of the replica's videos that have not ended, locked."""
    session.flush()
    wanted = (
        select(Job)
        .join(Video, Video.job_id == Job.id)
        .where(Video.replica_id == replica_id, Job.state.in_(("waiting", "queued", "running")))
        .order_by(Job.id)
        .with_for_update(of=Job)
        .execution_options(populate_existing=True)
    )
    return session.scalars(wanted).all()
