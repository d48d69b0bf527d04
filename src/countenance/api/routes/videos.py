"""Videos."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session

from countenance.api.asked.media import checked
from countenance.api.asked.videos import new_video
from countenance.api.call import ONCE, Call, ReadVideos, WriteVideos
from countenance.api.links import link_of
from countenance.api.paging import LargePart, Paging
from countenance.api.problem import named_in_body, problems
from countenance.api.shown import videos as shown
from countenance.service.db.tables import Job, Video
from countenance.service.errors import DICTIONARY_UNKNOWN, REPLICA_UNKNOWN
from countenance.service.purge import actions as purge
from countenance.service.replicas import find as replicas
from countenance.service.videos import find, life, shares
from countenance.service.videos.estimate import spoken_seconds
from countenance.wire.message import Page
from countenance.wire.videos import CreatedVideo, CreateVideo, RenameVideo, ShareBody, ShareVideo, VideoBody

router = APIRouter(prefix="/v2/videos", tags=["videos"])


@router.post("", dependencies=[ONCE], responses=problems(402, 409, 410, 422), response_model=CreatedVideo)
def create(body: CreateVideo, call: WriteVideos) -> Response:
    """Let a replica speak. While it is being trained the video waits; it is paid for when it is ready."""

    wanted = new_video(body)
    script_s: int | None = None

    def before() -> None:
        nonlocal script_s
        script_s = spoken_seconds(call.service, call.workspace_id, wanted)
        urls = {
            "audio_url": body.audio_url,
            "background_source_url": body.background_source_url,
            "watermark_image_url": body.watermark_image_url,
        }
        checked(call.service.settings, body.callback_url, **urls)()

    def work(session: Session) -> CreatedVideo:
        with named_in_body(REPLICA_UNKNOWN, DICTIONARY_UNKNOWN):
            made = life.create(session, call.service, call.workspace_id, wanted, script_s)
        call.note(session, "video.create", "video", made.id)
        return shown.created(made, call.base_url)

    return call.once(work, before=before)


@router.get("")
def listed(
    call: ReadVideos,
    part: LargePart,
    replica_id: str | None = None,
    face_id: Annotated[str | None, Query(description="The same as `replica_id`.")] = None,
    status: Annotated[str | None, Query(description="`queued`, `generating`, `ready` or `error`")] = None,
    search: Annotated[str, Query(max_length=255, description="Part of the name in any case, or the id.")] = "",
) -> Page[VideoBody]:
    """The workspace's videos, newest first."""
    statuses = (status,) if status else ()
    return found(call, part, replica_id=replica_id or face_id, statuses=statuses, search=search)


def found(
    call: Call, part: Paging, *, replica_id: str | None = None, statuses: Collection[str] = (), search: str = ""
) -> Page[VideoBody]:
    """The same, of several statuses at once."""
    with call.reading() as session:
        page = find.videos(
            session,
            call.workspace_id,
            limit=part.limit,
            offset=part.offset,
            replica_id=replica_id,
            statuses=statuses,
            search=search.strip(),
        )
        jobs = replicas.jobs_of(session, (row.job_id for row in page.rows))
    return Page(data=[_body(call, row, jobs) for row in page.rows], total_count=page.total)


@router.get("/{video_id}")
def get(video_id: str, call: ReadVideos) -> VideoBody:
    """One video, and how far it is."""
    with call.reading() as session:
        found = find.video(session, call.workspace_id, video_id)
        jobs = replicas.jobs_of(session, (found.job_id,))
    return _body(call, found, jobs)


@router.patch("/{video_id}/name", status_code=204)
def rename(video_id: str, body: RenameVideo, call: WriteVideos) -> None:
    """Give it another name."""
    with call.transaction() as session:
        life.rename(session, call.workspace_id, video_id, body.video_name)


@router.delete("/{video_id}", status_code=204)
def delete(
    video_id: str,
    call: WriteVideos,
    hard: Annotated[bool, Query(description="Also its files, script and sound.")] = False,
) -> None:
    """Take it away at once, and end what is under way for it. Whatever was not ready is free."""
    with call.transaction() as session:
        workflows = life.delete(session, call.workspace_id, video_id, hard=hard)
        call.note(session, "video.purge" if hard else "video.delete", "video", video_id)
        if hard:
            purge.ask(session, call.service, "video", video_id)
    call.service.queue.cancel(workflows)


@router.post(
    "/{video_id}/shares",
    status_code=201,
    dependencies=[ONCE],
    responses=problems(409, 410, 422),
    response_model=ShareBody,
)
def share(video_id: str, body: ShareVideo, call: WriteVideos) -> Response:
    """A link by which anybody sees this video, without an account, until it ends."""

    def work(session: Session) -> ShareBody:
        made = shares.create(
            session,
            call.workspace_id,
            video_id,
            body.valid_s,
            shows_name=body.shows_name,
            may_download=body.may_download,
        )
        call.note(session, "video.share", "video", video_id)
        return shown.share(made, call.service.settings, call.base_url)

    return call.once(work, 201)


@router.get("/{video_id}/shares")
def shared(video_id: str, call: ReadVideos) -> Page[ShareBody]:
    """The video's links, newest first, also those that have ended."""
    with call.reading() as session:
        rows = shares.of_video(session, call.workspace_id, video_id)
        data = [shown.share(row, call.service.settings, call.base_url) for row in rows]
    return Page(data=data, total_count=len(data))


@router.delete("/{video_id}/shares/{share_id}", status_code=204)
def unshare(video_id: str, share_id: str, call: WriteVideos) -> None:
    """End a link at once."""
    with call.transaction() as session:
        shares.revoke(session, call.workspace_id, video_id, share_id)
        call.note(session, "video.share.revoke", "video", video_id)


def _body(call: Call, row: Video, jobs: dict[str, Job]) -> VideoBody:
    job = jobs.get(row.job_id or "")
    return shown.body(row, job, link_of(call), call.base_url, call.service.settings.lease_s)
