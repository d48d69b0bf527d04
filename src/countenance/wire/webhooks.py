"""Webhook endpoints, and what was delivered to them."""

from __future__ import annotations

from pydantic import Field

from countenance.wire.message import Message, Request
from countenance.wire.patterns import WEB_ADDRESS


class CreateEndpoint(Request):
    """A URL that is told of events."""

    url: str = Field(min_length=8, max_length=8192, pattern=WEB_ADDRESS)
    types: list[str] = Field(default=[], max_length=50, description="Such as `replica.completed`; empty for all.")


class EndpointBody(Message):
    """A registered endpoint."""

    endpoint_id: str
    url: str
    types: list[str]
    secret: str | None = Field(default=None, description="`whsec_...`, by which receivers verify; told once.")
    created_at: str
    disabled_at: str | None = None
    failing_since: str | None = None


class SecretBody(Message):
    """By what receivers verify what goes to a `callback_url`."""

    secret: str = Field(description="`whsec_...`, of the workspace; an endpoint has one of its own.")


class AttemptBody(Message):
    """One try."""

    at: str
    status: int | None = None
    answer: str
    duration_ms: int


class DeliveryBody(Message):
    """One event to one receiver."""

    delivery_id: str
    event_id: str
    event_type: str
    subject_kind: str
    subject_id: str
    channel: str = Field(description="`webhook` or `email`")
    receiver: str = Field(default="", description="A URL or an address; empty where it was forgotten.")
    endpoint_id: str | None = Field(default=None, description="Of the endpoint whose URL it is, if it is one's.")
    state: str = Field(description="`pending`, `delivered` or `failed`")
    attempts: int
    next_at: str | None = None
    created_at: str
    finished_at: str | None = None
    tries: list[AttemptBody] | None = Field(default=None, description="Not in lists.")
