"""What is said in a video, for those who do not hear it: its script, or what was heard in its recording."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from countenance.service.db.tables import MediaSource, Transcription, Video
from countenance.service.errors import refused
from countenance.service.objects.errors import OBJECT_MISSING
from countenance.service.objects.store import Objects
from countenance.voice.captions import vtt_of_words
from countenance.voice.english import NOTATION


@dataclass(frozen=True, slots=True)
class SpokenWords:
    """The words of a video."""

    text: str
    heard: bool
    """whether a program wrote them down, which mishears; else they are the script, without its signs for sounds"""
    captions: str = ""
    """what was heard as WebVTT, where its times are known"""
    captions_key: str | None = None
    """of a script's, which were stored when the video was made"""

    @property
    def has_captions(self) -> bool:
        """Whether a player can show them."""
        return bool(self.captions or self.captions_key)


def spoken_words(session: Session, video: Video) -> SpokenWords | None:
    """None of a recording that nobody had written down."""
    if video.script is not None:
        return SpokenWords(NOTATION.sub(r"\1", video.script), heard=False, captions_key=video.captions_key)
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
    return SpokenWords(text, heard=True, captions=vtt_of_words(transcript["words"]) if transcript.get("words") else "")


def captions_of(words: SpokenWords | None, objects: Objects) -> Response:
    """The captions, as players ask for them.

    Raises:
        CountenanceError: service.object_missing where there are none.
    """
    if words is None or not words.has_captions:
        raise refused(OBJECT_MISSING)
    captions, key = words.captions.encode(), words.captions_key
    if key is not None:
        captions = b"".join(objects.read(key, 0, objects.stat(key).bytes))
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return Response(captions, headers=headers, media_type="text/vtt; charset=utf-8")
