"""Webhook endpoints, and what was delivered to whom."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session

from countenance.api.call import ONCE, ReadWebhooks, WriteWebhooks
from countenance.api.paging import Part
from countenance.api.problem import problems
from countenance.service.db.tables import Delivery, OutboxEvent, WebhookEndpoint
from countenance.service.fetch.given import check_postable
from countenance.service.notify import endpoints, log
from countenance.service.notify.signing import workspace_secret
from countenance.wire.message import Page
from countenance.wire.times import iso_ms
from countenance.wire.webhooks import AttemptBody, CreateEndpoint, DeliveryBody, EndpointBody, SecretBody

router = APIRouter(prefix="/v2", tags=["webhooks"])


@router.post(
    "/webhook-endpoints",
    status_code=201,
    dependencies=[ONCE],
    responses=problems(409, 410, 422),
    response_model=EndpointBody,
)
def create(body: CreateEndpoint, call: WriteWebhooks) -> Response:
    """Register a URL, which must be public. The secret by which it verifies what it is told is shown this once."""

    def before() -> None:
        check_postable(call.service.settings, {"url": body.url})

    def work(session: Session) -> EndpointBody:
        made = endpoints.create(session, call.workspace_id, body.url, body.types)
        call.note(session, "endpoint.create", "endpoint", made.id)
        return _endpoint(made, made.secret)

    return call.once(work, 201, before=before, kept=lambda made: made.model_copy(update={"secret": None}))


@router.get("/webhook-endpoints")
def listed(call: ReadWebhooks) -> Page[EndpointBody]:
    """All endpoints, the oldest first."""
    with call.reading() as session:
        found = endpoints.listed(session, call.workspace_id)
    return Page(data=[_endpoint(row) for row in found], total_count=len(found))


@router.get("/webhook-endpoints/{endpoint_id}")
def get(endpoint_id: str, call: ReadWebhooks) -> EndpointBody:
    """One endpoint."""
    with call.reading() as session:
        return _endpoint(endpoints.get(session, call.workspace_id, endpoint_id))


@router.post("/webhook-endpoints/{endpoint_id}/enable")
def enable(endpoint_id: str, call: WriteWebhooks) -> EndpointBody:
    """Tell it again, also if it was switched off because it failed for days."""
    with call.transaction() as session:
        return _endpoint(endpoints.enable(session, call.workspace_id, endpoint_id))


@router.post(
    "/webhook-endpoints/{endpoint_id}/test",
    status_code=201,
    dependencies=[ONCE],
    responses=problems(409, 410, 422),
    response_model=DeliveryBody,
)
def send_test(endpoint_id: str, call: WriteWebhooks) -> Response:
    """Tell it that this is a test (`endpoint.test`): signed, tried again, and in the log like everything else."""

    def work(session: Session) -> DeliveryBody:
        sent = log.send_test(session, call.service, call.workspace_id, endpoint_id)
        return _delivery(*log.get(session, call.workspace_id, sent.id))

    return call.once(work, 201)


@router.delete("/webhook-endpoints/{endpoint_id}", status_code=204)
def delete(endpoint_id: str, call: WriteWebhooks) -> None:
    """Forget it."""
    with call.transaction() as session:
        endpoints.remove(session, call.workspace_id, endpoint_id)
        call.note(session, "endpoint.delete", "endpoint", endpoint_id)


@router.get("/webhook-secret")
def secret(call: ReadWebhooks) -> SecretBody:
    """By what receivers verify what goes to a `callback_url` of this workspace."""
    with call.transaction() as session:
        call.note(session, "workspace.secret.read", "workspace", call.workspace_id)
    return SecretBody(secret=workspace_secret(call.workspace_id, call.service.settings))


@router.get("/webhook-deliveries")
def deliveries(
    call: ReadWebhooks,
    part: Part,
    state: Annotated[str | None, Query(description="`pending`, `delivered` or `failed`")] = None,
    subject_id: Annotated[str | None, Query(description="Of a replica, a video, ...")] = None,
    channel: Annotated[str | None, Query(description="`webhook` or `email`")] = None,
) -> Page[DeliveryBody]:
    """What was told to whom, by webhook and by e-mail; newest first."""
    with call.reading() as session:
        found, total = log.listed(
            session,
            call.workspace_id,
            state=state or None,
            subject_id=subject_id or None,
            channel=channel or None,
            offset=part.offset,
            limit=part.limit,
        )
    return Page(data=[_delivery(*each) for each in found], total_count=total)


@router.get("/webhook-deliveries/{delivery_id}")
def delivery(delivery_id: str, call: ReadWebhooks) -> DeliveryBody:
    """One delivery, with every try and what the receiver answered."""
    with call.reading() as session:
        row, event = log.get(session, call.workspace_id, delivery_id)
        tries = [
            AttemptBody(at=iso_ms(each.at), status=each.status, answer=each.answer, duration_ms=each.duration_ms)
            for each in log.attempts(session, delivery_id)
        ]
    return _delivery(row, event).model_copy(update={"tries": tries})


@router.post(
    "/webhook-deliveries/{delivery_id}/resend",
    status_code=201,
    dependencies=[ONCE],
    responses=problems(409, 410, 422),
    response_model=DeliveryBody,
)
def resend(delivery_id: str, call: WriteWebhooks) -> Response:
    """Tell the same to the same receiver once more."""

    def work(session: Session) -> DeliveryBody:
        again = log.resend(session, call.service, call.workspace_id, delivery_id)
        return _delivery(*log.get(session, call.workspace_id, again.id))

    return call.once(work, 201)


def _endpoint(row: WebhookEndpoint, secret: str | None = None) -> EndpointBody:
    return EndpointBody(
        endpoint_id=row.id,
        url=row.url,
        types=list(row.types),
        secret=secret,
        created_at=iso_ms(row.created_at),
        disabled_at=iso_ms(row.disabled_at) if row.disabled_at else None,
        failing_since=iso_ms(row.failing_since) if row.failing_since else None,
    )


def _delivery(row: Delivery, event: OutboxEvent) -> DeliveryBody:
    return DeliveryBody(
        delivery_id=row.id,
        event_id=event.id,
        event_type=event.type,
        subject_kind=event.subject_kind,
        subject_id=event.subject_id,
        channel=row.channel,
        receiver=row.target,
        endpoint_id=row.endpoint_id,
        state=row.state,
        attempts=row.attempts,
        next_at=iso_ms(row.next_at) if row.next_at else None,
        created_at=iso_ms(row.created_at),
        finished_at=iso_ms(row.finished_at) if row.finished_at else None,
    )
