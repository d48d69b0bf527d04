"""What a job's row says of the attempts at its task."""

from __future__ import annotations

from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.jobs import life
from countenance.service.jobs.work_folder import remove_work_folder


def begin(service: Service, job_id: str, task: str, executor_id: str) -> int | None:
    """This worker begins the task: the number of the attempt, from 1; None if the job does not want it (any more)."""
    with service.database.transaction() as session:
        job = life.locked(session, job_id)
        if job is None or job.state not in ("queued", "running") or job.task != task:
            return None
        job.state, job.executor_id = "running", executor_id
        job.attempt += 1
        job.heartbeat_at = now()
        job.started_at = job.started_at or job.heartbeat_at
        return job.attempt


def break_off(service: Service, job_id: str, task: str, executor_id: str) -> None:
    """This worker stops in peace, which is no attempt that failed; the folder of a job that has ended is removed."""
    with service.database.transaction() as session:
        job = life.locked(session, job_id)
        ended = job is None or life.has_ended(job)
        if job is not None and not ended and (job.task, job.executor_id) == (task, executor_id):
            job.state, job.executor_id, job.heartbeat_at = "queued", None, None
            job.attempt -= 1
    if ended:
        remove_work_folder(service.settings, job_id)


def is_over(service: Service, job_id: str) -> bool:
    """Whether nothing more is done for the job."""
    with service.database.transaction() as session:
        job = life.locked(session, job_id)
        return job is None or life.has_ended(job)
