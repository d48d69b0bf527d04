"""What is to be told to whom, and how often that was tried."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from countenance.service.db.base import Base


class OutboxEvent(Base):
    """Something happened, written in the transaction in which it happened."""

    __tablename__ = "outbox_events"
    __table_args__ = (Index("ix_outbox_events_open", "dispatched_at", "created_at"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    type: Mapped[str] = mapped_column(String(64))
    """`replica.preview`, `replica.completed`, `replica.error`, `video.ready`, `video.error`, ..."""
    subject_kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[str] = mapped_column(String(40))
    callback_url: Mapped[str | None] = mapped_column(Text)
    payload: Mapped[dict[str, Any]]
    """what a webhook posts, as Tavus has it"""
    created_at: Mapped[datetime]
    dispatched_at: Mapped[datetime | None]
    """when its deliveries were written"""


class WebhookEndpoint(Base):
    """A URL that is told of every event of some types."""

    __tablename__ = "webhook_endpoints"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    url: Mapped[str] = mapped_column(Text)
    secret: Mapped[str] = mapped_column(String(255))
    """`whsec_...`, by which receivers verify"""
    types: Mapped[list[Any]]
    """types of events; empty for all"""
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]


class Delivery(Base):
    """One event to one receiver."""

    __tablename__ = "deliveries"
    __table_args__ = (Index("ix_deliveries_due", "state", "next_at"),)

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    event_id: Mapped[str] = mapped_column(ForeignKey("outbox_events.id"), index=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    """`webhook` or `email`"""
    endpoint_id: Mapped[str | None] = mapped_column(ForeignKey("webhook_endpoints.id"))
    target: Mapped[str] = mapped_column(Text)
    """a URL or an address"""
    state: Mapped[str] = mapped_column(String(16))
    """`pending`, `delivered` or `failed`"""
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class DeliveryAttempt(Base):
    """One try, and what the receiver said."""

    __tablename__ = "delivery_attempts"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    delivery_id: Mapped[str] = mapped_column(ForeignKey("deliveries.id"), index=True)
    at: Mapped[datetime]
    status: Mapped[int | None]
    answer: Mapped[str] = mapped_column(Text)
    """the first 2 KB of it, or why there was none"""
    duration_ms: Mapped[int]
