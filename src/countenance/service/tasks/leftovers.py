"""Bundles that nothing leads to any more: the preview of a replica that was completed since, and those of tries that
came to nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from countenance.service.context import Service
from countenance.service.db.tables import Job, Replica

_AFTER = timedelta(minutes=10)
"""Whoever began to lay a bundle into a task's folder has ended by then."""
_FOR = timedelta(days=1)
"""What is older was looked at before."""


def sweep(service: Service, at: datetime) -> int:
    """Delete the leftovers of trainings that ended lately, as seen from the moment `at`; how many bundles.

    Raises:
        CountenanceError: service.store_unreachable.
    """
    ended = (
        select(Replica.id, Replica.bundle)
        .join(Job, Job.id == Replica.job_id)
        .where(Job.finished_at <= at - _AFTER, Job.finished_at > at - _AFTER - _FOR, Replica.deleted_at.is_(None))
    )
    with service.database.transaction() as session:
        rows = session.execute(ended).all()
    return sum(_delete_others(service, replica_id, bundle) for replica_id, bundle in rows)


def _delete_others(service: Service, replica_id: str, bundle: str | None) -> int:
    bundles = {key.rpartition("/bundle/")[0] for key in service.objects.list(f"replicas/{replica_id}")}
    left = [prefix for prefix in bundles if prefix and f"{prefix}/bundle" != bundle]
    for prefix in left:
        service.objects.delete(prefix)  # with the pictures beside it
    return len(left)
