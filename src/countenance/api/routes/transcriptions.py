"""Transcriptions."""

from __future__ import annotations

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from countenance.api.asked.media import checked
from countenance.api.asked.videos import new_transcription
from countenance.api.call import ONCE, Call, ReadTranscriptions, WriteTranscriptions
from countenance.api.paging import LargePart
from countenance.api.problem import problems
from countenance.api.shown import videos as shown
from countenance.service.db.tables import Transcription
from countenance.service.purge import actions as purge
from countenance.service.replicas.find import jobs_of
from countenance.service.videos import find, transcriptions
from countenance.wire.message import Page
from countenance.wire.works import CreateTranscription, TranscriptionBody

router = APIRouter(prefix="/v2/transcriptions", tags=["transcriptions"])


@router.post("", dependencies=[ONCE], responses=problems(409, 410, 422), response_model=TranscriptionBody)
def create(body: CreateTranscription, call: WriteTranscriptions) -> Response:
    """Write down what is said in a film or a recording; free."""

    def work(session: Session) -> TranscriptionBody:
        made = transcriptions.create(session, call.service, call.workspace_id, new_transcription(body))
        call.note(session, "transcription.create", "transcription", made.id)
        return _body(call, session, made)

    return call.once(work, before=checked(call.service.settings, body.callback_url, media_url=body.media_url))


@router.get("")
def listed(call: ReadTranscriptions, part: LargePart) -> Page[TranscriptionBody]:
    """The workspace's transcriptions, newest first, without the times of their words."""
    with call.reading() as session:
        found = find.transcriptions(session, call.workspace_id, limit=part.limit, offset=part.offset)
        data = [_body(call, session, row, with_words=False) for row in found.rows]
    return Page(data=data, total_count=found.total)


@router.get("/{transcription_id}")
def get(transcription_id: str, call: ReadTranscriptions) -> TranscriptionBody:
    """One transcription, and how far it is."""
    with call.reading() as session:
        found = find.transcription(session, call.workspace_id, transcription_id)
        return _body(call, session, found)


@router.delete("/{transcription_id}", status_code=204)
def delete(transcription_id: str, call: WriteTranscriptions) -> None:
    """Take it away at once with the recording, and end what is under way for it."""
    with call.transaction() as session:
        workflows = transcriptions.delete(session, call.workspace_id, transcription_id)
        call.note(session, "transcription.delete", "transcription", transcription_id)
        purge.ask(session, call.service, "transcription", transcription_id)
    call.service.queue.cancel(workflows)


def _body(call: Call, session: Session, row: Transcription, *, with_words: bool = True) -> TranscriptionBody:
    job = jobs_of(session, (row.job_id,)).get(row.job_id or "")
    return shown.transcription(row, job, call.service.settings.lease_s, with_words=with_words)
