"""What rows say of a person is emptied; that there was something, when, and what it cost, stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from countenance.service.accounts import idempotency
from countenance.service.clock import now
from countenance.service.db.tables import (
    ConsentRequest,
    Delivery,
    DeliveryAttempt,
    Job,
    Lipsync,
    MediaSource,
    OutboxEvent,
    Replica,
    Transcription,
    Upload,
    UploadPart,
    Video,
)
from countenance.service.purge.traces import LIPSYNC, REPLICA, REQUEST, TRANSCRIPTION, VIDEO, Traces, about
from countenance.service.uploads import report
from countenance.service.uploads.drop import GONE

_MADE: dict[str, Any] = {
    "name": "",
    "callback_url": None,
    "error_type": None,
    "error_message": None,
    "findings": None,
}
_EMPTY: dict[str, tuple[type[Replica | Video | Lipsync | Transcription], dict[str, Any]]] = {
    REPLICA: (
        Replica,
        {
            **_MADE,
            **dict.fromkeys(("full_name", "phrase_id", "clearance", "receipt_id", "bundle", "metrics")),
            **dict.fromkeys(("thumbnail_key", "thumbnail_video_key", "reviewed_by")),
            "properties": {},
            "declarations": [],
            "has_voice": False,
        },
    ),
    VIDEO: (
        Video,
        {
            **_MADE,
            **dict.fromkeys(("script", "audio_url", "video_key", "still_key", "gif_key", "captions_key")),
            "properties": {},
        },
    ),
    LIPSYNC: (Lipsync, {**_MADE, "claim": {}, "video_key": None, "receipt_id": None}),
    TRANSCRIPTION: (Transcription, {**_MADE, "transcript": None}),
}
_TOLD = (
    *("replica_id", "face_id", "video_id", "lipsync_id", "transcription_id", "request_id", "status"),
    *("finetune_status", "generation_progress", "error_type", "duration_s", "created_at", "updated_at"),
)
"""What an event may still say afterwards."""
_AT_ONCE = 100


def empty(session: Session, traces: Traces) -> None:
    """Empty every row that is about these."""
    # Jobs before what they are for, as everywhere: nobody waits in a circle.
    session.execute(update(Job).where(Job.id.in_(traces.jobs)).values(findings=None))
    for kind, (table, values) in _EMPTY.items():
        session.execute(update(table).where(table.id.in_(traces.subjects.get(kind, ()))).values(**values))
    requests = update(ConsentRequest).where(ConsentRequest.id.in_(traces.subjects.get(REQUEST, ())))
    session.execute(requests.values(full_name=None, email=None, phrase_id=None))
    forget_sources(session, traces.sources, traces.uploads)
    _forget_events(session, traces)
    made = [each for ids in traces.subjects.values() for each in ids]
    idempotency.forget(session, traces.workspace_id, [*made, *traces.uploads])


def forget_sources(session: Session, sources: Sequence[str], uploads: Sequence[str]) -> None:
    """Where files came from, what they were called, what they hashed to, and what was found in them."""
    report.end(report.locked_jobs(session, uploads))
    forgotten = {"url": None, "object_key": None, "sha256": None, "deleted_at": now()}
    session.execute(update(MediaSource).where(MediaSource.id.in_(sources)).values(**forgotten))
    session.execute(delete(UploadPart).where(UploadPart.upload_id.in_(uploads)))
    session.execute(update(Upload).where(Upload.id.in_(uploads)).values(**GONE))


def mark(session: Session, traces: Traces, at: datetime) -> None:
    """Nothing is left: said last."""
    for kind, table in ((REPLICA, Replica), (VIDEO, Video), (LIPSYNC, Lipsync)):
        rows = table.id.in_(traces.subjects.get(kind, ()))
        session.execute(update(table).where(rows, table.deleted_at.is_(None)).values(deleted_at=at))
        session.execute(update(table).where(rows, table.purged_at.is_(None)).values(purged_at=at))


def _forget_events(session: Session, traces: Traces) -> None:
    """Events keep ids and states, so that receivers are still told how things ended. Nobody is written to any more."""
    events = session.scalars(select(OutboxEvent).where(about(OutboxEvent, traces.subjects)))
    ids = []
    for event in events:
        ids.append(event.id)
        event.payload = _bare(event.payload)
        if event.dispatched_at is not None:
            event.callback_url = None
        if event.subject_kind == REQUEST:
            event.dispatched_at = event.dispatched_at or now()
            session.execute(update(Delivery).where(Delivery.event_id == event.id).values(target=""))
    session.flush()
    for some in _portions(ids):
        deliveries = Delivery.event_id.in_(some)
        ended = {"state": "failed", "next_at": None, "finished_at": now()}
        letters = or_(Delivery.channel == "email", Delivery.target == "")
        session.execute(update(Delivery).where(deliveries, Delivery.state == "pending", letters).values(**ended))
        # Callbacks are this one's alone, and their addresses may name somebody; a workspace's endpoints do not.
        callbacks = (Delivery.channel == "webhook") & Delivery.endpoint_id.is_(None)
        session.execute(update(Delivery).where(deliveries, callbacks, Delivery.state != "pending").values(target=""))
        tries = select(Delivery.id).where(deliveries)
        session.execute(update(DeliveryAttempt).where(DeliveryAttempt.delivery_id.in_(tries)).values(answer=""))


def _bare(payload: dict[str, Any]) -> dict[str, Any]:
    # Other fields stay, emptied: whoever makes something of an event does not stumble over one that is missing.
    return {
        name: value if name in _TOLD else _bare(value) if isinstance(value, dict) else None
        for name, value in payload.items()
    }


def _portions(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))
