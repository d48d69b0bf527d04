"""What is made with replicas: videos, lip-synced films, transcripts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from countenance.service.db.base import Base

_STATES = "('queued', 'generating', 'ready', 'error')"


class Video(Base):
    """A replica speaks. Only `service.videos.life` changes its status."""

    __tablename__ = "videos"
    __table_args__ = (
        CheckConstraint(f"status IN {_STATES}", name="status_known"),
        Index("ix_videos_workspace", "workspace_id", "deleted_at", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    replica_id: Mapped[str] = mapped_column(ForeignKey("replicas.id"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    status: Mapped[str] = mapped_column(String(16))
    script: Mapped[str | None] = mapped_column(Text)
    audio_url: Mapped[str | None] = mapped_column(Text)
    voice_name: Mapped[str | None] = mapped_column(String(64))
    dictionary_id: Mapped[str | None] = mapped_column(String(40))
    properties: Mapped[dict[str, Any]]
    """background, watermark and what else was asked for"""
    callback_url: Mapped[str | None] = mapped_column(Text)
    job_id: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    purge_asked_at: Mapped[datetime | None]
    purged_at: Mapped[datetime | None]
    video_key: Mapped[str | None] = mapped_column(String(255))
    still_key: Mapped[str | None] = mapped_column(String(255))
    gif_key: Mapped[str | None] = mapped_column(String(255))
    captions_key: Mapped[str | None] = mapped_column(String(255))
    """of WebVTT, where the times of what is said are known"""
    duration_s: Mapped[float | None]
    error_type: Mapped[str | None] = mapped_column(String(64))
    error_message: Mapped[str | None] = mapped_column(Text)
    findings: Mapped[list[Any] | None]
    credits_used: Mapped[int] = mapped_column(default=0)


class VideoShare(Base):
    """A link by which anybody sees a video until it ends; what the link says of it is signed, and this row decides."""

    __tablename__ = "video_shares"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    video_id: Mapped[str] = mapped_column(ForeignKey("videos.id"), index=True)
    shows_name: Mapped[bool]
    may_download: Mapped[bool]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Lipsync(Base):
    """A film whose lips are moved to another sound."""

    __tablename__ = "lipsyncs"
    __table_args__ = (
        CheckConstraint(f"status IN {_STATES}", name="status_known"),
        Index("ix_lipsyncs_workspace", "workspace_id", "deleted_at", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    name: Mapped[str] = mapped_column(String(255))
    status: Mapped[str] = mapped_column(String(16))
    claim: Mapped[dict[str, Any]]
    """material, subject, full name and declarations, as for a replica"""
    callback_url: Mapped[str | None] = mapped_column(Text)
    job_id: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    purge_asked_at: Mapped[datetime | None]
    purged_at: Mapped[datetime | None]
    receipt_id: Mapped[str | None] = mapped_column(String(64))
    """of the consent under which it was made"""
    video_key: Mapped[str | None] = mapped_column(String(255))
    duration_s: Mapped[float | None]
    error_type: Mapped[str | None] = mapped_column(String(64))
    error_message: Mapped[str | None] = mapped_column(Text)
    findings: Mapped[list[Any] | None]
    credits_used: Mapped[int] = mapped_column(default=0)


class Transcription(Base):
    """Words and their times."""

    __tablename__ = "transcriptions"
    __table_args__ = (
        CheckConstraint(f"status IN {_STATES}", name="status_known"),
        Index("ix_transcriptions_workspace", "workspace_id", "deleted_at", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    name: Mapped[str] = mapped_column(String(255))
    status: Mapped[str] = mapped_column(String(16))
    callback_url: Mapped[str | None] = mapped_column(Text)
    job_id: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    transcript: Mapped[dict[str, Any] | None]
    error_type: Mapped[str | None] = mapped_column(String(64))
    error_message: Mapped[str | None] = mapped_column(Text)
    findings: Mapped[list[Any] | None]
