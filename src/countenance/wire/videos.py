"""Videos: what is asked and answered."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import ConfigDict, Field, computed_field, model_validator

from countenance.wire.message import Message, Name, Request
from countenance.wire.problem import FindingBody
from countenance.wire.status import Standing

VideoStatus = Literal["queued", "generating", "ready", "deleted", "error"]
MAX_SCRIPT = 100_000
"""characters"""
COLOURS = ("green", "blue", "white", "black")
COLOUR = rf"^({'|'.join(COLOURS)}|#[0-9a-fA-F]{{3}}|#[0-9a-fA-F]{{6}}|)$"
_SPOKEN = ("script", "audio_url", "audio_upload_id")


class CreateVideo(Request):
    """Who says what: exactly one of `script`, `audio_url` and `audio_upload_id`."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": [name], "properties": {name: {"type": "string"}}} for name in _SPOKEN]
        }
    )
    synonyms: ClassVar[dict[str, str]] = {"face_id": "replica_id"}

    replica_id: str = Field(min_length=1, max_length=40)
    script: str | None = Field(default=None, max_length=MAX_SCRIPT)
    audio_url: str | None = Field(default=None, max_length=8192, description="WAV or MP3, up to 10 min.")
    audio_upload_id: str | None = Field(default=None, max_length=40, description="Sound that was uploaded here.")
    video_name: str | None = Field(default=None, max_length=255)
    callback_url: str | None = Field(default=None, max_length=8192)
    background_url: str | None = Field(default=None, max_length=8192, description="A web page; not offered here.")
    background_source_url: str | None = Field(default=None, max_length=8192, description="A video or a picture.")
    background_upload_id: str | None = Field(
        default=None, max_length=40, description="A video or a picture that was uploaded here."
    )
    background_colour: str | None = Field(
        default=None,
        pattern=COLOUR,
        description=f"{', '.join(COLOURS)}, or `#rrggbb`.",
    )
    watermark_image_url: str | None = Field(default=None, max_length=8192, description="PNG or JPEG.")
    fast: bool = False
    transparent_background: bool = False
    properties: dict[str, Any] | None = None

    voice_name: str | None = Field(default=None, max_length=64, description="Instead of the replica's own voice.")
    pronunciation_dictionary_id: str | None = Field(default=None, max_length=40)

    @model_validator(mode="after")
    def _one_sound(self) -> CreateVideo:
        if sum(bool(getattr(self, name)) for name in _SPOKEN) != 1:
            raise ValueError("Either script or audio_url must be provided.")
        return self


class _Named(Message):
    video_id: str
    video_name: str
    status: VideoStatus
    hosted_url: str = Field(description="The page that shows it.")
    created_at: str


class CreatedVideo(_Named):
    """A video that was begun."""


class VideoData(Message):
    """What is said."""

    script: str | None = None
    audio_url: str | None = None


class VideoBody(_Named):
    """A video, in Tavus's fields and ours."""

    replica_id: str
    updated_at: str
    data: VideoData
    download_url: str | None = None
    stream_url: str | None = None
    status_details: str = ""
    error_details: str | None = None
    generation_progress: str = Field(description="`37/100`")
    still_image_thumbnail_url: str | None = None
    gif_thumbnail_url: str | None = None

    captions_url: str | None = Field(default=None, description="What is said, with its times (WebVTT), of a script.")
    duration_s: float | None = None
    stage: str = ""
    seconds_left: float | None = None
    standing: Standing
    error_type: str | None = None
    findings: list[FindingBody] = Field(default=[])
    credits_used: int = Field(description="Seconds of video.")

    @computed_field
    def face_id(self) -> str:
        """The same as `replica_id`."""
        return self.replica_id


class VideoEvent(Message):
    """Where the making of a video stands."""

    video_id: str
    status: VideoStatus
    generation_progress: str
    stage: str
    seconds_left: float | None
    standing: Standing
    error_details: str | None


class RenameVideo(Request):
    """A new name."""

    video_name: Name


class ShareVideo(Request):
    """How long a link is good, and what it shows."""

    valid_s: int = Field(default=7 * 24 * 3600, ge=60, le=30 * 24 * 3600, description="Seconds; a week if not given.")
    shows_name: bool = Field(default=True, description="Whether the page says what the video is called.")
    may_download: bool = Field(default=False, description="Whether the page offers the file.")


class ShareBody(Message):
    """A link by which anybody sees the video until it ends."""

    share_id: str
    video_id: str
    state: Literal["open", "expired", "revoked"]
    url: str | None = Field(default=None, description="The link, while it is open.")
    shows_name: bool
    may_download: bool
    created_at: str
    expires_at: str
