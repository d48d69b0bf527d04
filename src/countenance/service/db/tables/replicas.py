"""Replicas, also those that were deleted: their rows keep no face, no voice and no name then."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from countenance.service.db.base import Base


class Replica(Base):
    """One replica. Only `service.replicas.life` changes its status."""

    __tablename__ = "replicas"
    __table_args__ = (
        CheckConstraint(
            "status IN ('waiting', 'queued', 'checking', 'training', 'preview', 'completed', 'preview_only', 'error')",
            name="status_known",
        ),
        Index("ix_replicas_workspace", "workspace_id", "deleted_at", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    workspace_id: Mapped[str | None] = mapped_column(ForeignKey("workspaces.id"))
    """None of the stock replicas"""
    name: Mapped[str] = mapped_column(String(255))
    status: Mapped[str] = mapped_column(String(16))
    """`waiting` for consent, `queued`, `checking`, `training`, `preview` (usable while it is refined), `completed`,
    `preview_only` (usable, but refining failed: free), `error`"""
    material: Mapped[str] = mapped_column(String(16))
    """`footage`, `synthetic` or `image`"""
    subject: Mapped[str] = mapped_column(String(16))
    full_name: Mapped[str | None] = mapped_column(String(255))
    """of the person who agrees; emptied when the replica is deleted"""
    language: Mapped[str] = mapped_column(String(16), default="en")
    phrase_id: Mapped[str | None] = mapped_column(String(40))
    declarations: Mapped[list[Any]]
    """responsibilities that were accepted, JSON-ready"""
    model_name: Mapped[str] = mapped_column(String(64))
    voice_name: Mapped[str | None] = mapped_column(String(64))
    """the stock voice that was chosen"""
    callback_url: Mapped[str | None] = mapped_column(Text)
    properties: Mapped[dict[str, Any]]
    job_id: Mapped[str | None] = mapped_column(String(40))
    reviewed_by: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    preview_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    """from this moment it cannot be used"""
    purge_asked_at: Mapped[datetime | None]
    """from this moment all that is left of the person has to go"""
    purged_at: Mapped[datetime | None]
    """from this moment nothing of the person is left"""
    error_type: Mapped[str | None] = mapped_column(String(64))
    error_message: Mapped[str | None] = mapped_column(Text)
    findings: Mapped[list[Any] | None]
    """errors, warnings and hints, JSON-ready; `evidence` names an object below `replicas/<id>/report/`"""
    clearance: Mapped[dict[str, Any] | None]
    """footage report, verdict on the consent and claim, as `Clearance.as_dict`"""
    receipt_id: Mapped[str | None] = mapped_column(String(64))
    bundle: Mapped[str | None] = mapped_column(String(255))
    """folder of the trained replica below the data folder, or its key in the object store"""
    thumbnail_key: Mapped[str | None] = mapped_column(String(255))
    thumbnail_video_key: Mapped[str | None] = mapped_column(String(255))
    has_voice: Mapped[bool] = mapped_column(default=False)
    metrics: Mapped[dict[str, Any] | None]
    credits_used: Mapped[int] = mapped_column(default=0)
