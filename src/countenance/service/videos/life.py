"""The life of a video: the only place that changes its status, and what it costs.

    queued -> generating -> ready
    any of them before `ready` -> error

Seconds are held by a generous estimate when it is asked for; in the transaction in which it becomes `ready` the seconds
that it has are paid for, never more than were held. Every other end is free.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from countenance.errors import Finding
from countenance.service import ids
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.credits import ledger
from countenance.service.credits.account import balance
from countenance.service.db.tables import CreditHold, Job, PronunciationDictionary, Replica, Upload, Video
from countenance.service.errors import DICTIONARY_UNKNOWN, REPLICA_NOT_USABLE, VIDEO_UNKNOWN, refused
from countenance.service.jobs import life as jobs
from countenance.service.jobs.queue import RENDER, workflow_id
from countenance.service.replicas import find as replicas
from countenance.service.replicas.wanted import name_of, voice_of
from countenance.service.tasks import sources
from countenance.service.tasks.failure import failure
from countenance.service.videos import events, find, waiting
from countenance.service.videos.wanted import NewVideo, audio_seconds, script_seconds


@dataclass(frozen=True, slots=True)
class Published:
    """What a rendering has left in the object store."""

    video_key: str
    duration_s: float
    still_key: str | None = None
    gif_key: str | None = None


def create(session: Session, service: Service, workspace_id: str, wanted: NewVideo) -> Video:
    """A new video, its files, its job and the seconds that it holds; it waits while its replica cannot speak yet.

    Of a replica in `error` the video is in `error` from the start, as Tavus has it, and holds nothing.

    Raises:
        CountenanceError: service.request_invalid, service.replica_unknown, service.dictionary_unknown,
            voice.unknown_voice, service.out_of_credits.
    """
    wanted.check()
    # `personal` is the person's own voice, where the replica has it.
    voice = wanted.voice_name if wanted.voice_name == "personal" else voice_of(wanted.voice_name, service.settings)
    replica = _replica(session, workspace_id, wanted.replica_id)
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
        properties={**wanted.properties, **_look(wanted)},
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
    seconds = _most_seconds(session, service, workspace_id, wanted)
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
    """A worker begins; also True of one that was begun already, False of one that ended or was deleted."""
    _job(session, video_id)
    return _moved(session, video_id, ("queued", "generating"), "generating") is not None


def complete(session: Session, video_id: str, published: Published) -> bool:
    """The video is there: only here is it paid for."""
    job = _job(session, video_id)
    if job is None:
        return False
    made = {
        "video_key": published.video_key,
        "still_key": published.still_key,
        "gif_key": published.gif_key,
        "duration_s": published.duration_s,
    }
    video = _moved(session, video_id, ("queued", "generating"), "ready", **made)
    if video is None:
        return False
    jobs.end(job, "done")
    video.credits_used = _captured(session, job.id, published.duration_s)
    events.tell_video(session, video)
    return True


def fail(session: Session, video_id: str, findings: Sequence[Mapping[str, Any]]) -> bool:
    """It ends without success, and free."""
    job = _job(session, video_id)
    why = failure(findings)
    video = _moved(session, video_id, ("queued", "generating"), "error", **why.values())
    if video is None:
        return False
    if job is not None:
        jobs.end(job, "failed", why.findings)
        ledger.release(session, job.id, "error")
    events.tell_video(session, video)
    return True


def delete(session: Session, workspace_id: str, video_id: str, *, hard: bool = False) -> list[str]:
    """From now on the video is gone; free, unless it was ready. With `hard` one that is deleted already is accepted.

    Returns:
        The ids of the workflows to cancel after the commit (`Queue.cancel`).

    Raises:
        CountenanceError: service.video_unknown.
    """
    video = session.get(Video, video_id)
    if video is None or video.workspace_id != workspace_id or video.purged_at is not None:
        raise refused(VIDEO_UNKNOWN, measured=video_id[:40])
    if video.deleted_at is not None and not hard:
        raise refused(VIDEO_UNKNOWN, measured=video_id[:40])
    job = _job(session, video_id)
    statement = update(Video).where(Video.id == video_id, Video.deleted_at.is_(None)).values(deleted_at=now())
    if not _changed(session, statement):
        return []
    session.refresh(video)
    if job is None:
        return []
    jobs.end(job, "cancelled")
    ledger.release(session, job.id, "cancelled")
    return [workflow_id(job.id, "render")]


def delete_and_cancel(service: Service, workspace_id: str, video_id: str, *, hard: bool = False) -> None:
    """`delete` in a transaction of its own, and the end of what was under way."""
    with service.database.transaction() as session:
        workflows = delete(session, workspace_id, video_id, hard=hard)
    service.queue.cancel(workflows)


def _replica(session: Session, workspace_id: str, replica_id: str) -> Replica:
    """The replica, locked: it does not become ready between the look at its status and the row of the video."""
    wanted = select(Replica).where(Replica.id == replica_id).with_for_update(read=True)
    session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    return replicas.get(session, workspace_id, replica_id)


def _check_dictionary(session: Session, workspace_id: str, dictionary_id: str | None) -> None:
    if dictionary_id is None:
        return
    found = session.get(PronunciationDictionary, dictionary_id)
    if found is None or found.workspace_id != workspace_id:
        raise refused(DICTIONARY_UNKNOWN, measured=dictionary_id[:40])


def _look(wanted: NewVideo) -> dict[str, Any]:
    """What `service.tasks.render` reads again."""
    return {
        **({"colour": wanted.colour} if wanted.colour else {}),
        **({"transparent": True} if wanted.transparent else {}),
    }


def _most_seconds(session: Session, service: Service, workspace_id: str, wanted: NewVideo) -> int:
    if wanted.script is not None:
        return script_seconds(wanted.script)
    upload = session.get(Upload, wanted.audio.upload_id) if wanted.audio and wanted.audio.upload_id else None
    known = (upload.media or {}).get("duration_s") if upload is not None else None
    if isinstance(known, int | float):
        return audio_seconds(float(known), service.settings)
    # How long the sound at a URL is will be known later: whoever has less than the longest may still have enough.
    available = balance(session, workspace_id, ledger.VIDEO_SECOND).available
    return max(1, min(audio_seconds(None, service.settings), available))


def _stillborn(session: Session, video: Video, replica: Replica) -> Video:
    why = failure([Finding(REPLICA_NOT_USABLE, detail=replica.error_message or "").as_dict()])
    video.status, video.error_type, video.error_message = "error", why.error_type, why.error_message
    video.findings = [*why.findings]
    events.tell_video(session, video)
    session.flush()
    return video


def _captured(session: Session, hold_id: str, duration_s: float) -> int:
    held = session.get(CreditHold, hold_id, populate_existing=True)
    seconds = min(math.ceil(duration_s), held.amount) if held is not None else 0
    return seconds if ledger.capture(session, hold_id, seconds) else 0


def _job(session: Session, video_id: str) -> Job | None:
    video = session.get(Video, video_id)
    return None if video is None or video.job_id is None else jobs.locked(session, video.job_id)


def _moved(session: Session, video_id: str, before: Collection[str], status: str, **values: Any) -> Video | None:
    """The video after a change of its status; None, and no change, if it was not in any of those before."""
    session.flush()
    statement = update(Video).where(Video.id == video_id, Video.status.in_(before), Video.deleted_at.is_(None))
    if not _changed(session, statement.values(status=status, updated_at=now(), **values)):
        return None
    return session.get_one(Video, video_id, populate_existing=True)


def _changed(session: Session, statement: Any) -> bool:
    result = session.execute(statement.execution_options(synchronize_session=False))
    return isinstance(result, CursorResult) and result.rowcount == 1
