"""The life of a job: the only place that changes what state it is in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from countenance.service.clock import now
from countenance.service.db.tables import Job
from countenance.service.ids import new_id
from countenance.service.jobs.queue import Queue

Ended = Literal["done", "failed", "cancelled"]
_ENDED = ("done", "failed", "cancelled")


def create(
    session: Session, workspace_id: str, subject_kind: str, subject_id: str, task: str, stage: str = "queued"
) -> Job:
    """A new job that waits: it runs when it is handed to a queue (`hand_on`)."""
    job = Job(
        id=new_id("j"),
        workspace_id=workspace_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        state="waiting",
        task=task,
        attempt=0,
        stage=stage,
        fraction=0.0,
        created_at=now(),
    )
    session.add(job)
    session.flush()
    return job


def hand_on(session: Session, queue: Queue, job: Job, queue_name: str, task: str) -> None:
    """Put the job's first or next task into a queue; nothing happens to a job that has ended."""
    if has_ended(job):
        return
    job.state, job.task, job.attempt = "queued", task, 0
    job.fruitless, job.advanced = 0, job.fraction
    job.heartbeat_at = None
    wait_for_worker(job)
    session.flush()
    queue.enqueue(session, queue_name, job.id, task)


def wait_for_worker(job: Job) -> None:
    """What is shown of the job until a worker begins."""
    job.stage, job.seconds_left, job.queued_at = "queued", None, now()


def end(job: Job, state: Ended, findings: Sequence[Any] = ()) -> bool:
    """The job is over; False, and no change, if it was already.

    Its workflow is not stopped by this: call `Queue.cancel` with `workflow_id(job.id, job.task)` after the commit.
    """
    if has_ended(job):
        return False
    job.state, job.finished_at, job.seconds_left = state, now(), None
    job.findings = [*findings] or None
    if state == "done":
        job.fraction = 1.0
    return True


def has_ended(job: Job) -> bool:
    """Whether nothing more will be done."""
    return job.state in _ENDED


def locked(session: Session, job_id: str) -> Job | None:
    """The job's row as it is now, and nobody else changes it before this transaction ends."""
    return session.scalars(
        select(Job).where(Job.id == job_id).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
