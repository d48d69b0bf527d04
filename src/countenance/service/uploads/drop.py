"""An upload is given up, or deleted because nothing was made from it."""

from __future__ import annotations

import structlog
from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.orm import Session

from countenance.errors import CountenanceError
from countenance.service.accounts import idempotency
from countenance.service.context import Service
from countenance.service.db.tables import ConsentRequest, MediaSource, Upload, UploadPart
from countenance.service.errors import refused
from countenance.service.uploads import begin, bucket, folder, report
from countenance.service.uploads.errors import UPLOAD_IN_USE

GONE = {
    "state": begin.DELETED,
    **dict.fromkeys(("sha256", "object_key", "media", "report")),
    "filename": "",
}
"""What is left of an upload: that it was there, and how large. Names of files are often those of people."""
_log = structlog.get_logger(__name__)


def abort(service: Service, workspace_id: str, upload_id: str) -> None:
    """Delete an upload with all that has arrived. Repeating it changes nothing; call it outside of a transaction.

    Raises:
        CountenanceError: service.upload_unknown; service.upload_in_use if something was made from it.
    """
    with service.database.transaction() as session:
        upload = begin.get(session, workspace_id, upload_id)
        if upload.state != begin.DELETED and not mark_deleted(session, upload):
            raise refused(UPLOAD_IN_USE)
    forget(service, upload)


def abort_by_link(service: Service, consent_request_id: str) -> None:
    """A link is closed: delete what came by it and is not the recording. Call it outside of a transaction.

    What the store does not delete now is left to its own rules, as with uploads that end by themselves.
    """
    with service.database.transaction() as session:
        came = select(Upload).where(Upload.consent_request_id == consent_request_id, Upload.state != begin.DELETED)
        gone = [upload for upload in session.scalars(came) if mark_deleted(session, upload)]
    for upload in gone:
        try:
            forget(service, upload)
        except CountenanceError as error:
            _log.warning("upload not forgotten", upload_id=upload.id, rule=error.finding.rule.id)


def abort_by_closed_links(service: Service, replica_id: str) -> None:
    """`abort_by_link` for every link of a replica that is closed. Call it outside of a transaction."""
    closed = select(ConsentRequest.id).where(ConsentRequest.replica_id == replica_id, ConsentRequest.state != "open")
    with service.database.reading() as session:
        requests = session.scalars(closed).all()
    for request_id in requests:
        abort_by_link(service, request_id)


def unused() -> ColumnElement[bool]:
    """That nothing that is still there was made from an upload: a condition for its table."""
    used = exists(select(MediaSource.id).where(MediaSource.upload_id == Upload.id, MediaSource.deleted_at.is_(None)))
    recorded = exists(select(ConsentRequest.id).where(ConsentRequest.upload_id == Upload.id))
    return ~used & ~recorded


def mark_deleted(session: Session, upload: Upload) -> bool:
    """Mark an upload as deleted unless something was made from it; whether it is."""
    jobs = report.locked_jobs(session, [upload.id])
    marked = session.execute(update(Upload).where(Upload.id == upload.id, unused()).values(**GONE))
    session.execute(delete(UploadPart).where(UploadPart.upload_id == upload.id))
    if not marked.rowcount:  # type: ignore[attr-defined]
        return False
    report.end(jobs)
    idempotency.forget(session, upload.workspace_id, [upload.id])
    return True


def forget(service: Service, upload: Upload) -> None:
    """Delete what an upload left: here, in the store, parts that wait there, and its report. May be repeated.

    Raises:
        CountenanceError: service.store_unreachable.
    """
    with service.database.reading() as session:
        workflows = report.workflows_of(session, [upload.id])
    service.queue.cancel(workflows)
    folder.drop(service.settings, upload.id)
    if bucket.is_direct(service):
        bucket.drop(service, upload)
    service.objects.delete(bucket.place_of(upload.id))
    service.queue.forget(workflows)
