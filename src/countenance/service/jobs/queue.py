"""The door to durable work: what is enqueued here runs, whatever dies meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy.orm import Session

CHECK, TRAIN, RENDER, NOTIFY = "check", "train", "render", "notify"
QUEUES = (CHECK, TRAIN, RENDER, NOTIFY)


def workflow_id(job_id: str, task: str) -> str:
    """The id of the durable workflow of one task of a job; enqueuing it twice is enqueuing it once."""
    return f"{job_id}:{task}"


class Queue(Protocol):
    """Where work is put."""

    def enqueue(self, session: Session, queue: str, job_id: str, task: str) -> None:
        """Put a task into a queue in the caller's transaction: with a rollback, nothing was enqueued."""

    def cancel(self, workflow_ids: Sequence[str]) -> None:
        """Stop what is queued or running; unknown and ended workflows are passed over. Not part of a transaction:
        call it after the commit that makes it right.
        """

    def forget(self, workflow_ids: Sequence[str]) -> None:
        """Delete what is remembered of workflows that have ended, their results included; others are passed over.
        Not part of a transaction. Without it, that lies in the database for an hour after the end.
        """
