"""What is looked after each minute: jobs that nobody works for any more, and what lies about."""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from countenance.errors import Finding
from countenance.service.clock import now
from countenance.service.db.tables import Job
from countenance.service.errors import CRASHED
from countenance.service.jobs import attempt, lease, life
from countenance.service.jobs.child import in_use
from countenance.service.jobs.handlers import Failed, Handler, Outcome
from countenance.service.jobs.queue import workflow_id
from countenance.service.jobs.work_folder import jobs_with_folders, remove_work_folder, work_folder
from countenance.service.jobs.workflow import Work, finish, from_json

_AT_ONCE = 500
_REMEMBERED = timedelta(hours=1)
"""How long a workflow that has ended is kept: its results speak of people."""
_ALIVE = ("ENQUEUED", "DELAYED", "PENDING")

_log = structlog.get_logger(__name__)


def fail_abandoned(work: Work) -> int:
    """End the jobs whose workflow has ended or is gone without ending them, with what their task has come to, if that
    is known; how many.
    """
    with work.service.database.reading() as session:
        open_jobs = session.execute(select(Job.id, Job.task).where(Job.state.in_(("queued", "running")))).all()
    failed = 0
    for start in range(0, len(open_jobs), _AT_ONCE):
        some = {workflow_id(job_id, task): (job_id, task) for job_id, task in open_jobs[start : start + _AT_ONCE]}
        # Read after the jobs: a workflow that ended since then has ended its job too, which `finish` then sees.
        states = work.queue.states([*some])
        for name, (job_id, task) in some.items():
            if states.get(name) not in _ALIVE:
                failed += _ended(work, job_id, task, states.get(name))
    return failed


def _ended(work: Work, job_id: str, task: str, state: str | None) -> bool:
    lost = Failed((Finding(CRASHED).as_dict(),))
    handler = work.registry.get(task)
    try:
        if not isinstance(handler, Handler):  # a task of another version of this software
            ended = _end(work, job_id, lost)
        elif (kept := work.queue.outcome(workflow_id(job_id, task))) is None:
            ended = finish(work.service, handler, job_id, task, lost)
        else:
            ended = _settled(work, handler, job_id, from_json(dict(kept)), lost)
    except Exception:
        _log.exception("abandoned job not ended", job_id=job_id, task=task)
        return False
    if ended:
        _log.error("job ended because its workflow has", job_id=job_id, task=task, workflow=state or "absent")
    return ended


def _settled(work: Work, handler: Handler, job_id: str, outcome: Outcome, lost: Failed) -> bool:
    """The consequences of what the task has come to; where they cannot be drawn, those of a failure."""
    try:
        return finish(work.service, handler, job_id, handler.task, outcome)
    except SQLAlchemyError:
        raise  # the next time may be better
    except Exception:
        _log.exception("outcome not settled", job_id=job_id, task=handler.task)
        return finish(work.service, handler, job_id, handler.task, lost)


def _end(work: Work, job_id: str, outcome: Failed) -> bool:
    with work.service.database.transaction() as session:
        job = life.locked(session, job_id)
        return job is not None and life.end(job, "failed", outcome.findings)


def tidy(work: Work) -> None:
    """Remove folders of jobs at which nobody works, workflows that ended an hour ago, and old leases."""
    settings = work.service.settings
    for job_id in [*jobs_with_folders(settings)]:
        if attempt.is_at_rest(work.service, job_id) and not in_use(work_folder(settings, job_id)):
            remove_work_folder(settings, job_id)
    while ended := work.queue.ended_before((now() - _REMEMBERED).isoformat(), _AT_ONCE):
        work.queue.forget(ended)
    with work.service.database.transaction() as session:
        lease.drop_old(session, settings.lease_s)
