"""What somebody asks for who wants a replica to speak."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from countenance.service.credits import ledger
from countenance.service.credits.account import balance
from countenance.service.db.tables import Upload
from countenance.service.errors import REQUEST_INVALID, refused
from countenance.service.tasks.sources import MediaRef
from countenance.settings import Settings
from countenance.wire.patterns import is_blank

LONGEST_AUDIO_S = 600
"""Of a recording that a video is made of, as Tavus has it."""
_WORDS_PER_S = 1.6
_CHARACTERS_PER_S = 9.0
_SIGN_S = 0.6
"""A digit or a sign is a word when it is spoken."""
_LETTER_S = 0.3
"""Of an abbreviation."""
_PAUSE_S = 0.5
_AROUND_S = 2.0
_LOOK = "countenance:look"
"""Where a video's properties hold what is behind the person; whatever a user writes there is left out."""


@dataclass(frozen=True, slots=True)
class NewVideo:
    """A video that is asked for: a replica, and either a script or a recording."""

    replica_id: str
    name: str = ""
    script: str | None = None
    audio: MediaRef | None = None
    voice_name: str | None = None
    """the id of a stock voice for the script; None for the replica's own"""
    dictionary_id: str | None = None
    """of a pronunciation dictionary of the workspace"""
    background: MediaRef | None = None
    """a picture or a video"""
    colour: str | None = None
    """`green`, `#rrggbb`, ... behind the person"""
    transparent: bool = False
    watermark: MediaRef | None = None
    callback_url: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    """kept as they are"""

    @property
    def media(self) -> dict[str, MediaRef]:
        """The files by their role."""
        given = {"audio": self.audio, "background": self.background, "watermark": self.watermark}
        return {role: ref for role, ref in given.items() if ref is not None}

    @property
    def kept(self) -> dict[str, Any]:
        """What is kept of it beside the columns; see `look_of`."""
        kept = {name: value for name, value in self.properties.items() if name != _LOOK}
        if self.colour or self.transparent:
            kept[_LOOK] = {"colour": self.colour or None, "transparent": self.transparent}
        return kept

    def check(self) -> None:
        """Whether it can be understood.

        Raises:
            CountenanceError: service.request_invalid.
        """
        if (self.script is None) == (self.audio is None):
            raise refused(REQUEST_INVALID, "Give either a script or audio.")
        if self.script is not None and is_blank(self.script):
            raise refused(REQUEST_INVALID, "The script is empty.")
        if sum((self.background is not None, self.colour is not None, self.transparent)) > 1:
            raise refused(REQUEST_INVALID, "There is only one background: transparent, a colour, or a file.")


def look_of(properties: Mapping[str, Any]) -> tuple[str | None, bool]:
    """The colour behind the person, and whether there is nothing, as a video's properties hold it."""
    look = properties.get(_LOOK, {})
    return look.get("colour"), bool(look.get("transparent"))


def script_seconds(script: str) -> int:
    """How long a script takes at most, in seconds: spoken slowly, every digit a word, a pause after each sentence."""
    words = len(script.split())
    signs = len(re.findall(r"[^\w\s.,;:!?'\"()-]|\d", script))
    letters = sum(map(len, re.findall(r"[A-Z]{2,}", script)))
    pauses = len(re.findall(r"[.!?;:\n]+", script))
    slow = max(words / _WORDS_PER_S, len(script) / _CHARACTERS_PER_S)
    return math.ceil(slow + signs * _SIGN_S + letters * _LETTER_S + pauses * _PAUSE_S + _AROUND_S)


def most_seconds(session: Session, settings: Settings, workspace_id: str, audio: MediaRef | None) -> int:
    """How long a recording may be at most, in seconds; exact where it was uploaded and looked at.

    How long the sound at a URL is will be known later: whoever has fewer seconds left than the longest may still have
    enough of them.
    """
    longest = min(LONGEST_AUDIO_S, settings.max_duration_s)
    upload = session.get(Upload, audio.upload_id) if audio is not None and audio.upload_id else None
    known = (upload.media or {}).get("duration_s") if upload is not None else None
    if isinstance(known, int | float) and known > 0:
        return math.ceil(min(known, longest))
    ledger.expire(session, workspace_id, ledger.VIDEO_SECOND)  # or more would be held than there is
    available = balance(session, workspace_id, ledger.VIDEO_SECOND).available
    return max(1, min(math.ceil(longest), available))
