"""The report of an upload: what speaks against its footage or its picture, before anything is made from it.

It is free, is made once, and goes with the upload. How far it is, and why there is none, its job says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from countenance.service.accounts import workspaces
from countenance.service.context import Service
from countenance.service.db.tables import Job, Upload
from countenance.service.errors import REQUEST_INVALID, refused
from countenance.service.fetch.sniff import IMAGE, VIDEO
from countenance.service.jobs import life as jobs
from countenance.service.jobs.queue import CHECK, workflow_id
from countenance.service.uploads import begin
from countenance.service.uploads.errors import (
    REPORT_OF_SOUND,
    REPORT_UNKNOWN,
    REPORTS_OPEN,
    UPLOAD_INCOMPLETE,
    UPLOAD_UNKNOWN,
)

KIND, TASK = "upload", "report"
_SHOWN = (VIDEO, IMAGE)
_AGAIN = ("failed", "cancelled")


def ask(session: Session, service: Service, workspace_id: str, upload_id: str) -> tuple[Upload, Job]:
    """Have the report made, unless it is there or under way; one that failed is tried again.

    Raises:
        CountenanceError: service.upload_unknown, upload_incomplete, report_of_sound, reports_open; request_invalid
            for what a person has given by a link, for their consent alone.
    """
    upload = _present(session, workspace_id, upload_id, locked=True)
    if upload.state != begin.COMPLETE:
        raise refused(UPLOAD_INCOMPLETE)
    if upload.consent_request_id is not None:
        raise refused(REQUEST_INVALID, "This recording was given by a link, for a consent alone.")
    if kind_of(upload) not in _SHOWN:
        raise refused(REPORT_OF_SOUND)
    job = _job_of(session, upload)
    if job is None or job.state in _AGAIN:
        _not_too_many(session, workspace_id)
        job = jobs.create(session, workspace_id, KIND, upload.id, TASK)
        upload.report_job_id = job.id
        jobs.hand_on(session, service.queue, job, CHECK, TASK)
    return upload, job


def get(session: Session, workspace_id: str, upload_id: str) -> tuple[Upload, Job]:
    """The upload with its report, if that is there, and the job that makes or has made it.

    Raises:
        CountenanceError: service.upload_unknown, report_unknown.
    """
    upload = _present(session, workspace_id, upload_id)
    job = _job_of(session, upload)
    if job is None:
        raise refused(REPORT_UNKNOWN)
    return upload, job


def wanted(session: Session, job_id: str) -> Upload | None:
    """The upload whose report this job makes; None once it was deleted."""
    job = session.get(Job, job_id)
    upload = session.get(Upload, job.subject_id, populate_existing=True) if job is not None else None
    return upload if upload is not None and _is_of(upload, job_id) else None


def complete(session: Session, job: Job, report: Mapping[str, Any]) -> None:
    """The report is there."""
    still = update(Upload).where(
        Upload.id == job.subject_id, Upload.report_job_id == job.id, Upload.state == begin.COMPLETE
    )
    kept = session.execute(still.values(report=dict(report))).rowcount  # type: ignore[attr-defined]
    jobs.end(job, "done" if kept else "cancelled")


def fail(session: Session, job: Job, findings: Sequence[Mapping[str, Any]]) -> None:
    """There will be no report."""
    if wanted(session, job.id) is None:
        jobs.end(job, "cancelled")
    else:
        jobs.end(job, "failed", findings)


def locked_jobs(session: Session, upload_ids: Sequence[str]) -> list[Job]:
    """The jobs of the reports of uploads, locked before the uploads themselves: nobody waits in a circle."""
    theirs = select(Job).where(Job.subject_kind == KIND, Job.subject_id.in_(upload_ids)).order_by(Job.id)
    return list(session.scalars(theirs.with_for_update().execution_options(populate_existing=True)))


def end(found: Sequence[Job]) -> None:
    """The uploads of these jobs are gone."""
    for job in found:
        jobs.end(job, "cancelled")
        job.findings = None


def workflows_of(session: Session, upload_ids: Sequence[str]) -> list[str]:
    """The durable workflows that make, or have made, the reports of uploads."""
    theirs = select(Job.id).where(Job.subject_kind == KIND, Job.subject_id.in_(upload_ids))
    return [workflow_id(job_id, TASK) for job_id in session.scalars(theirs)]


def kind_of(upload: Upload) -> str:
    """`video`, `image` or `audio`."""
    return str((upload.media or {}).get("kind", ""))


def _present(session: Session, workspace_id: str, upload_id: str, *, locked: bool = False) -> Upload:
    upload = begin.get(session, workspace_id, upload_id)
    if locked:
        session.refresh(upload, with_for_update=True)
    if upload.state == begin.DELETED:
        raise refused(UPLOAD_UNKNOWN)
    return upload


def _job_of(session: Session, upload: Upload) -> Job | None:
    return None if upload.report_job_id is None else session.get(Job, upload.report_job_id)


def _is_of(upload: Upload, job_id: str) -> bool:
    return upload.state == begin.COMPLETE and upload.report_job_id == job_id


def _not_too_many(session: Session, workspace_id: str) -> None:
    workspaces.take_turns(session, workspace_id)
    under_way = select(func.count()).where(
        Job.workspace_id == workspace_id, Job.subject_kind == KIND, Job.state.in_(("waiting", "queued", "running"))
    )
    found = session.scalar(under_way) or 0
    if found >= (REPORTS_OPEN.limit or 0):
        raise refused(REPORTS_OPEN, measured=float(found))
