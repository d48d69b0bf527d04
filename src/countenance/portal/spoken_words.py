"""What is said in a video, for those who do not hear it: its script, or what was heard in its recording."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from countenance.portal.captions import web_vtt
from countenance.service.db.tables import MediaSource, Transcription, Video
from countenance.service.errors import refused
from countenance.service.objects.errors import OBJECT_MISSING
from countenance.voice.english import NOTATION


@dataclass(frozen=True, slots=True)
class SpokenWords:
    """The words of a video."""

    text: str
    heard: bool
    """whether a program wrote them down, which mishears; else they are the script, without its signs for sounds"""
    captions: str = ""
    """the same as WebVTT, where their times are known"""


def spoken_words(session: Session, video: Video) -> SpokenWords | None:
    """None of a recording that nobody had written down."""
    if video.script is not None:
        return SpokenWords(NOTATION.sub(r"\1", video.script), heard=False)
    upload_id = session.scalar(
        select(MediaSource.upload_id).where(
            MediaSource.subject_kind == "video", MediaSource.subject_id == video.id, MediaSource.role == "audio"
        )
    )
    if upload_id is None:
        return None
    transcript = session.scalar(
        select(Transcription.transcript)
        .join(MediaSource, MediaSource.subject_id == Transcription.id)
        .where(
            MediaSource.subject_kind == "transcription",
            MediaSource.upload_id == upload_id,
            Transcription.workspace_id == video.workspace_id,
            Transcription.status == "ready",
            Transcription.deleted_at.is_(None),
        )
        .order_by(Transcription.created_at.desc())
        .limit(1)
    )
    text = str((transcript or {}).get("text") or "").strip()
    if transcript is None or not text:
        return None
    return SpokenWords(text, heard=True, captions=web_vtt(transcript["words"]) if transcript.get("words") else "")


def captions_of(words: SpokenWords | None) -> Response:
    """The captions, as players ask for them.

    Raises:
        CountenanceError: service.object_missing where there are none.
    """
    if words is None or not words.captions:
        raise refused(OBJECT_MISSING)
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return Response(words.captions, headers=headers, media_type="text/vtt; charset=utf-8")
