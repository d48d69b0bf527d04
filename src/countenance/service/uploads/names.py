"""What a file that users send may be called. The name is shown and never used as one on disk."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from unicodedata import category

from countenance.errors import CountenanceError, Finding
from countenance.service.fetch.sniff import AUDIO, IMAGE, VIDEO
from countenance.service.uploads.errors import UPLOAD_KIND, UPLOAD_NAME

_MOST_BYTES = 255
_SHOWN_CHARACTERS = 60
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_JOINERS = "\u200c\u200d"
"""Not seen either, but part of Persian words and of emoji."""
_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
_RESERVED = ("con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10)))
"""Devices on Windows, where somebody will download the file again."""
_AV = frozenset({VIDEO, AUDIO})
KINDS = {
    **dict.fromkeys((".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".mpg", ".mpeg", ".ts", ".mts", ".3gp"), _AV),
    **dict.fromkeys((".wav", ".mp3", ".m4a", ".aac", ".flac", ".ogg", ".oga", ".opus", ".aif", ".aiff", ".caf"), _AV),
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".webp"), frozenset({IMAGE})),
}
"""By the end of the name. Films and sounds share their containers: only decoding tells which a file is."""


def kinds_of(filename: str) -> frozenset[str]:
    """What a file of this name may be: of `video`, `audio`, `image`.

    Raises:
        CountenanceError: service.upload_name for what is not a plain name (a path, control characters, letters that
            turn the direction of writing, ...), service.upload_kind.
    """
    why = _objection(filename)
    if why:
        raise CountenanceError(Finding(UPLOAD_NAME, detail=why, measured=_shown(filename)))
    suffix = PurePosixPath(filename).suffix.lower()
    if suffix not in KINDS:
        raise CountenanceError(Finding(UPLOAD_KIND, measured=_shown(suffix) or "no suffix"))
    return KINDS[suffix]


def _objection(name: str) -> str:
    try:
        size = len(name.encode("utf-8"))
    except UnicodeEncodeError:
        return "It is not text."
    if not name.strip() or size > _MOST_BYTES:
        return "It is empty or too long."
    if any(character in name for character in "/\\<>") or _ENCODED.search(name):
        return "It has characters to which paths or pages give a meaning."
    if any(category(character) in _UNSEEN and character not in _JOINERS for character in name):
        return "It has characters that are not seen, or that turn the direction of writing."
    if name.startswith((".", " ")):
        return "It begins with a dot or a space."
    if name.split(".", maxsplit=1)[0].strip().lower() in _RESERVED:
        return "It is the name of a device."
    return ""


def _shown(text: str) -> str:
    return ascii(text[:_SHOWN_CHARACTERS])[1:-1]
