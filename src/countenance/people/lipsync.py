"""Does the mouth that is seen move with the sound that is heard?

A sound lets one expect how far a mouth is open: an open vowel opens it, a p, b or m shuts it. What is expected is
linear in what Whisper's encoder hears within a fifth of a second, whoever speaks; it was learned from the stock voice
alone (`scripts/learn_expected_gap.py`). What is seen is compared with it at many displacements of the sound: if the
sound belongs to the mouth, they agree at one displacement near none far better than at all the others.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from countenance.errors import Span
from countenance.people.lips import LipTrack
from countenance.people.models import EXPECTED_GAP, weight_path
from countenance.people.spectrum import SAMPLE_RATE
from countenance.people.speech import FEATURE_RATE_HZ, FEATURE_SIZE, encode, log_mel
from countenance.settings import Settings

Array = NDArray[np.float32]

RATE_HZ = 25
"""Of what is expected."""
LAGS = np.array([-10, -8, -6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 6, 8])
"""Features around a moment that are listened to: from 0.2 s before it to 0.16 s after."""

_WINDOW_S, _KEPT_S = 8, 4
_WINDOW, _KEPT = _WINDOW_S * SAMPLE_RATE, _KEPT_S * SAMPLE_RATE
_BEFORE = (_WINDOW - _KEPT) // 2
_STEP = FEATURE_RATE_HZ // RATE_HZ
_LOUDEST = 1.0

IN_SYNC, SYNC_REVIEW = 0.5, 0.35
"""Limits of `Agreement.score`: from the first on the sound belongs to the mouth, below the second it does not.

