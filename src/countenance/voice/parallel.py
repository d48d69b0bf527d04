"""The same words from two voices: what a person says in a recording, said again by a stock voice and laid beside it.

Nobody has to read anything: the recogniser writes down what was said, the stock voice speaks it, and dynamic time
warping over the recogniser's own features, which hear through voices, tells which moment of one is which of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countenance.errors import CountenanceError
from countenance.people.spectrum import SAMPLE_RATE
from countenance.people.speech import FEATURE_RATE_HZ, Word, encode, log_mel, transcribe
from countenance.settings import Settings
from countenance.voice.sounds import kinds
from countenance.voice.speech import Speech
from countenance.voice.vocoder import RATE, STEP_S, Array, analyse, bands, resampled

Speak = Callable[[str, Settings], Speech]
"""A stock voice: text to speech."""

_PAUSE_S = 0.3
_LONGEST_S = 8.0
_BEFORE_S, _AFTER_S = 0.05, 0.1
_SHORTEST_S = 0.5
_STEP_PENALTY = 0.02  # of the cosine distance: standing still is dearer than going on together
_WORST_PATH = 0.8  # a mean distance above this: other words, or no words
_FASTEST = 2.5  # times as long or as short as the stock voice: the recogniser imagined or left out words
_SOUND_RANGE = 7.0  # of log power below the loudest moment: 30 dB
_STEPS_PER_FEATURE = round(1.0 / (FEATURE_RATE_HZ * STEP_S))


@dataclass(frozen=True, slots=True)
class Pairs:
    """Moments of the same sounds, `STEP_S` apart in the stock voice: log powers in bands of `stock` and `person`
    (n, BANDS); pitch in Hz of both (n,), 0 where voiceless; `kinds` (n, k) of the sounds; how many times as fast as
    the stock voice the person speaks, for each utterance (u,)."""

    stock: Array
    person: Array
    stock_pitch_hz: Array
    person_pitch_hz: Array
    kinds: Array
    tempi: Array


def pairs(
    samples: NDArray[np.float32], rate: int, settings: Settings, speak: Speak, progress: Callable[[float], None]
) -> Pairs | None:
    """What is said in `samples` (mono at `rate` Hz) beside the same from the stock voice; None if no words are."""
    heard = resampled(samples, rate, SAMPLE_RATE)
    full = resampled(samples, rate, RATE)
    words = transcribe(heard, settings).words
    found: list[Pairs] = []
    for utterance in _utterances(words):
        start_s, end_s = max(0.0, utterance[0].start_s - _BEFORE_S), utterance[-1].end_s + _AFTER_S
        text = " ".join(word.text for word in utterance)
        pair = _paired(
            text, _cut(heard, SAMPLE_RATE, start_s, end_s), _cut(full, RATE, start_s, end_s), settings, speak
        )
        if pair is not None:
            found.append(pair)
        progress(end_s * SAMPLE_RATE / max(len(heard), 1))
    if not found:
        return None
    return Pairs(
        *(
            np.concatenate([getattr(pair, field) for pair in found])
            for field in ("stock", "person", "stock_pitch_hz", "person_pitch_hz", "kinds", "tempi")
        )
    )


def _utterances(words: tuple[Word, ...]) -> Iterator[list[Word]]:
    """Words up to a pause, or up to what is spoken at once."""
    current: list[Word] = []
    for word in words:
        pause = bool(current) and word.start_s - current[-1].end_s > _PAUSE_S
        if pause or (current and word.end_s - current[0].start_s > _LONGEST_S):
            yield current
            current = []
        current.append(word)
    if current:
        yield current


def _paired(
    text: str, heard: NDArray[np.float32], full: NDArray[np.float32], settings: Settings, speak: Speak
) -> Pairs | None:
    """One utterance at 16 kHz (`heard`) and at `RATE` (`full`) beside the stock voice's; None if they do not match."""
    try:
        speech = speak(text, settings)
    except CountenanceError:
        return None  # other characters than the voice speaks
    ratio = speech.duration_s / max(len(heard) / SAMPLE_RATE, STEP_S)
    if len(heard) < _SHORTEST_S * SAMPLE_RATE or not 1 / _FASTEST < ratio < _FASTEST:
        return None
    sound = resampled(speech.samples, speech.sample_rate, RATE)
    path, distance = warped(
        _features(resampled(speech.samples, speech.sample_rate, SAMPLE_RATE), settings), _features(heard, settings)
    )
    if distance > _WORST_PATH:
        return None
    stock, person = analyse(sound), analyse(full)
    steps = np.arange(len(stock.pitch_hz))
    centre = (_STEPS_PER_FEATURE - 1) / 2
    at = np.interp(steps, np.arange(len(path)) * _STEPS_PER_FEATURE + centre, path * _STEPS_PER_FEATURE + centre)
    at = np.clip(at.round().astype(int), 0, len(person.pitch_hz) - 1)
    said = bands(stock.envelope)
    return Pairs(
        said,
        bands(person.envelope)[at],
        stock.pitch_hz,
        person.pitch_hz[at],
        kinds(speech.phones, len(steps)),
        _tempo(said, at),
    )


def _tempo(said: Array, at: NDArray[np.intp]) -> Array:
    """Steps between the first and the last sound of the stock voice by those between the same of the person: (1,)."""
    loudness = said.max(axis=1)
    loud = np.flatnonzero(loudness > loudness.max() - _SOUND_RANGE)
    return np.array([(loud[-1] - loud[0] + 1) / (at[loud[-1]] - at[loud[0]] + 1)])


def warped(one: Array, other: Array) -> tuple[Array, float]:
    """Which moment of `other` (m, k), on average, each of `one` (n, k) is, as the cheapest path from corner to corner
    says: (n,) and the mean cosine distance along the path."""
    distances = 1.0 - _unit(one) @ _unit(other).T
    costs = np.full((len(one) + 1, len(other) + 1), np.inf)
    costs[0, 0] = 0.0
    for i, row in enumerate(distances):
        entered = np.minimum(costs[i, :-1], costs[i, 1:] + _STEP_PENALTY) + row
        # Going on within the row adds each distance and a penalty: a running minimum over sums finds the best entry.
        sums = np.cumsum(row + _STEP_PENALTY)
        costs[i + 1, 1:] = sums + np.minimum.accumulate(entered - sums)
    i, j = len(one), len(other)
    visited: list[tuple[int, int]] = []
    while i > 0 and j > 0:
        visited.append((i - 1, j - 1))
        step = np.argmin([costs[i - 1, j - 1], costs[i - 1, j] + _STEP_PENALTY, costs[i, j - 1] + _STEP_PENALTY])
        i, j = i - int(step != 2), j - int(step != 1)
    rows, columns = np.array(visited).T
    counts = np.bincount(rows, minlength=len(one))
    means = np.bincount(rows, columns, minlength=len(one)) / np.maximum(counts, 1)
    return means, float(distances[rows, columns].mean())


def _features(heard: NDArray[np.float32], settings: Settings) -> Array:
    """What the recogniser's encoder hears, without what stays the same: (frames, 384) at 50 Hz."""
    mel = log_mel(heard)
    features = encode(mel[: len(mel) // 2 * 2], settings).astype(np.float64)
    return np.asarray(features - features.mean(axis=0))


def _unit(vectors: Array) -> Array:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12))


def _cut(samples: NDArray[np.float32], rate: int, start_s: float, end_s: float) -> NDArray[np.float32]:
    return samples[round(start_s * rate) : round(end_s * rate)]
