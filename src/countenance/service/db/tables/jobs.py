"""Work in progress, and the workers that are alive."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from countenance.service.db.base import Base


class Job(Base):
    """What is done for one replica, video, lipsync, transcription or upload; its id is also that of its credit hold.

    A job is a chain of tasks (`check`, then `train`), each a durable workflow of the id `<job>:<task>`.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'queued', 'running', 'done', 'failed', 'cancelled')", name="state_known"),
        Index("ix_jobs_state", "state"),
        Index("ix_jobs_subject", "subject_kind", "subject_id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), index=True)
    subject_kind: Mapped[str] = mapped_column(String(16))
    """`replica`, `video`, `lipsync`, `transcription` or `upload`"""
    subject_id: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(16))
    """`waiting` for something outside (a person's consent, a replica that is trained), `queued`, `running`, or ended"""
    task: Mapped[str] = mapped_column(String(16))
    """which task is queued or running"""
    attempt: Mapped[int] = mapped_column(default=0)
    """how often a process was begun for this task"""
    fruitless: Mapped[int] = mapped_column(default=0)
    """how often since it last advanced"""
    advanced: Mapped[float] = mapped_column(default=0.0)
    """the fraction that it had then"""
    stage: Mapped[str] = mapped_column(String(80), default="")
    """in a word or two, for people: `watch`, `waiting for consent`"""
    fraction: Mapped[float] = mapped_column(default=0.0)
    """of the whole job, 0 to 1; never falls"""
    seconds_left: Mapped[float | None]
    heartbeat_at: Mapped[datetime | None]
    """when the worker last said that it is at work on this"""
    executor_id: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime]
    queued_at: Mapped[datetime | None]
    """when its task was last put into its queue"""
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    tidied_at: Mapped[datetime | None]
    """when what it left in the object store was deleted"""
    findings: Mapped[list[Any] | None]
    """why it failed: findings, JSON-ready"""


class Lease(Base):
    """A worker that is alive until `expires_at` by the database's clock, unless it says so again."""

    __tablename__ = "worker_leases"

    executor_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    """new for every life of a process"""
    queues: Mapped[list[Any]]
    host: Mapped[str] = mapped_column(String(255))
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
