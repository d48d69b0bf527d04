"""Videos, lip-synced films and transcriptions as they are answered."""

from __future__ import annotations

from countenance.api.shown import progress
from countenance.api.shown.progress import Link
from countenance.service.db.tables import Job, Lipsync, Transcription, Video, VideoShare
from countenance.service.videos import events, shares
from countenance.settings import Settings
from countenance.wire.times import iso_ms, rfc1123
from countenance.wire.videos import CreatedVideo, ShareBody, VideoBody, VideoData, VideoEvent, VideoStatus
from countenance.wire.works import SHOWN, LipsyncBody, SpokenWord, TranscriptionBody, WorkBody

_STATUS: dict[str, VideoStatus] = {"queued": "queued", "generating": "generating", "ready": "ready", "error": "error"}


def page_of(base_url: str, video_id: str) -> str:
    """The page that shows a video to whoever is signed in."""
    return f"{base_url}/videos/{video_id}"


def created(video: Video, base_url: str) -> CreatedVideo:
    """What is answered to whoever asked for it."""
    return CreatedVideo(
        video_id=video.id,
        video_name=video.name,
        status=_STATUS[video.status],
        hosted_url=page_of(base_url, video.id),
        created_at=rfc1123(video.created_at),
    )


def body(video: Video, job: Job | None, link: Link, base_url: str, lease_s: float) -> VideoBody:
    """A video, with how far it is."""
    url = link(video.video_key)
    return VideoBody(
        video_id=video.id,
        video_name=video.name,
        replica_id=video.replica_id,
        status=_STATUS[video.status],
        hosted_url=page_of(base_url, video.id),
        created_at=rfc1123(video.created_at),
        updated_at=rfc1123(video.updated_at),
        data=VideoData(script=video.script, audio_url=video.audio_url),
        download_url=url,
        stream_url=url,
        status_details=_details(video, job),
        error_details=video.error_message,
        generation_progress=progress.hundredths(job, done=video.status == "ready"),
        still_image_thumbnail_url=link(video.still_key),
        gif_thumbnail_url=link(video.gif_key),
        captions_url=link(video.captions_key),
        duration_s=video.duration_s,
        stage=progress.stage(job),
        seconds_left=progress.seconds_left(job),
        standing=progress.standing(job, lease_s),
        error_type=video.error_type,
        findings=progress.findings(video.findings),
        credits_used=video.credits_used,
    )


def share(row: VideoShare, settings: Settings, base_url: str) -> ShareBody:
    """A link, with where it leads while it is open."""
    token = shares.token_of(row, settings) if shares.is_open(row) else None
    return ShareBody(
        share_id=row.id,
        video_id=row.video_id,
        state=shares.state_of(row),
        url=f"{base_url}/shared/{token}" if token else None,
        shows_name=row.shows_name,
        may_download=row.may_download,
        created_at=iso_ms(row.created_at),
        expires_at=iso_ms(row.expires_at),
    )


def event(video: Video, job: Job | None, lease_s: float) -> VideoEvent:
    """Where the making of it stands."""
    return VideoEvent(
        video_id=video.id,
        status=_STATUS[video.status],
        generation_progress=progress.hundredths(job, done=video.status == "ready"),
        stage=progress.stage(job),
        seconds_left=progress.seconds_left(job),
        standing=progress.standing(job, lease_s),
        error_details=video.error_message,
    )


def lipsync(made: Lipsync, job: Job | None, link: Link, lease_s: float) -> LipsyncBody:
    """A lip-synced film."""
    return LipsyncBody(
        **_common(made, job, lease_s).model_dump(),
        lipsync_id=made.id,
        lipsync_name=made.name,
        download_url=link(made.video_key),
        duration_s=made.duration_s,
        credits_used=made.credits_used,
    )


def transcription(made: Transcription, job: Job | None, lease_s: float, *, with_words: bool) -> TranscriptionBody:
    """What was said, once it is known, and each of its words with its time."""
    said = made.transcript or {}
    return TranscriptionBody(
        **_common(made, job, lease_s).model_dump(),
        transcription_id=made.id,
        transcription_name=made.name,
        text=said.get("text"),
        language=said.get("language"),
        words=[SpokenWord.model_validate(word) for word in said["words"]] if with_words and "words" in said else None,
        duration_s=said.get("duration_s"),
    )


def _common(made: Lipsync | Transcription, job: Job | None, lease_s: float) -> WorkBody:
    return WorkBody(
        status=SHOWN[made.status],
        created_at=iso_ms(made.created_at),
        updated_at=iso_ms(made.updated_at),
        progress=progress.hundredths(job, done=made.status == "ready"),
        stage=progress.stage(job),
        seconds_left=progress.seconds_left(job),
        standing=progress.standing(job, lease_s),
        error_message=made.error_message,
        error_type=made.error_type,
        findings=progress.findings(made.findings),
    )


def _details(video: Video, job: Job | None) -> str:
    if video.status == "error":
        return video.error_message or ""
    if video.status == "ready":
        return events.READY
    if job is not None and job.state == "waiting":
        return events.IN_TRAINING
    return events.QUEUED if video.status == "queued" else ""
