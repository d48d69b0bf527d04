"""Voices that scripts can be spoken with."""

from __future__ import annotations

from pydantic import Field

from countenance.wire.message import Message, Page


class VoiceBody(Message):
    """A stock voice, or a replica's own."""

    voice_id: str
    voice_name: str = Field(description="What is sent as `voice_name`.")
    label: str = Field(description="For people.")
    status: str = "completed"
    replica_id: str | None = Field(default=None, description="Whose voice it is; null for a stock voice.")
    audio_url: str | None = None
    tags: list[str]
    languages: list[str]
    ready: bool
    problem: str | None = Field(default=None, description="What it lacks that cannot speak here.")


class VoicePage(Page[VoiceBody]):
    """Part of the list of voices."""

    page: int
    limit: int
