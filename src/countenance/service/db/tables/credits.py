"""The ledger. Postings are the truth and are only ever added; balances and states are what follows from them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from countenance.service.db.base import Base


class CreditAccount(Base):
    """How much of one unit a workspace has: `available` to hold, `held` by work in progress, `spent` for good."""

    __tablename__ = "credit_accounts"
    __table_args__ = (
        CheckConstraint("available >= 0", name="available_not_negative"),
        CheckConstraint("held >= 0", name="held_not_negative"),
        CheckConstraint("spent >= 0", name="spent_not_negative"),
        CheckConstraint("expired >= 0", name="expired_not_negative"),
    )

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="RESTRICT"), primary_key=True)
    unit: Mapped[str] = mapped_column(String(16), primary_key=True)
    """`training` or `video_second`"""
    available: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    spent: Mapped[int] = mapped_column(default=0)
    expired: Mapped[int] = mapped_column(default=0)


class CreditGrant(Base):
    """Credits that were given, perhaps until a certain day. What expires first is used first."""

    __tablename__ = "credit_grants"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("remaining >= 0", name="remaining_not_negative"),
        Index("ix_credit_grants_account", "workspace_id", "unit"),
    )

    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="RESTRICT"))
    unit: Mapped[str] = mapped_column(String(16))
    amount: Mapped[int]
    remaining: Mapped[int]
    """neither held nor spent nor expired"""
    reason: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]


class CreditHold(Base):
    """Credits set aside for one job; ends in exactly one capture or release. No row depends on a replica's."""

    __tablename__ = "credit_holds"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("captured >= 0 AND captured <= amount", name="captured_within_amount"),
        CheckConstraint("state IN ('held', 'captured', 'released')", name="state_known"),
        Index("ix_credit_holds_state", "state"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    """the id of the job"""
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="RESTRICT"), index=True)
    unit: Mapped[str] = mapped_column(String(16))
    amount: Mapped[int]
    captured: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(16), default="held")
    subject_kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[str] = mapped_column(String(40), index=True)
    reason: Mapped[str] = mapped_column(String(64), default="")
    """why it was settled: `completed`, `error`, `cancelled`, `swept`, ..."""
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class HoldShare(Base):
    """How much of a hold is of which grant."""

    __tablename__ = "credit_hold_shares"

    hold_id: Mapped[str] = mapped_column(ForeignKey("credit_holds.id", ondelete="RESTRICT"), primary_key=True)
    grant_id: Mapped[str] = mapped_column(ForeignKey("credit_grants.id", ondelete="RESTRICT"), primary_key=True)
    amount: Mapped[int]


class CreditPosting(Base):
    """A movement from one pocket to another: `granted`, `available`, `held`, `spent`, `expired`."""

    __tablename__ = "credit_postings"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_credit_postings_account", "workspace_id", "unit", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    """what happened, once: `hold:<hold>`, `capture:<hold>`, ..."""
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="RESTRICT"))
    unit: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(16))
    target: Mapped[str] = mapped_column(String(16))
    amount: Mapped[int]
    hold_id: Mapped[str | None] = mapped_column(String(40))
    grant_id: Mapped[str | None] = mapped_column(String(24))
    at: Mapped[datetime]
