"""Links that ask a person to agree."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from countenance.service.db.base import Base


class ConsentRequest(Base):
    """A link with an expiry, by which the person who is to be replicated records the statement."""

    __tablename__ = "consent_requests"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'recorded', 'declined', 'expired', 'withdrawn')", name="state_known"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    replica_id: Mapped[str] = mapped_column(ForeignKey("replicas.id"), index=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    """of the secret in the link"""
    full_name: Mapped[str | None] = mapped_column(String(255))
    """emptied when the replica is deleted"""
    language: Mapped[str] = mapped_column(String(16))
    email: Mapped[str | None] = mapped_column(String(320))
    """where the link was sent to"""
    phrase_id: Mapped[str | None] = mapped_column(String(40))
    """of the one-time words that were shown last"""
    state: Mapped[str] = mapped_column(String(16))
    upload_id: Mapped[str | None] = mapped_column(ForeignKey("uploads.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    """when the person took back what they had recorded by it"""
    receipt_id: Mapped[str | None] = mapped_column(String(64))
    """under which they took it back, as far as there was one: the replica's own row loses it"""
