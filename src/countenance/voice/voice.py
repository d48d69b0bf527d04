"""What a voice is, whether it is built in, a program of its own, or a plug-in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from countenance.errors import Finding
from countenance.settings import Settings
from countenance.voice.speech import Speech

Sex = Literal["female", "male", "unknown"]


@dataclass(frozen=True, slots=True)
class VoiceInfo:
    """What is known of a voice without hearing it."""

    id: str
    """How it is asked for: lower-case letters, digits, `-`, `_` and `.`, 64 characters at most."""
    name: str
    """How it is shown to people."""
    sex: Sex
    """What it sounds like."""
    languages: tuple[str, ...]
    """BCP 47 tags such as en or en-GB, the best first."""
    licence: str
    """Of the voice itself (its weights); an SPDX identifier where there is one."""
    engine: str
    """What makes the sound, and where the voice comes from, in one line."""
    notation: bool = False
    """Whether the voice reads sounds written as `[word](/phonemes/)`: what `Phone.symbol` may be, with stress marks."""


class Voice(Protocol):
    """A voice: what `countenance.voices` plug-ins return, and what the built-in voices are."""

    @property
    def info(self) -> VoiceInfo:
        """What it is; asked often, so it must cost nothing."""

    def speak(self, text: str, settings: Settings) -> Speech:
        """Speak `text`, of any length up to 20 000 characters and with line breaks.

        Samples are mono at any rate from 8 to 192 kHz. `phones` may be empty where the engine does not know them;
        the lips then follow the sound alone. `sentences`, which become captions, are parts of `text` in its order; they
        may be empty too. A text that cannot be spoken raises CountenanceError.
        """


@runtime_checkable
class NeedsSomething(Protocol):
    """A voice that can tell, without trying, what it lacks."""

    def absent(self, settings: Settings) -> Finding | None:
        """What is missing for this voice to speak here; None if nothing is known to be."""
