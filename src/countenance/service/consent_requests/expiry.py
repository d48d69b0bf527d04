"""Links that nobody answered in time."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from countenance.errors import Finding
from countenance.service.clock import now
from countenance.service.consent_requests import closing
from countenance.service.consent_requests.ask import VALID_FOR
from countenance.service.consent_requests.errors import REQUEST_EXPIRED
from countenance.service.context import Service
from countenance.service.db.tables import ConsentRequest, Job, Replica
from countenance.service.replicas import life
from countenance.service.uploads.drop import abort_by_link


def sweep(service: Service) -> int:
    """Close every link whose time is over, and let the replicas fail that wait for nothing else; how many were closed.

    So do replicas that have waited as long without any link. Each in a transaction of its own: one that cannot be
    closed now does not keep the others open.
    """
    with service.database.transaction() as session:
        due = session.scalars(
            select(ConsentRequest.id).where(ConsentRequest.state == "open", ConsentRequest.expires_at <= now())
        ).all()
        forgotten = session.scalars(
            select(Replica.id)
            .join(Job, Job.id == Replica.job_id)
            .where(Replica.status == "waiting", Replica.updated_at <= now() - VALID_FOR, Job.task == "check")
        ).all()
    closed = sum(_expire(service, request_id) for request_id in due)
    return closed + sum(_give_up(service, replica_id) for replica_id in forgotten)


def _expire(service: Service, request_id: str) -> bool:
    with service.database.transaction() as session:
        request = session.get_one(ConsentRequest, request_id)
        life.locked_job(session, request.replica_id)
        session.refresh(request)
        if request.state != "open" or request.expires_at > now():
            return False
        request.state = "expired"
        session.flush()
        closing.forget_link(session, request_id)
        if not _asks_otherwise(session, request.replica_id):
            life.fail(session, service, request.replica_id, [Finding(REQUEST_EXPIRED).as_dict()])
    abort_by_link(service, request_id)
    return True


def _give_up(service: Service, replica_id: str) -> bool:
    with service.database.transaction() as session:
        job = life.locked_job(session, replica_id)
        if job is None or job.task != "check" or job.state != "waiting" or _asks_otherwise(session, replica_id):
            return False
        return life.fail(session, service, replica_id, [Finding(REQUEST_EXPIRED).as_dict()])


def _asks_otherwise(session: Session, replica_id: str) -> bool:
    """Whether another link of this replica may still be answered."""
    other = select(ConsentRequest.id).where(
        ConsentRequest.replica_id == replica_id, ConsentRequest.state == "open", ConsentRequest.expires_at > now()
    )
    return session.scalars(other.limit(1)).first() is not None
