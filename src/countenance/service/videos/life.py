"""The life of a video: the only place that changes its status, and what it costs.

    queued -> generating -> ready
    any of them before `ready` -> error

Seconds are held by a generous estimate when it is asked for; in the transaction in which it becomes `ready` the seconds
that it has are paid for, never more than were held. Every other end is free.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from countenance.consent import register
from countenance.consent.register import Standing
from countenance.errors import Finding
from countenance.service import ids
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.credits import ledger
from countenance.service.db.tables import PronunciationDictionary, Replica, Video
from countenance.service.errors import DICTIONARY_UNKNOWN, REPLICA_NOT_USABLE, REQUEST_INVALID, VIDEO_UNKNOWN, refused
from countenance.service.jobs import life as jobs
from countenance.service.jobs.queue import RENDER
from countenance.service.replicas import find as replicas
from countenance.service.replicas.wanted import name_of, voice_of
from countenance.service.tasks import sources
from countenance.service.tasks.failure import failure
from countenance.service.videos import events, find, rows, waiting
from countenance.service.videos.wanted import NewVideo, most_seconds, script_seconds
from countenance.settings import Settings


@dataclass(frozen=True, slots=True)
class Published:
    """What a rendering has left in the object store."""

    video_key: str
    duration_s: float
    still_key: str | None = None
    gif_key: str | None = None
    captions_key: str | None = None


def create(
    session: Session, service: Service, workspace_id: str, wanted: NewVideo, script_s: int | None = None
) -> Video:
    """A new video, its files, its job and the seconds that it holds; it waits while its replica cannot speak yet.

    `script_s` is what `estimate.spoken_seconds` says, which takes too long for a transaction where there is a
    dictionary. Of a replica in `error` the video is in `error` from the start, as Tavus has it, and holds nothing.

    Raises:
        CountenanceError: service.request_invalid, service.replica_unknown, service.dictionary_unknown,
            voice.unknown_voice, consent.revoked, service.out_of_credits.
    """
    wanted.check()
    if wanted.watermark is not None and service.settings.visible_mark:
        raise refused(REQUEST_INVALID, "Every video carries this server's own mark; a watermark cannot replace it.")
    # `personal` is the person's own voice, where the replica has it.
    voice = wanted.voice_name if wanted.voice_name == "personal" else voice_of(wanted.voice_name, service.settings)
    replica = _replica(session, workspace_id, wanted.replica_id)
    if replica.receipt_id is not None:
        check_not_revoked(replica.receipt_id, service.settings)
    _check_dictionary(session, workspace_id, wanted.dictionary_id)
    video_id, moment = ids.video_id(), now()
    video = Video(
        id=video_id,
        workspace_id=workspace_id,
        replica_id=replica.id,
        name=name_of(wanted.name, otherwise=video_id),
        status="queued",
        script=wanted.script,
        audio_url=wanted.audio.url if wanted.audio else None,
        voice_name=voice,
        dictionary_id=wanted.dictionary_id,
        properties=wanted.kept,
        callback_url=wanted.callback_url or None,
        created_at=moment,
        updated_at=moment,
        credits_used=0,
    )
    session.add(video)
    for role, ref in wanted.media.items():
        sources.add(session, workspace_id, "video", video_id, role, ref)
    if replica.status == "error":
        return _stillborn(session, video, replica)
    usable = replica.status in replicas.USABLE
    stage = "queued" if usable else waiting.FOR_REPLICA
    job = jobs.create(session, workspace_id, "video", video_id, "render", stage)
    video.job_id = job.id
    if wanted.script is not None:
        seconds = script_seconds(wanted.script) if script_s is None else script_s
    else:
        seconds = most_seconds(session, service.settings, workspace_id, wanted.audio)
    ledger.hold(session, job.id, workspace_id, ledger.VIDEO_SECOND, seconds, "video", video_id)
    if usable:
        jobs.hand_on(session, service.queue, job, RENDER, "render")
    return video


def rename(session: Session, workspace_id: str, video_id: str, name: str) -> Video:
    """Give a video another name.

    Raises:
        CountenanceError: service.video_unknown; service.request_invalid for a name that is too long.
    """
    video = find.video(session, workspace_id, video_id)
    video.name, video.updated_at = name_of(name, otherwise=video.name), now()
    return video


def begin(session: Session, video_id: str) -> bool:
    """A worker begins; also True of one that was begun already, False of one that waits, ended or was deleted."""
    return rows.begun(session, Video, video_id)


def complete(session: Session, video_id: str, published: Published) -> bool:
    """The video is there: only here is it paid for."""
    video = rows.done(session, Video, video_id, **asdict(published))
    if video is None:
        return False
    video.credits_used = rows.captured(session, video.job_id, published.duration_s)
    events.tell_video(session, video)
    return True


def fail(session: Session, video_id: str, findings: Sequence[Mapping[str, Any]]) -> bool:
    """It ends without success, and free."""
    video = rows.failed(session, Video, video_id, findings)
    if video is not None:
        events.tell_video(session, video)
    return video is not None


def delete(session: Session, workspace_id: str, video_id: str, *, hard: bool = False) -> list[str]:
    """From now on the video is gone; free, unless it was ready. See `rows.deleted` for `hard` and what is returned.

    Raises:
        CountenanceError: service.video_unknown.
    """
    return rows.deleted(session, Video, workspace_id, video_id, "render", VIDEO_UNKNOWN, hard=hard)


def delete_and_cancel(service: Service, workspace_id: str, video_id: str, *, hard: bool = False) -> None:
    """`delete` in a transaction of its own, and the end of what was under way."""
    with service.database.transaction() as session:
        workflows = delete(session, workspace_id, video_id, hard=hard)
    service.queue.cancel(workflows)


def check_not_revoked(receipt_id: str, settings: Settings) -> None:
    """Whether the consent was not taken back; the child process that renders asks again, before every picture.

    Raises:
        CountenanceError: consent.revoked.
    """
    if register.standing(receipt_id, settings) is Standing.REVOKED:
        register.check_stands(receipt_id, settings)


def _replica(session: Session, workspace_id: str, replica_id: str) -> Replica:
    """The replica, locked: it does not become ready between the look at its status and the row of the video."""
    wanted = select(Replica).where(Replica.id == replica_id).with_for_update(read=True)
    session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    return replicas.get(session, workspace_id, replica_id)


def _check_dictionary(session: Session, workspace_id: str, dictionary_id: str | None) -> None:
    if dictionary_id is None:
        return
    owner = select(PronunciationDictionary.workspace_id).where(PronunciationDictionary.id == dictionary_id)
    if session.scalar(owner) != workspace_id:
        raise refused(DICTIONARY_UNKNOWN, measured=dictionary_id[:40])


def _stillborn(session: Session, video: Video, replica: Replica) -> Video:
    why = failure([Finding(REPLICA_NOT_USABLE, detail=replica.error_message or "").as_dict()])
    video.status, video.error_type, video.error_message = "error", why.error_type, why.error_message
    video.findings = [*why.findings]
    events.tell_video(session, video)
    session.flush()
    return video
