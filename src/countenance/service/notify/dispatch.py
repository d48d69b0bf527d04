"""From an event to its deliveries: who is told, each in a delivery of its own that is tried on its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from countenance.service.accounts import members
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import Delivery, OutboxEvent
from countenance.service.jobs.queue import NOTIFY
from countenance.service.notify import endpoints
from countenance.service.notify.mail.send import OWNER
from countenance.service.notify.types import ASKED, MAILED, TYPES
from countenance.settings import Settings

DELIVER = "deliver"
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who is told, and how."""

    channel: str
    """`webhook` or `email`"""
    target: str
    endpoint_id: str | None = None


def dispatch(service: Service) -> int:
    """Write and enqueue the deliveries of new events; how many events. Each is dispatched once, whoever else does."""
    with service.database.reading() as session:
        if session.scalars(select(OutboxEvent.id).where(OutboxEvent.dispatched_at.is_(None)).limit(1)).first() is None:
            return 0
    with service.database.transaction() as session:
        fresh = select(OutboxEvent).where(OutboxEvent.dispatched_at.is_(None)).order_by(OutboxEvent.created_at)
        events = session.scalars(fresh.limit(_AT_ONCE).with_for_update(skip_locked=True)).all()
        for event in events:
            _dispatch(session, service, event)
        return len(events)


def receivers(session: Session, settings: Settings, event: OutboxEvent) -> Iterator[Receiver]:
    """Everybody who is told of an event; its own callback first."""
    if event.type == ASKED:
        yield Receiver("email", str(event.payload["email"]))
        return
    if event.callback_url:
        yield Receiver("webhook", event.callback_url)
    if event.type in TYPES:
        for endpoint in endpoints.listed(session, event.workspace_id):
            if endpoint.disabled_at is None and (not endpoint.types or event.type in endpoint.types):
                yield Receiver("webhook", endpoint.url, endpoint.id)
    if event.type in MAILED:
        for address in _readers(session, settings, event.workspace_id):
            yield Receiver("email", address)


def _readers(session: Session, settings: Settings, workspace_id: str) -> list[str]:
    """Whom letters are for. Where nobody was added, and they are files that never leave, whoever set this up reads
    them there: nobody should have to set up anything to hear that a training has failed.
    """
    if settings.smtp_url is None and not members.listed(session, workspace_id):
        return [OWNER]
    return members.notified(session, workspace_id)


def _dispatch(session: Session, service: Service, event: OutboxEvent) -> None:
    event.dispatched_at = now()
    for number, receiver in enumerate(receivers(session, service.settings, event)):
        delivery = Delivery(
            id=f"{event.id}-{number}",
            event_id=event.id,
            workspace_id=event.workspace_id,
            channel=receiver.channel,
            endpoint_id=receiver.endpoint_id,
            target=receiver.target,
            state="pending",
            attempts=0,
            next_at=now(),
            created_at=now(),
            finished_at=None,
        )
        session.add(delivery)
        session.flush()
        service.queue.enqueue(session, NOTIFY, delivery.id, DELIVER)
