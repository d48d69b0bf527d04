"""All voices of this installation: built in, set by the owner, and brought by plug-ins.

A plug-in is a package with an entry point in the group `countenance.voices`: a function that takes `Settings` and
returns its voices (`voice.py`). A plug-in that does not work is told of; it never hides the voices that do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib import metadata
from typing import get_args

from countenance.errors import CountenanceError, Finding
from countenance.settings import Settings
from countenance.voice import hibari, kokoro, piper, service
from countenance.voice.check import flaw_of
from countenance.voice.english import NOTATION
from countenance.voice.errors import CANNOT_BE_SPOKEN, PLUGIN_FAILED, SOUNDS_NOT_READ, UNKNOWN_VOICE
from countenance.voice.pronunciation import Dictionary, Piece, pieces
from countenance.voice.sentences import as_written
from countenance.voice.speech import Speech
from countenance.voice.voice import NeedsSomething, Sex, Voice, VoiceInfo

DEFAULT_VOICE = hibari.INFO.id
GROUP = "countenance.voices"
_BUILT_IN = "countenance"
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Where a word may be broken, or which way it runs: what is pasted brings such marks along, and nobody says them."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A voice as it is listed, or a plug-in that gave none."""

    id: str
    """The voice's id; of a plug-in that does not work, the name of its entry point."""
    info: VoiceInfo | None
    """None of a plug-in that does not work."""
    source: str
    """`countenance`, or the package that brings it, with its version."""
    problem: Finding | None
    """Why it cannot speak here, as far as that is known without trying."""


@dataclass(frozen=True, slots=True)
class _Found:
    voice: Voice
    info: VoiceInfo
    source: str


def voices(settings: Settings) -> tuple[Listing, ...]:
    """Every voice: built in, then those of the settings, then those of plug-ins; never raises."""
    listings: dict[str, Listing] = {}
    broken: list[Listing] = []
    for found in _all(settings):
        if isinstance(found, Listing):
            broken.append(found)
        elif found.info.id in listings:
            detail = f"{found.source} brings a voice {found.info.id}, but that is already the name of another."
            broken.append(Listing(found.info.id, None, found.source, Finding(PLUGIN_FAILED, detail=detail)))
        else:
            listings[found.info.id] = Listing(found.info.id, found.info, found.source, _absent(found, settings))
    return (*listings.values(), *broken)


def speak(
    text: str, settings: Settings, voice: str = DEFAULT_VOICE, pronunciations: Dictionary | None = None
) -> Speech:
    """Speak a text with the voice of this id, after the words of the dictionary are put in. The sentences are told as
    they are written.

    Raises:
        CountenanceError: voice.unknown_voice, voice.sounds_not_read, people.weight_missing, people.weight_altered,
            voice.plugin_failed, voice.program_failed, voice.service_failed, and for a text that cannot be spoken.
    """
    found = _found(voice, settings)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise CountenanceError(Finding(CANNOT_BE_SPOKEN, detail="It holds bytes that are no text.")) from error
    text = _UNSEEN.sub("", text)
    parts = [Piece(text, text)] if pronunciations is None else pieces(text, pronunciations)
    spoken = "".join(part.spoken for part in parts)
    if not found.info.notation and (word := NOTATION.search(spoken)):
        raise CountenanceError(Finding(SOUNDS_NOT_READ, detail=f'The word is "{word[1]}", the voice {voice}.'))
    if found.source == _BUILT_IN:
        speech = found.voice.speak(spoken, settings)
    else:
        speech = _spoken_by_plug_in(found, spoken, settings)
    return replace(speech, sentences=as_written(speech.sentences, parts))


def _found(voice: str, settings: Settings) -> _Found:
    """The first voice of this id. Plug-ins are not even loaded for a voice that needs none."""
    known: list[str] = []
    broken: list[str] = []
    for found in _all(settings):
        if isinstance(found, Listing):
            broken.append(f" {found.problem.detail}" if found.problem else "")
        elif found.info.id == voice:
            return found
        else:
            known.append(found.info.id)
    detail = f"Known are {', '.join(dict.fromkeys(known))}.{''.join(broken)}"
    raise CountenanceError(Finding(UNKNOWN_VOICE, detail=detail, measured=voice))


def _all(settings: Settings) -> Iterator[_Found | Listing]:
    own: tuple[Voice, ...] = (
        hibari.Hibari(), *kokoro.VOICES, *piper.voices(settings), *service.voices(settings)
    )  # fmt: skip
    yield from (_Found(voice, voice.info, _BUILT_IN) for voice in own)
    for entry in sorted(metadata.entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value)):
        yield from _brought(entry, settings)


def _brought(entry: metadata.EntryPoint, settings: Settings) -> list[_Found | Listing]:
    """The voices of one plug-in, or what is wrong with it."""
    source = f"{entry.dist.name} {entry.dist.version}" if entry.dist else entry.value
    try:
        found = [(voice, voice.info) for voice in entry.load()(settings)]
        flaws = " ".join(filter(None, (_flaw_of_info(info) for _, info in found)))
    except (Exception, SystemExit) as error:  # whatever a stranger's code does
        flaws = f"{type(error).__name__}: {error}."
    if flaws:
        return [_broken(entry, source, flaws)]
    return [_Found(voice, info, source) for voice, info in found]


def _flaw_of_info(info: object) -> str:
    if not isinstance(info, VoiceInfo):
        return f"A voice's info is {type(info).__name__} instead of VoiceInfo."
    texts = (info.id, info.name, info.licence, info.engine, *info.languages)
    if not all(isinstance(text, str) for text in texts) or info.sex not in get_args(Sex):
        return (
            f"The info of the voice {info.id!r} holds what is no text, or a sex other than {', '.join(get_args(Sex))}."
        )
    if not _ID.fullmatch(info.id):
        return f"A voice's id is {info.id!r}; it must be lower-case letters, digits, '-', '_' and '.'."
    return ""


def _broken(entry: metadata.EntryPoint, source: str, detail: str) -> Listing:
    finding = Finding(PLUGIN_FAILED, detail=f"The plug-in {entry.name} of {source}: {detail}")
    return Listing(entry.name, None, source, finding)


def _absent(found: _Found, settings: Settings) -> Finding | None:
    if not isinstance(found.voice, NeedsSomething):
        return None
    try:
        return found.voice.absent(settings)
    except (Exception, SystemExit) as error:
        return Finding(PLUGIN_FAILED, detail=f"{found.source}: {type(error).__name__}: {error}.")


def _spoken_by_plug_in(found: _Found, text: str, settings: Settings) -> Speech:
    """Raises CountenanceError, whatever the plug-in does."""
    whose = f"The voice {found.info.id} of {found.source}"
    try:
        speech = found.voice.speak(text, settings)
        flaw = flaw_of(speech, settings.max_duration_s, text)
    except CountenanceError:
        raise
    except (Exception, SystemExit) as error:
        detail = f"{whose}: {type(error).__name__}: {error}."
        raise CountenanceError(Finding(PLUGIN_FAILED, detail=detail)) from error
    if flaw:
        raise CountenanceError(Finding(PLUGIN_FAILED, detail=f"{whose}: {flaw}"))
    return speech
