"""What was told to whom: looked up, and sent again."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from countenance.service.clock import now
from countenance.service.consent_requests.limits import check_mails
from countenance.service.context import Service
from countenance.service.db.tables import Delivery, DeliveryAttempt, OutboxEvent
from countenance.service.errors import refused
from countenance.service.ids import new_id
from countenance.service.jobs.queue import NOTIFY
from countenance.service.notify import endpoints
from countenance.service.notify.asked import answerable
from countenance.service.notify.dispatch import DELIVER
from countenance.service.notify.errors import DELIVERY_OVER, DELIVERY_UNKNOWN
from countenance.service.notify.types import ASKED, TEST
from countenance.service.outbox import emit


def listed(
    session: Session,
    workspace_id: str,
    *,
    state: str | None = None,
    subject_id: str | None = None,
    channel: str | None = None,
    offset: int = 0,
    limit: int = 50,
) -> tuple[Sequence[tuple[Delivery, OutboxEvent]], int]:
    """Deliveries, the newest first, and how many there are in all."""
    mine = (
        select(Delivery, OutboxEvent)
        .join(OutboxEvent, OutboxEvent.id == Delivery.event_id)
        .where(Delivery.workspace_id == workspace_id)
    )
    if state is not None:
        mine = mine.where(Delivery.state == state)
    if subject_id is not None:
        mine = mine.where(OutboxEvent.subject_id == subject_id)
    if channel is not None:
        mine = mine.where(Delivery.channel == channel)
    total = session.scalar(select(func.count()).select_from(mine.with_only_columns(Delivery.id).subquery())) or 0
    rows = session.execute(mine.order_by(Delivery.created_at.desc(), Delivery.id).offset(offset).limit(limit))
    return [(delivery, event) for delivery, event in rows], total


def get(session: Session, workspace_id: str, delivery_id: str) -> tuple[Delivery, OutboxEvent]:
    """Raises CountenanceError service.delivery_unknown."""
    delivery = session.get(Delivery, delivery_id)
    if delivery is None or delivery.workspace_id != workspace_id:
        raise refused(DELIVERY_UNKNOWN, measured=delivery_id[:80])
    return delivery, session.get_one(OutboxEvent, delivery.event_id)


def attempts(session: Session, delivery_id: str) -> Sequence[DeliveryAttempt]:
    """Every try, the first one first."""
    tries = select(DeliveryAttempt).where(DeliveryAttempt.delivery_id == delivery_id)
    return session.scalars(tries.order_by(DeliveryAttempt.id)).all()


def resend(session: Session, service: Service, workspace_id: str, delivery_id: str) -> Delivery:
    """Deliver the same event to the same receiver once more, as a delivery of its own.

    Raises:
        CountenanceError: service.delivery_unknown; service.delivery_over where the receiver is no receiver any more;
            service.consent_mails.
    """
    delivery, event = get(session, workspace_id, delivery_id)
    if is_over(session, delivery, event):
        raise refused(DELIVERY_OVER, measured=delivery_id[:80])
    if event.type == ASKED:
        check_mails(session, workspace_id)
    return _sent(session, service, event, delivery.channel, delivery.target, delivery.endpoint_id)


def send_test(session: Session, service: Service, workspace_id: str, endpoint_id: str) -> Delivery:
    """Tell one endpoint that this is a test, as it is told of everything else: signed, tried again, and in the log.

    Raises:
        CountenanceError: service.endpoint_unknown.
    """
    endpoint = endpoints.get(session, workspace_id, endpoint_id)
    event = emit(session, workspace_id, TEST, "endpoint", endpoint_id, {"endpoint_id": endpoint_id, "status": "test"})
    event.dispatched_at = now()
    session.flush()
    return _sent(session, service, event, "webhook", endpoint.url, endpoint_id)


def is_over(session: Session, delivery: Delivery, event: OutboxEvent) -> bool:
    """Whether its receiver is not told of anything any more, so that it cannot be sent again."""
    if delivery.target == "" or (event.type == ASKED and not answerable(session, event)):
        return True
    # Of an endpoint that was deleted the address is still known; it is nobody's any more.
    return delivery.channel == "webhook" and delivery.endpoint_id is None and delivery.target != event.callback_url


def _sent(
    session: Session, service: Service, event: OutboxEvent, channel: str, target: str, endpoint_id: str | None
) -> Delivery:
    """A delivery of its own, and enqueued."""
    delivery = Delivery(
        id=new_id(f"{event.id}-"),
        event_id=event.id,
        workspace_id=event.workspace_id,
        channel=channel,
        endpoint_id=endpoint_id,
        target=target,
        state="pending",
        attempts=0,
        next_at=now(),
        created_at=now(),
        finished_at=None,
    )
    session.add(delivery)
    session.flush()
    service.queue.enqueue(session, NOTIFY, delivery.id, DELIVER)
    return delivery
