"""What a training leaves that nobody needs any more: the bundles of its preview and of tries that came to nothing, and
the warrant, in which there are a name and a face."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from countenance.service.context import Service
from countenance.service.db.tables import Job, Replica
from countenance.service.tasks.outputs import warrant_key

_AFTER = timedelta(minutes=10)
"""Whoever began to lay a bundle into a task's folder has ended by then."""
_FOR = timedelta(days=1)
"""What is older was looked at before."""


def sweep(service: Service, at: datetime) -> int:
    """Delete the leftovers of trainings that ended lately, as seen from the moment `at`; how many bundles and warrants.

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
    return sum(_delete(service, replica_id, bundle) for replica_id, bundle in rows)


def _delete(service: Service, replica_id: str, bundle: str | None) -> int:
    keys = service.objects.list(f"replicas/{replica_id}")
    bundles = {key.rpartition("/bundle/")[0] for key in keys if "/bundle/" in key}
    left = [prefix for prefix in bundles if f"{prefix}/bundle" != bundle]  # with the pictures beside it
    warrant = warrant_key("replica", replica_id)
    left += [warrant] if any(key.startswith(f"{warrant}/") for key in keys) else []
    for prefix in left:
        service.objects.delete(prefix)
    return len(left)
