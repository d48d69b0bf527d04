"""What is told of a replica's life."""

from __future__ import annotations

from sqlalchemy.orm import Session

from countenance.service.db.tables import Replica
from countenance.service.outbox import emit
from countenance.wire.status import shown

PREVIEW = "replica.preview"
"""Told as `ready` like its completion; `finetune_status` says which of them it is."""
COMPLETED = "replica.completed"
PREVIEW_ONLY = "replica.preview_only"
"""It can speak, but refining it failed; nothing was charged."""
ERROR = "replica.error"
REVIEW = "replica.review"
"""The machine leaves a doubt to a human; not told to the callback, which knows only of ends."""


def tell(session: Session, replica: Replica, event: str) -> None:
    """Note what happened to a replica; the payload is Tavus's, with fields of our own beside it."""
    if replica.workspace_id is None:
        return
    status, finetune = shown(replica.status)
    payload = {
        "replica_id": replica.id,
        "face_id": replica.id,
        "status": "ready" if status == "completed" else status,
        "finetune_status": finetune,
        "error_type": replica.error_type,
        "error_message": replica.error_message,
    }
    callback = None if event == REVIEW else replica.callback_url
    emit(session, replica.workspace_id, event, "replica", replica.id, payload, callback)
