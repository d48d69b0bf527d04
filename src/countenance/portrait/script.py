"""What a picture says while it is filmed: sentences with every sound of English, and pauses to listen in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from countenance.media.read import SAMPLE_RATE
from countenance.media.sound import resampled
from countenance.settings import Settings
from countenance.voice.alignment import phones_heard
from countenance.voice.catalogue import speak
from countenance.voice.speech import PAUSE, Phone, Speech

SENTENCES = (
    "Good morning, and thank you for watching this short film about my work.",
    "Five young shepherds brought their sheep over the bridge before the rain.",
    "I usually choose a window seat, because the view makes me happy.",
    "My brother Paul plays the oboe, while Barbara enjoys a game of chess.",
    "We hope that both of you will visit us at the beach house in July.",
    "Which of these azure vases would you put on the mantelpiece?",
    "The weather was fine, so we walked further than we ever thought we could.",
    "Please bring a warm blanket, four apples, and a bottle of fresh water.",
    "Our new boat moves faster than the old one, even against the wind.",
    "She washed the fish, chopped the parsley, and boiled some eggs for everyone.",
    "They measured the garage twice, then joined the beams with a huge bolt.",
    "If you have a question, simply ask me, and I will try to help.",
    "Few people know how quietly a mouse may move about a room.",
    "Let me know what you think, and maybe we can meet again on Thursday.",
)
"""Original sentences; together they hold every phone of the stock voice, lips that meet (p, b, m) most of all."""
PAUSES_S = (0.35, 1.4)
"""Silence after every other sentence, in turn: a breath, and long enough to be shown while a replica listens."""
LISTENING_S = 5.0
"""Silence at the end."""


def spoken(voice: str, seconds: float, settings: Settings, heard: Callable[[float], None]) -> Speech:
    """Sentences spoken one after another, with pauses, until `seconds` less the listening at the end are filled.

    `heard` is told the share that is done. At least one sentence is spoken.

    Raises:
        CountenanceError: what `voice.catalogue.speak` raises.
    """
    samples: list[NDArray[np.float32]] = []
    phones: list[Phone] = []
    length_s, rate = 0.0, 0
    for number, sentence in enumerate(SENTENCES * 8):
        if number and length_s > seconds - min(LISTENING_S, seconds / 4):
            break
        said = _said(sentence, voice, settings)
        rate = said.sample_rate
        pause = np.zeros(round(PAUSES_S[number % 2] * rate), np.float32)
        phones += [replace(p, start_s=p.start_s + length_s, end_s=p.end_s + length_s) for p in said.phones]
        samples += [said.samples, pause]
        begin = length_s + said.duration_s
        length_s = begin + len(pause) / rate
        phones = _with_pause(phones, begin, length_s)
        heard(min(1.0, length_s / max(seconds, 1e-6)))
    return Speech(np.concatenate(samples), rate, tuple(phones))


def _said(sentence: str, voice: str, settings: Settings) -> Speech:
    said = speak(sentence, settings, voice)
    if said.phones:
        return said
    heard = said.samples if said.sample_rate == SAMPLE_RATE else resampled(said.samples, said.sample_rate, SAMPLE_RATE)
    return replace(said, phones=phones_heard(heard, settings, sentence))


def _with_pause(phones: list[Phone], start_s: float, end_s: float) -> list[Phone]:
    if phones and phones[-1].symbol == PAUSE:
        return [*phones[:-1], Phone(PAUSE, phones[-1].start_s, end_s)]
    return [*phones, Phone(PAUSE, start_s, end_s)]
