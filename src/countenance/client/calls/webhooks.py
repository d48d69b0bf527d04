"""Webhook endpoints, and what was delivered to them."""

from __future__ import annotations

from countenance.client import call
from countenance.client.call import Call, path
from countenance.wire.message import Page
from countenance.wire.webhooks import CreateEndpoint, DeliveryBody, EndpointBody, SecretBody

_ENDPOINTS = ("v2", "webhook-endpoints")
_DELIVERIES = ("v2", "webhook-deliveries")


def create(wanted: CreateEndpoint, idempotency_key: str | None = None) -> Call[EndpointBody]:
    """Register a URL; its secret is told this once."""
    return call.create(EndpointBody, path(*_ENDPOINTS), wanted, idempotency_key)


def listed() -> Call[Page[EndpointBody]]:
    """All endpoints, the oldest first."""
    return call.get(Page[EndpointBody], path(*_ENDPOINTS))


def get(endpoint_id: str) -> Call[EndpointBody]:
    """One endpoint."""
    return call.get(EndpointBody, path(*_ENDPOINTS, endpoint_id))


def enable(endpoint_id: str) -> Call[EndpointBody]:
    """Tell it again, also if it was switched off because it failed for days."""
    return call.post(EndpointBody, path(*_ENDPOINTS, endpoint_id, "enable"))


def send_test(endpoint_id: str, idempotency_key: str | None = None) -> Call[DeliveryBody]:
    """Send it a message that says that this is a test."""
    return call.create(DeliveryBody, path(*_ENDPOINTS, endpoint_id, "test"), None, idempotency_key)


def delete(endpoint_id: str) -> Call[None]:
    """Forget it."""
    return call.delete(path(*_ENDPOINTS, endpoint_id))


def secret() -> Call[SecretBody]:
    """By what receivers verify what goes to a `callback_url`."""
    return call.get(SecretBody, path("v2", "webhook-secret"))


def deliveries(
    limit: int = 10,
    page: int = 1,
    *,
    state: str | None = None,
    subject_id: str | None = None,
    channel: str | None = None,
) -> Call[Page[DeliveryBody]]:
    """What was told to whom, by webhook and by e-mail; newest first."""
    where = path(*_DELIVERIES, limit=limit, page=page, state=state, subject_id=subject_id, channel=channel)
    return call.get(Page[DeliveryBody], where)


def delivery(delivery_id: str) -> Call[DeliveryBody]:
    """One delivery with every try."""
    return call.get(DeliveryBody, path(*_DELIVERIES, delivery_id))


def resend(delivery_id: str, idempotency_key: str | None = None) -> Call[DeliveryBody]:
    """Tell the same to the same receiver once more."""
    return call.create(DeliveryBody, path(*_DELIVERIES, delivery_id, "resend"), None, idempotency_key)
