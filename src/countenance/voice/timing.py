"""Utterances one after the other, with the times of their sounds as the networks decided them.

The voices of the Kokoro family decide how many frames each character of an utterance lasts. Two things are put right
against the sound itself: a network speaks some frames ahead of its own durations, and it counts the silence before a
pause as part of the last sound.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from countenance.voice.english import PRIMARY, SECONDARY, ReadSentence, known
from countenance.voice.speech import PAUSE, WORD_GAP, Phone, Sentence, Speech

SAMPLE_RATE = 24_000
FRAME_SAMPLES = 600
"""Of the networks' clock: all durations are whole frames of 25 ms."""

Samples = NDArray[np.float32]
Utter = Callable[[str], tuple[Samples, NDArray[np.float64]]]
"""Sound (N,) of an utterance, and frames (n + 2,) of its n `known` characters and of the silence at either end."""

_QUIET = 0.03  # of the loud parts of an utterance
_STRESS = {PRIMARY: 2, SECONDARY: 1}


def spoken(read: list[ReadSentence], utter: Utter, ahead_s: float) -> Speech:
    """All sentences as one speech; `ahead_s` is how far the sound runs ahead of the durations."""
    sounds: list[Samples] = []
    phones: list[Phone] = []
    sentences: list[Sentence] = []
    start_s = 0.0
    for sentence in read:
        said: list[Phone] = []
        for utterance in sentence.utterances:
            sound, frames = utter(utterance)
            symbols = [PAUSE, *known(utterance), PAUSE]
            timed = _phones(symbols, frames * (FRAME_SAMPLES / SAMPLE_RATE), ahead_s)
            for phone in _end_where_quiet(timed, sound):
                moved = replace(phone, start_s=start_s + phone.start_s, end_s=start_s + phone.end_s)
                _append(phones, moved)
                said.append(moved)
            sounds.append(sound)
            start_s += len(sound) / SAMPLE_RATE
        if any(map(_is_sound, said)):
            sentences.append(_sentence(sentence.text, said))
    samples = np.clip(np.concatenate(sounds), -1.0, 1.0).astype(np.float32)
    return Speech(samples, SAMPLE_RATE, tuple(phones), tuple(sentences))


def _is_sound(phone: Phone) -> bool:
    return phone.symbol not in (PAUSE, WORD_GAP)


def _sentence(text: str, said: list[Phone]) -> Sentence:
    """When it is said: its phones have sounds among them."""
    sounds = [number for number, phone in enumerate(said) if _is_sound(phone)]
    resumes_s = tuple(
        said[after].start_s
        for before, after in pairwise(sounds)
        if any(phone.symbol == PAUSE for phone in said[before + 1 : after])
    )
    return Sentence(text, said[sounds[0]].start_s, said[sounds[-1]].end_s, resumes_s)


def _phones(symbols: list[str], durations_s: NDArray[np.float64], ahead_s: float) -> list[Phone]:
    """Phones of one utterance. A stress mark's time is the first part of its vowel; neighbouring gaps become one."""
    edges = np.concatenate([[0.0], np.cumsum(durations_s)])
    edges[1:-1] -= ahead_s
    phones: list[Phone] = []
    onset, stress = 0.0, 0
    for character, begin, end in zip(symbols, edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        if character in _STRESS:
            onset, stress = begin, _STRESS[character]
            continue
        symbol = character if character.isalpha() else WORD_GAP if character == " " else PAUSE
        _append(phones, Phone(symbol, onset if stress else begin, end, stress))
        stress = 0
    return phones


def _append(phones: list[Phone], phone: Phone) -> None:
    """Add a phone; a gap after a gap makes one gap, a pause if either is one."""
    if phones and {phone.symbol, phones[-1].symbol} <= {PAUSE, WORD_GAP}:
        both = PAUSE if PAUSE in (phone.symbol, phones[-1].symbol) else WORD_GAP
        phones[-1] = Phone(both, phones[-1].start_s, phone.end_s)
    else:
        phones.append(phone)


def _end_where_quiet(phones: list[Phone], sound: Samples) -> list[Phone]:
    """The phones with each boundary before a pause moved to where the sound ends."""
    hop = SAMPLE_RATE // 100
    loudness = np.sqrt(np.mean(np.square(sound[: len(sound) // hop * hop].reshape(-1, hop)), axis=1))
    loud = loudness > _QUIET * np.percentile(loudness, 95)
    moved = list(phones)
    for i, (last, pause) in enumerate(pairwise(phones)):
        if pause.symbol != PAUSE:
            continue
        window = slice(round(last.start_s * 100), round(pause.end_s * 100))
        heard = np.flatnonzero(loud[window])
        end_s = last.start_s + (0.01 * (heard[-1] + 1) if heard.size else 0.0)
        end_s = float(np.clip(end_s, last.start_s + 0.05, pause.end_s - 0.05))
        moved[i] = replace(moved[i], end_s=end_s)
        moved[i + 1] = replace(moved[i + 1], start_s=end_s)
    return moved
