"""The life of a transcription, which costs nothing; so there are never many of a workspace under way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from countenance.service.accounts import workspaces
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import Transcription
from countenance.service.errors import TRANSCRIPTION_UNKNOWN, refused
from countenance.service.ids import new_id
from countenance.service.jobs import life as jobs
from countenance.service.jobs.queue import CHECK
from countenance.service.replicas.wanted import name_of
from countenance.service.tasks import sources
from countenance.service.tasks.sources import MediaRef
from countenance.service.videos import events, rows
from countenance.service.videos.errors import TRANSCRIPTIONS_OPEN


@dataclass(frozen=True, slots=True)
class NewTranscription:
    """Sound, or a film with sound, whose words are wanted."""

    media: MediaRef
    name: str = ""
    callback_url: str | None = None


def create(session: Session, service: Service, workspace_id: str, wanted: NewTranscription) -> Transcription:
    """A new transcription, its file and its job.

    Raises:
        CountenanceError: service.request_invalid, service.transcriptions_open.
    """
    _not_too_many(session, workspace_id)
    made_id, moment = new_id("t"), now()
    job = jobs.create(session, workspace_id, "transcription", made_id, "transcribe")
    made = Transcription(
        id=made_id,
        workspace_id=workspace_id,
        name=name_of(wanted.name, otherwise=made_id),
        status="queued",
        callback_url=wanted.callback_url or None,
        job_id=job.id,
        created_at=moment,
        updated_at=moment,
    )
    session.add(made)
    sources.add(session, workspace_id, "transcription", made_id, "audio", wanted.media)
    jobs.hand_on(session, service.queue, job, CHECK, "transcribe")
    return made


def begin(session: Session, transcription_id: str) -> bool:
    """A worker begins; also True of one that was begun already, False of one that ended or was deleted."""
    return rows.begun(session, Transcription, transcription_id)


def complete(session: Session, transcription_id: str, transcript: Mapping[str, Any]) -> bool:
    """The words are there: `text`, `language`, `words` and `duration_s`. What they were heard in is kept no longer."""
    made = rows.done(session, Transcription, transcription_id, transcript=dict(transcript))
    if made is not None:
        sources.forget(session, "transcription", transcription_id)
        events.tell_transcription(session, made)
    return made is not None


def fail(session: Session, transcription_id: str, findings: Sequence[Mapping[str, Any]]) -> bool:
    """It ends without success."""
    made = rows.failed(session, Transcription, transcription_id, findings)
    if made is not None:
        events.tell_transcription(session, made)
    return made is not None


def delete(session: Session, workspace_id: str, transcription_id: str) -> list[str]:
    """From now on the transcription is gone, and so are its words; see `rows.deleted` for what is returned.

    Raises:
        CountenanceError: service.transcription_unknown.
    """
    unknown = TRANSCRIPTION_UNKNOWN
    return rows.deleted(session, Transcription, workspace_id, transcription_id, "transcribe", unknown, transcript=None)


def delete_and_cancel(service: Service, workspace_id: str, transcription_id: str) -> None:
    """`delete` in a transaction of its own, and the end of what was under way."""
    with service.database.transaction() as session:
        workflows = delete(session, workspace_id, transcription_id)
    service.queue.cancel(workflows)


def _not_too_many(session: Session, workspace_id: str) -> None:
    workspaces.take_turns(session, workspace_id)
    under_way = select(func.count()).where(
        Transcription.workspace_id == workspace_id,
        Transcription.status.in_(rows.OPEN),
        Transcription.deleted_at.is_(None),
    )
    found = session.scalar(under_way) or 0
    if found >= (TRANSCRIPTIONS_OPEN.limit or 0):
        raise refused(TRANSCRIPTIONS_OPEN, measured=float(found))
