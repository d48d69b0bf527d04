"""Links that nobody answered in time, and replicas at which nobody looked in time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from countenance.errors import Finding, Rule
from countenance.service.clock import now
from countenance.service.consent_requests import closing
from countenance.service.consent_requests.ask import VALID_FOR
from countenance.service.consent_requests.errors import REQUEST_EXPIRED
from countenance.service.context import Service
from countenance.service.db.tables import ConsentRequest, Job, Replica
from countenance.service.replicas import life
from countenance.service.replicas.errors import REVIEW_MISSED
from countenance.service.uploads.drop import abort_by_link

_REVIEWED_WITHIN = timedelta(days=REVIEW_MISSED.limit or 0)


def sweep(service: Service) -> int:
    """Close every link whose time is over, and let the replicas fail that wait for nothing else; how many were closed.

    So do replicas that have waited as long without any link, or for a month for somebody who looks. Each in a
    transaction of its own: one that cannot be closed now does not keep the others open.
    """
    with service.database.transaction() as session:
        due = session.scalars(
            select(ConsentRequest.id).where(ConsentRequest.state == "open", ConsentRequest.expires_at <= now())
        ).all()
        unasked = _waiting(session, "check", VALID_FOR)
        unseen = _waiting(session, "train", _REVIEWED_WITHIN)
    closed = sum(_expire(service, request_id) for request_id in due)
    closed += sum(_give_up(service, replica_id, "check", REQUEST_EXPIRED) for replica_id in unasked)
    return closed + sum(_give_up(service, replica_id, "train", REVIEW_MISSED) for replica_id in unseen)


def _waiting(session: Session, task: str, since: timedelta) -> Sequence[str]:
    """The replicas that have waited for so long for what comes before a task."""
    waiting = (
        select(Replica.id)
        .join(Job, Job.id == Replica.job_id)
        .where(Replica.status == "waiting", Replica.updated_at <= now() - since, Job.task == task)
    )
    return session.scalars(waiting).all()


def _expire(service: Service, request_id: str) -> bool:
    with service.database.transaction() as session:
        request = session.get_one(ConsentRequest, request_id)
        job = life.locked_job(session, request.replica_id)
        session.refresh(request)
        if request.state != "open" or request.expires_at > now():
            return False
        request.state = "expired"
        session.flush()
        closing.forget_link(session, request_id)
        if life.waits_before(job, "check") and not _asks_otherwise(session, request.replica_id):
            life.fail(session, service, request.replica_id, [Finding(REQUEST_EXPIRED).as_dict()])
    abort_by_link(service, request_id)
    return True


def _give_up(service: Service, replica_id: str, task: str, rule: Rule) -> bool:
    with service.database.transaction() as session:
        job = life.locked_job(session, replica_id)
        if not life.waits_before(job, task) or (task == "check" and _asks_otherwise(session, replica_id)):
            return False
        return life.fail(session, service, replica_id, [Finding(rule).as_dict()])


def _asks_otherwise(session: Session, replica_id: str) -> bool:
    """Whether another link of this replica may still be answered."""
    other = select(ConsentRequest.id).where(
        ConsentRequest.replica_id == replica_id, ConsentRequest.state == "open", ConsentRequest.expires_at > now()
    )
    return session.scalars(other.limit(1)).first() is not None
