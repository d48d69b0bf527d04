"""One try after the other, until the receiver has it or nothing is to be hoped for any more."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import update
from sqlalchemy.orm import Session

from countenance.errors import CountenanceError
from countenance.service.clock import now
from countenance.service.consent_requests.closing import forget_link
from countenance.service.context import Service
from countenance.service.db.tables import Delivery, DeliveryAttempt, OutboxEvent, Replica, WebhookEndpoint
from countenance.service.jobs.handlers import Action
from countenance.service.jobs.queue import NOTIFY
from countenance.service.notify.asked import answerable
from countenance.service.notify.dispatch import DELIVER
from countenance.service.notify.mail.send import send
from countenance.service.notify.types import ASKED, DISABLED
from countenance.service.notify.webhook import post_webhook
from countenance.service.outbox import emit
from countenance.service.purge.log import truncate_log
from countenance.service.purge.traces import is_gone
from countenance.service.replicas.events import PREVIEW

_MAIL_SCHEDULE_S = (0.0, 30.0, 300.0, 1800.0, 7200.0, 36_000.0)
_JITTER = 0.1
_GIVEN_UP_AFTER = timedelta(days=5)
"""An endpoint that has failed for so long is switched off."""
_GONE = 410
_ANSWER_CHARACTERS = 2048

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one try."""

    ok: bool
    status: int | None
    answer: str
    duration_ms: int
    hopeless: bool = False
    """whether another try would end alike"""
    ours: bool = False
    """whether it says nothing of the receiver"""


def deliver(service: Service, delivery_id: str) -> float | None:
    """Try once; the seconds until the next try, or None if this was the last."""
    with service.database.reading() as session:
        found = session.get(Delivery, delivery_id)
        if found is None or found.state != "pending":
            return None
        event = session.get_one(OutboxEvent, found.event_id)
        endpoint = session.get(WebhookEndpoint, found.endpoint_id) if found.endpoint_id else None
        overtaken = event.type == PREVIEW and not _is_preview(session, event.subject_id)
        over = event.type == ASKED and not answerable(session, event)
    if found.endpoint_id is not None and (endpoint is None or endpoint.disabled_at is not None):
        tried = Tried(False, None, "The endpoint was switched off.", 0, hopeless=True)
    elif over:
        tried = Tried(False, None, "The request for consent is closed.", 0, hopeless=True)
    elif overtaken:
        tried = Tried(False, None, "It is no preview any more.", 0, hopeless=True, ours=True)
    else:
        tried = _try(service, found, event, endpoint)
    with service.database.transaction() as session:
        wait_s = _noted(session, service, delivery_id, tried)
        forgotten = wait_s is None and _forget_gone(session, delivery_id)
    if forgotten:
        with suppress(OSError):  # then SQLite does it by itself, later
            truncate_log(service.database)
    return wait_s


ACTION = Action(DELIVER, NOTIFY, deliver)


def _try(service: Service, delivery: Delivery, event: OutboxEvent, endpoint: WebhookEndpoint | None) -> Tried:
    try:
        if delivery.channel == "email":
            send(service, event, delivery.target)
            return Tried(True, None, "", 0)
        answer = post_webhook(service, event, delivery.target, endpoint.secret if endpoint else None)
    except CountenanceError as error:
        hopeless = error.finding.rule.id in ("service.url_refused", "service.mail_setting")
        return Tried(False, None, str(error), 0, hopeless)
    return Tried(
        200 <= answer.status < 300, answer.status, answer.text, answer.duration_ms, hopeless=answer.status == _GONE
    )


def _is_preview(session: Session, replica_id: str) -> bool:
    """Whether that is still so: told behind its end it would seem to be the end; and what is deleted cannot speak."""
    replica = session.get(Replica, replica_id)
    return replica is None or (replica.status == "preview" and replica.deleted_at is None)


def _noted(session: Session, service: Service, delivery_id: str, tried: Tried) -> float | None:
    delivery = session.get(Delivery, delivery_id, with_for_update=True, populate_existing=True)
    if delivery is None or delivery.state != "pending":
        return None
    delivery.attempts += 1
    session.add(
        DeliveryAttempt(
            delivery_id=delivery_id,
            at=now(),
            status=tried.status,
            answer=tried.answer[:_ANSWER_CHARACTERS],
            duration_ms=tried.duration_ms,
        )
    )
    _judge_endpoint(session, delivery, tried)
    schedule = service.settings.webhook_schedule_s if delivery.channel == "webhook" else _MAIL_SCHEDULE_S
    if tried.ok or tried.hopeless or delivery.attempts >= len(schedule):
        delivery.state, delivery.finished_at, delivery.next_at = "delivered" if tried.ok else "failed", now(), None
        if tried.ok:
            _forget_secret(session, delivery)
        else:
            _log.warning("not delivered", delivery_id=delivery_id, channel=delivery.channel, status=tried.status)
        return None
    wait_s = schedule[delivery.attempts] * (1 + random.uniform(-_JITTER, _JITTER))  # noqa: S311 - spreads load
    delivery.next_at = now() + timedelta(seconds=wait_s)
    return wait_s


def _forget_gone(session: Session, delivery_id: str) -> bool:
    """What is told of what was deleted for good ends as if it had been told before: whether there was anything."""
    delivery = session.get(Delivery, delivery_id)
    event = session.get(OutboxEvent, delivery.event_id) if delivery is not None else None
    if delivery is None or event is None or not is_gone(session, event.subject_kind, event.subject_id):
        return False
    session.flush()
    tries = update(DeliveryAttempt).where(DeliveryAttempt.delivery_id == delivery_id)
    session.execute(tries.values(answer=""))
    if delivery.channel == "webhook" and delivery.endpoint_id is None:
        delivery.target, event.callback_url = "", None
    return True


def _forget_secret(session: Session, delivery: Delivery) -> None:
    """Whoever is asked has the link: nobody else needs it any more."""
    event = session.get_one(OutboxEvent, delivery.event_id)
    if event.type == ASKED:
        forget_link(session, event.subject_id)


def _judge_endpoint(session: Session, delivery: Delivery, tried: Tried) -> None:
    """An endpoint that says that it is gone, or has failed for days, is switched off, and its people are written to."""
    endpoint = session.get(WebhookEndpoint, delivery.endpoint_id) if delivery.endpoint_id else None
    if endpoint is None or endpoint.disabled_at is not None or tried.ours:
        return
    if tried.ok:
        endpoint.failing_since = None
        return
    endpoint.failing_since = endpoint.failing_since or now()
    if tried.status == _GONE or now() - endpoint.failing_since > _GIVEN_UP_AFTER:
        endpoint.disabled_at = now()
        payload = {"endpoint_id": endpoint.id, "url": endpoint.url, "status": tried.status}
        emit(session, endpoint.workspace_id, DISABLED, "endpoint", endpoint.id, payload)