Over 10 s of speech and more, at 12.5 pictures a second, people and their own sound measured 0.56 to 0.93 and the sound
of the same person's other sentences of the same rhythm 0.05 to 0.46, of others and of readers up to 0.30.
"""
DISTINCT, DISTINCT_REVIEW = 0.15, 0.0
"""Limits of `Agreement.distinct` in the same manner: own sound measured 0.30 to 0.80, other sound -0.30 to 0.17."""
LEAST_S = 6.0
"""With less speech to compare nothing is certain: at 4 s one foreign sentence in a hundred fits."""

SURE_S = 10.0
"""With less speech than this, that sound and lips fit elsewhere as well refuses nothing: a man who talks without a
pause measured 0.45 with his own sound over 6.6 s, and 0.46 elsewhere; over 10.5 s 0.56 and 0.32."""

_BAND_HZ = (0.8, 8.0)
"""Slower changes are moods and postures, quicker ones are noise of the mesh."""
_NEAR = round(0.48 * RATE_HZ)
_FAR = 3 * RATE_HZ
_APART = round(0.64 * RATE_HZ)
"""Displacements nearer than this to the best one agree because syllables last so long."""
_LEAST_OVERLAP = 0.4
_LEAST_FRAMES = 25


class SpeechListener:
    """`expected_gap` of a sound that comes in blocks of any length; it holds 8 s of it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._weights = _weights(weight_path(EXPECTED_GAP, settings))
        self._waiting = np.zeros(_BEFORE, np.float32)
        self._heard = self._told = 0

    def feed(self, samples: Array) -> Array:
        """What is expected, as far as the sound after it is known: (m,) at 25 Hz, perhaps nothing."""
        self._heard += len(samples)
        self._waiting = np.concatenate([self._waiting, np.nan_to_num(samples)])
        parts: list[Array] = [np.zeros(0, np.float32)]
        while len(self._waiting) >= _WINDOW:
            weights, bias = self._weights
            parts.append(lagged(window_features(self._waiting[:_WINDOW], self._settings) @ weights).sum(axis=-1) + bias)
            self._waiting = self._waiting[_KEPT:].copy()
        found = np.concatenate(parts)
        self._told += len(found)
        return found

    def rest(self) -> Array:
        """What is expected up to the end of the sound."""
        count = -(-self._heard * RATE_HZ // SAMPLE_RATE) - self._told
        return self.feed(np.zeros(_WINDOW + _KEPT, np.float32))[:count] if count else np.zeros(0, np.float32)


def expected_gap(samples: Array, settings: Settings) -> Array:
    """The lip opening that the sound, 16 kHz, lets one expect: (ceil(n / 640),) float32 at 25 Hz.

    In the unit of `countenance.people.lips.lip_gap`; value i is for the 40 ms from i / 25 s on. It says something
    where somebody speaks, and there only of changes: another person's mouth opens more or less.
    """
    listener = SpeechListener(settings)
    return np.concatenate([listener.feed(samples), listener.rest()])


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well the mouth that is seen fits the sound that is heard."""

    score: float
    """Correlation of the seen and the expected opening, -1 to 1, where they fit best within half a second."""
    chance: float
    """The best correlation with the sound moved elsewhere, by up to three seconds: what it is without meaning."""
    elsewhere_s: float
    """How late the sound would be there."""
    offset_s: float
    """How late the sound is where they fit best; negative if it is early. True to about 0.04 s."""
    compared_s: float
    """How long somebody spoke while the mouth was seen."""

    @property
    def fits_elsewhere(self) -> bool:
        """Whether enough was compared to say that the sound fits better where it does not belong."""
        return self.distinct < DISTINCT_REVIEW and self.compared_s >= SURE_S

    @property
    def distinct(self) -> float:
        """How much better they fit at that place than anywhere else; below 0 they fit better elsewhere."""
        return self.score - max(self.chance, 0.0)


def agreement(track: LipTrack, expected: Array, speech: Sequence[Span]) -> Agreement:
    """Compare the opening that is seen with what the sound lets one expect (`expected_gap`), while somebody speaks.

    All three are on one clock. Nothing to compare gives zeros.
    """
    seen, known = steady_gap(track, len(expected))
    spoken = within(speech, len(expected))
    compared = int(np.count_nonzero(known & spoken))
    if compared < _LEAST_FRAMES:
        return Agreement(0.0, 0.0, 0.0, 0.0, compared / RATE_HZ)
    lags = np.arange(-_FAR, _FAR + 1)
    a, b = band_passed(seen, track.rate_hz), band_passed(expected, track.rate_hz)
    fits = np.array([_correlation(a, b, known, spoken, int(lag), _LEAST_OVERLAP * compared) for lag in lags])
    tops = 1 + np.flatnonzero((fits[1:-1] >= fits[:-2]) & (fits[1:-1] >= fits[2:]))
    tops = tops[np.abs(lags[tops]) <= _NEAR]
    best = int(tops[np.argmax(fits[tops])]) if len(tops) else int(np.argmin(np.abs(lags)))
    elsewhere = np.where(np.abs(lags - lags[best]) >= _APART, fits, -1.0)
    score, shift = _top_of_parabola(fits[best - 1 : best + 2]) if len(tops) else (0.0, 0.0)
    return Agreement(
        score=score,
        chance=float(elsewhere.max()),
        elsewhere_s=float(lags[np.argmax(elsewhere)]) / RATE_HZ,
        offset_s=(float(lags[best]) + shift) / RATE_HZ,
        compared_s=compared / RATE_HZ,
    )


def local_fit(track: LipTrack, expected: Array, speech: Sequence[Span], offset_s: float, window_s: float) -> Array:
    """Correlation of both within `window_s` around each moment, (n,) at 25 Hz, with the sound moved by `offset_s`.

    NaN where less than half of the window can be compared.
    """
    seen, known = steady_gap(track, len(expected))
    a = band_passed(seen, track.rate_hz)
    b = np.roll(band_passed(expected, track.rate_hz), -round(offset_s * RATE_HZ))
    both = known & within(speech, len(expected))
    half = np.ones(max(1, round(window_s * RATE_HZ)))

    def summed(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.convolve(np.where(both, values, 0.0), half, mode="same")[: len(values)])

    count = summed(np.ones(len(a)))
    with np.errstate(invalid="ignore", divide="ignore"):
        fit = summed(a * b) / np.sqrt(summed(a * a) * summed(b * b))
    return np.asarray(np.where((count < len(half) / 2) | ~np.isfinite(fit), np.nan, fit), np.float32)


def movement(track: LipTrack, when: Sequence[Span]) -> float:
    """How much the lips move up and down within a second while `when`: root mean square, in the unit of the gap.

    NaN where they are not seen for a second. Speech measured 0.027 to 0.05, shut mouths and photographs up to
    0.008, a silent person who pulls faces 0.010.
    """
    count = round(len(track.gap) * RATE_HZ / track.rate_hz)
    seen, known = steady_gap(track, count)
    moments = known & within(when, count)
    if np.count_nonzero(moments) < _LEAST_FRAMES:
        return float("nan")
    return float(np.sqrt(np.mean(band_passed(seen, track.rate_hz)[moments] ** 2)))


def steady_gap(track: LipTrack, count: int) -> tuple[Array, NDArray[np.bool_]]:
    """The track at 25 Hz, (count,), with gaps bridged, and where it was really seen (count,)."""
    known = np.isfinite(track.gap)
    if not known.any():
        return np.zeros(count, np.float32), np.zeros(count, np.bool_)
    times, at = np.arange(len(track.gap)) / track.rate_hz, np.arange(count) / RATE_HZ
    seen = np.interp(at, times[known], track.gap[known])
    nearest = np.minimum(np.round(at * track.rate_hz).astype(np.intp), len(known) - 1)
    return seen.astype(np.float32), known[nearest] & (at < len(track.gap) / track.rate_hz)


def within(spans: Sequence[Span], count: int) -> NDArray[np.bool_]:
    """(count,) at 25 Hz, whether a moment lies in one of the spans."""
    inside = np.zeros(count, np.bool_)
    for span in spans:
        inside[max(0, int(span.start_s * RATE_HZ)) : max(0, math.ceil(span.end_s * RATE_HZ))] = True
    return inside


def band_passed(values: Array, rate_hz: float) -> NDArray[np.float64]:
    """What changes as fast as speech does, of values at 25 Hz that were seen at `rate_hz`."""
    if len(values) < _LEAST_FRAMES:
        return np.zeros(len(values))
    low, high = _BAND_HZ[0], min(_BAND_HZ[1], 0.45 * rate_hz)
    from scipy.signal import butter, sosfiltfilt

    sections = butter(2, (low, high), "bandpass", fs=RATE_HZ, output="sos")
    return np.asarray(sosfiltfilt(sections, values.astype(np.float64), padlen=min(len(values) - 1, 60)))


def _correlation(
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    known: NDArray[np.bool_],
    spoken: NDArray[np.bool_],
    lag: int,
    least: float,
) -> float:
    """Of what is seen with what is heard `lag` frames later; -1 where less than `least` frames overlap."""
    first, last = max(0, -lag), min(len(a), len(a) - lag)
    if last <= first:
        return -1.0
    both = known[first:last] & spoken[first + lag : last + lag]
    if np.count_nonzero(both) < max(least, 2):
        return -1.0
    x, y = a[first:last][both], b[first + lag : last + lag][both]
    x, y = x - x.mean(), y - y.mean()
    return float(x @ y / np.sqrt((x @ x) * (y @ y) + 1e-12))


def _top_of_parabola(three: NDArray[np.float64]) -> tuple[float, float]:
    """Height of the top through three neighbours, and how far it lies after the middle one (-0.5 to 0.5)."""
    before, middle, after = (float(value) for value in three)
    bend = before - 2 * middle + after
    if bend >= 0:
        return middle, 0.0
    shift = float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5))
    return middle - 0.25 * (before - after) * shift, shift


def window_features(window: Array, settings: Settings) -> Array:
    """What the encoder hears in 8 s of sound, whatever their loudness: (400, 384) at 50 Hz."""
    mel = log_mel(window)
    return encode(mel + (_LOUDEST - mel.max()), settings)


def lagged(features: Array) -> Array:
    """(100, ..., 14) from (400, ..., 14): for the middle 4 s at 25 Hz, entry k of the features `LAGS[k]` later."""
    middle = _BEFORE * FEATURE_RATE_HZ // SAMPLE_RATE + _STEP * np.arange(_KEPT_S * RATE_HZ)
    return np.stack([features[middle + lag][..., k] for k, lag in enumerate(LAGS)], axis=-1)


@lru_cache(maxsize=2)
def _weights(path: Path) -> tuple[Array, np.float32]:
    """(384, 14) and the value for no sound."""
    with np.load(path) as data:
        weights, bias = data["weights"].astype(np.float32), np.float32(data["bias"])
    return weights.reshape(FEATURE_SIZE, len(LAGS)), bias
