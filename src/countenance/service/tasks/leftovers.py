"""What a task leaves that nobody needs any more: the bundles of a training's preview and of tries that came to nothing,
the warrant, in which there are a name and a face, and pictures of a report whose upload was deleted meanwhile.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update

from countenance.service.context import Service
from countenance.service.db.tables import Job, Replica, Upload
from countenance.service.tasks.outputs import warrant_key
from countenance.service.uploads import begin, bucket, report

_AFTER = timedelta(minutes=10)
"""Whoever began to lay a bundle into a task's folder has ended by then."""
_KINDS = ("replica", "lipsync", report.KIND)
_AT_ONCE = 200


def sweep(service: Service, at: datetime) -> int:
    """Delete the leftovers of jobs that have ended and were not looked at, as seen from the moment `at`; how many
    bundles, warrants and reports.

    Raises:
        CountenanceError: service.store_unreachable.
    """
    ended = (
        select(Job.id, Job.subject_kind, Job.subject_id, Replica.bundle)
        .outerjoin(Replica, Replica.job_id == Job.id)
        .where(Job.subject_kind.in_(_KINDS), Job.finished_at <= at - _AFTER, Job.tidied_at.is_(None))
        .order_by(Job.finished_at)
        .limit(_AT_ONCE)
    )
    count = 0
    while True:
        with service.database.reading() as session:
            rows = session.execute(ended).all()
        for job_id, kind, subject_id, bundle in rows:
            count += _delete(service, kind, subject_id, bundle)
            with service.database.transaction() as session:
                session.execute(update(Job).where(Job.id == job_id).values(tidied_at=at))
        if len(rows) < _AT_ONCE:
            return count


def _of_upload(service: Service, upload_id: str) -> int:
    """A worker that died between storing pictures and looking again has left them."""
    with service.database.reading() as session:
        upload = session.get(Upload, upload_id)
    if upload is not None and upload.state != begin.DELETED:
        return 0
    return min(1, service.objects.delete(f"{bucket.place_of(upload_id)}/report"))


def _delete(service: Service, kind: str, subject_id: str, bundle: str | None) -> int:
    if kind == report.KIND:
        return _of_upload(service, subject_id)
    keys = service.objects.list(f"{kind}s/{subject_id}")
    bundles = {key.rpartition("/bundle/")[0] for key in keys if "/bundle/" in key}
    left = [prefix for prefix in bundles if f"{prefix}/bundle" != bundle]  # with the pictures beside it
    warrant = warrant_key(kind, subject_id)
    left += [warrant] if any(key.startswith(f"{warrant}/") for key in keys) else []
    for prefix in left:
        service.objects.delete(prefix)
    return len(left)
