"""What a job's row says of the attempts at its task."""

from __future__ import annotations

from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import Job
from countenance.service.jobs import lease, life

_ADVANCE = 0.01
"""Of the whole job: less is no advance, so that there is an end to them."""


class NotOurs(Exception):
    """The job is another worker's by now, or may be, and this one is about to learn that it lost its lease."""


def begin(
    service: Service, job_id: str, task: str, executor_id: str, *, again: bool, alone: bool = False
) -> int | None:
    """This worker begins the task: the number of the attempt, from 1; None if the job does not want it (any more).

    Attempts are numbered anew where those before have brought the job on: one that advances is not given up.

    `again` says that it has begun it before. Who is `alone` needs no lease: it may
    have expired while the machine slept.

    Raises:
        NotOurs: for a worker that was frozen until another took over, or might have.
    """
    with service.database.transaction() as session:
        job = life.locked(session, job_id)
        if job is None or job.state not in ("queued", "running") or job.task != task:
            return None
        if again and job.executor_id != executor_id:
            raise NotOurs
        if not alone and executor_id not in lease.alive(session):
            raise NotOurs
        job.state, job.executor_id = "running", executor_id
        if job.fraction >= job.advanced + _ADVANCE:
            job.fruitless, job.advanced = 0, job.fraction
        job.attempt, job.fruitless = job.attempt + 1, job.fruitless + 1
        job.heartbeat_at = now()
        job.started_at = job.started_at or job.heartbeat_at
        return job.fruitless


def break_off(service: Service, job_id: str, task: str, executor_id: str) -> None:
    """This worker stops in peace, which is no attempt that failed. Nothing happens to a job that has ended.

    Raises:
        NotOurs: for a job that has not ended.
    """
    with service.database.transaction() as session:
        job = life.locked(session, job_id)
        if job is None or life.has_ended(job):
            return
        if (job.state, job.task, job.executor_id) == ("running", task, executor_id):
            job.state, job.executor_id, job.heartbeat_at = "queued", None, None
            job.attempt, job.fruitless = job.attempt - 1, max(0, job.fruitless - 1)
            life.wait_for_worker(job)
    raise NotOurs


def give_up(service: Service, job_id: str, task: str) -> None:
    """There was nothing to do for the task: its job ends, where it has not."""
    with service.database.transaction() as session:
        job = life.locked(session, job_id)
        if job is not None and job.task == task and job.state in ("queued", "running"):
            life.end(job, "cancelled")


def is_at_rest(service: Service, job_id: str) -> bool:
    """Whether nothing is done for the job now: it has ended, is gone, or waits for something outside."""
    with service.database.reading() as session:
        job = session.get(Job, job_id)
        return job is None or life.has_ended(job) or job.state == "waiting"
