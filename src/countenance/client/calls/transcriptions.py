"""Transcriptions."""

from __future__ import annotations

from countenance.client import call
from countenance.client.call import Call, path
from countenance.wire.message import Page
from countenance.wire.works import CreateTranscription, TranscriptionBody

_PLACE = ("v2", "transcriptions")


def create(wanted: CreateTranscription, idempotency_key: str | None = None) -> Call[TranscriptionBody]:
    """Write down what is said in a film or a recording."""
    return call.create(TranscriptionBody, path(*_PLACE), wanted, idempotency_key)


def listed(limit: int = 10, page: int = 1) -> Call[Page[TranscriptionBody]]:
    """The workspace's transcriptions, newest first."""
    return call.get(Page[TranscriptionBody], path(*_PLACE, limit=limit, page=page))


def get(transcription_id: str) -> Call[TranscriptionBody]:
    """One transcription, and how far it is."""
    return call.get(TranscriptionBody, path(*_PLACE, transcription_id))


def delete(transcription_id: str) -> Call[None]:
    """Take it away at once."""
    return call.delete(path(*_PLACE, transcription_id))
