"""Voices that scripts can be spoken with."""

from __future__ import annotations

from countenance.client import call
from countenance.client.call import Call, path
from countenance.wire.voices import VoiceBody, VoicePage

_PLACE = ("v2", "voices")


def listed(limit: int = 10, page: int = 1, *, search: str | None = None, tag: str | None = None) -> Call[VoicePage]:
    """Stock voices first, then replicas' own."""
    return call.get(VoicePage, path(*_PLACE, limit=limit, page=page, search=search, tag=tag))


def get(voice_id: str) -> Call[VoiceBody]:
    """One voice."""
    return call.get(VoiceBody, path(*_PLACE, voice_id))
