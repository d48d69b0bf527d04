"""What is told of videos and of what else is made from media."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from countenance.service.db.tables import Lipsync, Transcription, Video
from countenance.service.outbox import emit

QUEUED = "The video waits for its turn."
IN_TRAINING = "The video waits until its replica is trained."
READY = "The video is ready."


def tell_video(session: Session, video: Video) -> None:
    """Note how a video ended; the payload is Tavus's. Links are made by whoever delivers it: they hold for a while."""
    ready = video.status == "ready"
    payload = {
        "video_id": video.id,
        "video_name": video.name,
        "replica_id": video.replica_id,
        "face_id": video.replica_id,
        "status": video.status,
        "status_details": READY if ready else video.error_message,
        "generation_progress": "100/100" if ready else "0/100",
        "data": {"script": video.script},
        "error_details": None,
        "error_type": video.error_type,
        "duration_s": video.duration_s,
        "created_at": _as_tavus(video.created_at),
        "updated_at": _as_tavus(video.updated_at),
    }
    emit(session, video.workspace_id, f"video.{video.status}", "video", video.id, payload, video.callback_url)


def tell_lipsync(session: Session, lipsync: Lipsync) -> None:
    """Note how a lip-synced film ended."""
    payload = {"lipsync_id": lipsync.id, "lipsync_name": lipsync.name, **_end(lipsync)}
    emit(session, lipsync.workspace_id, _type("lipsync", lipsync), "lipsync", lipsync.id, payload, lipsync.callback_url)


def tell_transcription(session: Session, made: Transcription) -> None:
    """Note how a transcription ended."""
    payload = {"transcription_id": made.id, "transcription_name": made.name, **_end(made)}
    kind = "transcription"
    emit(session, made.workspace_id, _type(kind, made), kind, made.id, payload, made.callback_url)


def _end(made: Lipsync | Transcription) -> dict[str, Any]:
    status = "completed" if made.status == "ready" else made.status
    return {"status": status, "error_type": made.error_type, "error_message": made.error_message}


def _type(kind: str, made: Lipsync | Transcription) -> str:
    return f"{kind}.{made.status}"


def _as_tavus(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")
