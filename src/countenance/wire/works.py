"""Lip-synced films and transcripts."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import ConfigDict, Field, model_validator

from countenance.wire.message import Message, Request
from countenance.wire.problem import FindingBody
from countenance.wire.status import Standing

WorkStatus = Literal["started", "completed", "error"]
SHOWN: dict[str, WorkStatus] = {"queued": "started", "generating": "started", "ready": "completed", "error": "error"}


class CreateLipsync(Request):
    """A film, another sound, and who agreed, as for a replica."""

    original_video_url: str | None = Field(default=None, max_length=8192)
    original_upload_id: str | None = Field(default=None, max_length=40)
    source_audio_url: str | None = Field(default=None, max_length=8192)
    audio_upload_id: str | None = Field(default=None, max_length=40)
    consent_video_url: str | None = Field(default=None, max_length=8192)
    consent_upload_id: str | None = Field(default=None, max_length=40)
    lipsync_name: str | None = Field(default=None, max_length=255)
    callback_url: str | None = Field(default=None, max_length=8192)
    synthetic: bool = False
    subject: Literal["self", "other", "public-figure", "deceased", "invented"] | None = None
    full_name: str | None = Field(default=None, max_length=255)
    accept_responsibility: bool = False
    language: str = Field(default="en", min_length=2, max_length=16)
    phrase_id: str | None = Field(default=None, max_length=40)

    @model_validator(mode="after")
    def _one_of_each(self) -> CreateLipsync:
        if bool(self.original_video_url) == bool(self.original_upload_id):
            raise ValueError("Either original_video_url or original_upload_id must be provided.")
        if bool(self.source_audio_url) == bool(self.audio_upload_id):
            raise ValueError("Either source_audio_url or audio_upload_id must be provided.")
        return self


class WorkBody(Message):
    """What is common to what is made from media."""

    status: WorkStatus
    created_at: str
    updated_at: str
    progress: str = Field(description="`37/100`")
    stage: str = ""
    seconds_left: float | None = None
    standing: Standing
    error_message: str | None = None
    error_type: str | None = None
    findings: list[FindingBody] = Field(default=[])


class LipsyncBody(WorkBody):
    """A lip-synced film."""

    lipsync_id: str
    lipsync_name: str
    download_url: str | None = None
    duration_s: float | None = None
    credits_used: int = Field(description="Seconds of video.")


class CreateTranscription(Request):
    """Whose words: exactly one of `media_url` and `upload_id`."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": [name], "properties": {name: {"type": "string"}}} for name in ("media_url", "upload_id")
            ]
        }
    )
    synonyms: ClassVar[dict[str, str]] = {"audio_url": "media_url", "video_url": "media_url"}

    media_url: str | None = Field(default=None, max_length=8192)
    upload_id: str | None = Field(default=None, max_length=40)
    transcription_name: str | None = Field(default=None, max_length=255)
    callback_url: str | None = Field(default=None, max_length=8192)

    @model_validator(mode="after")
    def _one_source(self) -> CreateTranscription:
        if bool(self.media_url) == bool(self.upload_id):
            raise ValueError("Either media_url or upload_id must be provided.")
        return self


class SpokenWord(Message):
    """A word and when it is said."""

    text: str
    start_s: float
    end_s: float
    probability: float = Field(description="0 to 1")


class TranscriptionBody(WorkBody):
    """Words and their times, once they are there."""

    transcription_id: str
    transcription_name: str
    text: str | None = None
    language: str | None = None
    words: list[SpokenWord] | None = Field(default=None, description="Not in lists.")
    duration_s: float | None = None
