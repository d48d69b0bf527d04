"""Who may do what: workspaces, their people, their keys, what they did, and what they asked twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from countenance.service.db.base import Base


class Workspace(Base):
    """What owns replicas, videos and credits."""

    __tablename__ = "workspaces"

    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    keep_footage_days: Mapped[float | None]
    """overrides the setting of this name"""
    created_at: Mapped[datetime]


class Member(Base):
    """A person of a workspace, who is written to."""

    __tablename__ = "members"

    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    email: Mapped[str] = mapped_column(String(320))
    role: Mapped[str] = mapped_column(String(16))
    """`owner`, `editor` or `viewer`"""
    notified: Mapped[bool]
    """whether e-mails are sent"""
    created_at: Mapped[datetime]


class ApiKey(Base):
    """A key; of its secret only the hash is kept."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    """the public part of the key"""
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    secret_sha256: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(16))
    scopes: Mapped[list[Any]]
    """`replicas:read`, `replicas:write`, ...; empty for all that the role allows"""
    allowed_addresses: Mapped[list[Any]]
    """networks in CIDR notation; empty for any"""
    made_by: Mapped[str | None] = mapped_column(String(24), index=True)
    """the key that made it, whose end by revocation is its end too; None where a command did"""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class AuditEntry(Base):
    """One access to a face or a voice, or one change of who may access them. Never deleted, never changed."""

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(index=True)
    workspace_id: Mapped[str] = mapped_column(String(24), index=True)
    actor: Mapped[str] = mapped_column(String(64))
    """`key:<id>`, `consent-link:<id>`, `share:<id>`, `link`, `command`"""
    action: Mapped[str] = mapped_column(String(64))
    """`replica.create`, `replica.media.read`, ..."""
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(64))
    request_id: Mapped[str] = mapped_column(String(40))


class IdempotencyKey(Base):
    """An answer that is given again where the same is asked with the same key."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index("ix_idempotency_keys_created_at", "created_at"),)

    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    """of method, path and body"""
    status: Mapped[int | None]
    """None while the first request is still at work"""
    body: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
