"""What users bring: URLs and uploads."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from countenance.service.db.base import Base


class MediaSource(Base):
    """One file that something is made from, and where it lies once it was fetched."""

    __tablename__ = "media_sources"
    __table_args__ = (Index("ix_media_sources_subject", "subject_kind", "subject_id"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    subject_kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[str] = mapped_column(String(40))
    role: Mapped[str] = mapped_column(String(16))
    """`footage`, `consent`, `picture`, `audio`, `video`, `background`, `watermark`"""
    url: Mapped[str | None] = mapped_column(Text)
    upload_id: Mapped[str | None] = mapped_column(ForeignKey("uploads.id"))
    object_key: Mapped[str | None] = mapped_column(String(255))
    """where it is stored; None before it was fetched and after it was deleted"""
    content_type: Mapped[str | None] = mapped_column(String(127))
    bytes: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    fetched_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


class Upload(Base):
    """A file that comes in parts and may be taken up again."""

    __tablename__ = "uploads"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    consent_request_id: Mapped[str | None] = mapped_column(String(40), index=True)
    """of the link by which it came, if it came without a key"""
    filename: Mapped[str] = mapped_column(String(255))
    bytes: Mapped[int] = mapped_column(BigInteger)
    """as announced"""
    sha256: Mapped[str | None] = mapped_column(String(64))
    """as announced, then as counted"""
    part_bytes: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))
    """`open`, `complete` or `deleted`"""
    object_key: Mapped[str | None] = mapped_column(String(255))
    backend_id: Mapped[str | None] = mapped_column(String(255))
    """of the upload in an S3-compatible store"""
    content_type: Mapped[str | None] = mapped_column(String(127))
    media: Mapped[dict[str, Any] | None]
    """what was found in it when it was complete"""
    report_job_id: Mapped[str | None] = mapped_column(String(40))
    """of the job that makes or has made its report"""
    report: Mapped[dict[str, Any] | None]
    """what was found against it, JSON-ready; None before that is known"""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]


class UploadPart(Base):
    """A part that has arrived."""

    __tablename__ = "upload_parts"

    upload_id: Mapped[str] = mapped_column(ForeignKey("uploads.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """from 1"""
    bytes: Mapped[int] = mapped_column(BigInteger)
    etag: Mapped[str] = mapped_column(String(127))
    """SHA-256 of a part that came here, what the store says of one that went there"""
    created_at: Mapped[datetime]
