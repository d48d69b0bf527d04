"""What happened, written in the transaction in which it happened; `notify` tells whom it concerns."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from countenance.service.clock import now
from countenance.service.db.tables import OutboxEvent
from countenance.service.ids import new_id


def emit(
    session: Session,
    workspace_id: str,
    type: str,
    subject_kind: str,
    subject_id: str,
    payload: dict[str, Any],
    callback_url: str | None = None,
) -> OutboxEvent:
    """Note an event; with a rollback it did not happen.

    `payload` is what a webhook posts, JSON-ready; `callback_url` is where the one who asked for the work wants it.
    """
    event = OutboxEvent(
        id=new_id("e"),
        workspace_id=workspace_id,
        type=type,
        subject_kind=subject_kind,
        subject_id=subject_id,
        callback_url=callback_url or None,
        payload=payload,
        created_at=now(),
    )
    session.add(event)
    return event
