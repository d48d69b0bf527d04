"""A plug-in with one voice, as a package would bring it: it hums a tone for each word."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from countenance.settings import Settings
from countenance.voice.speech import Speech
from countenance.voice.voice import VoiceInfo

_RATE = 16_000
_WORD_S = 0.25


@dataclass(frozen=True)
class Humming:
    info = VoiceInfo("humming", "Humming", "unknown", ("en",), "Apache-2.0", "a sine for each word")

    def speak(self, text: str, settings: Settings) -> Speech:
        times = np.arange(round(len(text.split()) * _WORD_S * _RATE)) / _RATE
        return Speech((0.3 * np.sin(2 * np.pi * 150.0 * times)).astype(np.float32), _RATE, ())


def voices(settings: Settings) -> tuple[Humming, ...]:
    """What the entry point names."""
    return (Humming(),)
