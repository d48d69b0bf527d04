"""Links that are of no use any more."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from countenance.service.clock import now
from countenance.service.db.tables import ConsentRequest, Delivery, OutboxEvent

KIND = "consent_request"
"""What events call a request."""
_LINK = ("url",)
_WHOM = ("full_name", "email")


def withdraw(session: Session, replica_id: str) -> None:
    """No link of this replica can be answered from now on; those that are closed already stay as they are."""
    opened = select(ConsentRequest.id).where(ConsentRequest.replica_id == replica_id, ConsentRequest.state == "open")
    for request_id in session.scalars(opened).all():
        forget_link(session, request_id)
    session.execute(
        update(ConsentRequest)
        .where(ConsentRequest.replica_id == replica_id, ConsentRequest.state == "open")
        .values(state="withdrawn", answered_at=now())
        .execution_options(synchronize_session=False)
    )


def forget(session: Session, replica_id: str) -> None:
    """Withdraw a replica's links and forget whom they asked, and where.

    The ids of one-time words stay until the replica is purged: by them the words are found.
    """
    withdraw(session, replica_id)
    for request_id in session.scalars(select(ConsentRequest.id).where(ConsentRequest.replica_id == replica_id)).all():
        _forget_letters(session, request_id)
    session.execute(
        update(ConsentRequest)
        .where(ConsentRequest.replica_id == replica_id)
        .values(full_name=None, email=None)
        .execution_options(synchronize_session=False)
    )


def forget_link(session: Session, request_id: str) -> None:
    """A request is closed, or its link has arrived: the letter with the link's secret is not sent (again)."""
    for event in _letters(session, request_id):
        event.payload = event.payload | dict.fromkeys(_LINK)
        event.dispatched_at = event.dispatched_at or now()
    session.flush()


def _forget_letters(session: Session, request_id: str) -> None:
    """Forget to whom a link was sent."""
    for event in _letters(session, request_id):
        event.payload = event.payload | dict.fromkeys((*_LINK, *_WHOM))
        sent = update(Delivery).where(Delivery.event_id == event.id).values(target="")
        session.execute(sent.execution_options(synchronize_session=False))
    session.flush()


def _letters(session: Session, request_id: str) -> Sequence[OutboxEvent]:
    wanted = select(OutboxEvent).where(OutboxEvent.subject_kind == KIND, OutboxEvent.subject_id == request_id)
    return session.scalars(wanted).all()
