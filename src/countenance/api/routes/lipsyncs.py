"""Lip-synced films: whoever is seen in one has agreed, as for a replica."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session

from countenance.api.asked.media import checked
from countenance.api.asked.videos import new_lipsync
from countenance.api.call import ONCE, Call, ReadVideos, WriteVideos
from countenance.api.links import link_of
from countenance.api.paging import Part
from countenance.api.problem import problems
from countenance.api.shown import videos as shown
from countenance.service.db.tables import Lipsync
from countenance.service.purge import actions as purge
from countenance.service.replicas.find import jobs_of
from countenance.service.videos import find, lipsyncs
from countenance.wire.message import Page
from countenance.wire.works import CreateLipsync, LipsyncBody

router = APIRouter(prefix="/v2/lipsync", tags=["lipsync"])


@router.post("", dependencies=[ONCE], responses=problems(402, 409, 410, 422), response_model=LipsyncBody)
def create(body: CreateLipsync, call: WriteVideos) -> Response:
    """Move the lips in a film to another sound. It is paid for, as a video, when it is complete."""

    def work(session: Session) -> LipsyncBody:
        made = lipsyncs.create(session, call.service, call.workspace_id, new_lipsync(body))
        call.note(session, "lipsync.create", "lipsync", made.id)
        return _body(call, session, made)

    urls = {
        "original_video_url": body.original_video_url,
        "source_audio_url": body.source_audio_url,
        "consent_video_url": body.consent_video_url,
    }
    return call.once(work, before=checked(call.service.settings, body.callback_url, **urls))


@router.get("")
def listed(call: ReadVideos, part: Part) -> Page[LipsyncBody]:
    """The workspace's lip-synced films, newest first."""
    with call.reading() as session:
        found = find.lipsyncs(session, call.workspace_id, limit=part.limit, offset=part.offset)
        return Page(data=[_body(call, session, row) for row in found.rows], total_count=found.total)


@router.get("/{lipsync_id}")
def get(lipsync_id: str, call: ReadVideos) -> LipsyncBody:
    """One film, and how far it is."""
    with call.reading() as session:
        found = find.lipsync(session, call.workspace_id, lipsync_id)
        return _body(call, session, found)


@router.delete("/{lipsync_id}", status_code=204)
def delete(
    lipsync_id: str, call: WriteVideos, hard: Annotated[bool, Query(description="Also its files.")] = False
) -> None:
    """Take it away at once, and end what is under way for it."""
    with call.transaction() as session:
        workflows = lipsyncs.delete(session, call.workspace_id, lipsync_id, hard=hard)
        call.note(session, "lipsync.purge" if hard else "lipsync.delete", "lipsync", lipsync_id)
        if hard:
            purge.ask(session, call.service, "lipsync", lipsync_id)
    call.service.queue.cancel(workflows)


def _body(call: Call, session: Session, row: Lipsync) -> LipsyncBody:
    job = jobs_of(session, (row.job_id,)).get(row.job_id or "")
    return shown.lipsync(row, job, link_of(call), call.service.settings.lease_s)
