"""Speech taken apart into pitch, spectral envelope and breath, and put together again.

The vocoder is WORLD (Morise et al. 2016, doi:10.1587/transinf.2015EDP7457), at 24 kHz in steps of 5 ms.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

RATE = 24_000
STEP_S = 0.005
BANDS = 48

_BINS = 513
_LOWEST_PITCH_HZ = 60.0
_HIGHEST_PITCH_HZ = 500.0
_LOWEST_BAND_HZ = 60.0
_HIGHEST_BAND_HZ = 7800.0  # of what sound at 16 kHz holds
_POWER_FLOOR = 1e-14


@dataclass(frozen=True, slots=True)
class Voiced:
    """Speech in steps of `STEP_S`: `pitch_hz` (T,), 0 where the voice is silent or whispers; power `envelope` (T, 513)
    from 0 to 12 kHz; `breath` (T, 513), the share of noise, 0 to 1."""

    pitch_hz: Array
    envelope: Array
    breath: Array


def analyse(samples: NDArray[np.float32]) -> Voiced:
    """Take speech apart; `samples` are mono at `RATE`, of at least one step."""
    import pyworld

    sound = np.ascontiguousarray(np.nan_to_num(samples), np.float64)
    coarse, times = pyworld.dio(sound, RATE, _LOWEST_PITCH_HZ, _HIGHEST_PITCH_HZ, frame_period=1000 * STEP_S)
    pitch_hz = pyworld.stonemask(sound, coarse, times, RATE)
    envelope = pyworld.cheaptrick(sound, pitch_hz, times, RATE)
    return Voiced(pitch_hz, envelope, pyworld.d4c(sound, pitch_hz, times, RATE))


def synthesise(speech: Voiced, count: int, tempo: float = 1.0) -> NDArray[np.float32]:
    """The sound of `speech`: `count` samples at `RATE`, spoken `tempo` times as fast as it was taken apart."""
    import pyworld

    pitch_hz, envelope, breath = map(np.ascontiguousarray, (speech.pitch_hz, speech.envelope, speech.breath))
    sound = pyworld.synthesize(pitch_hz, envelope, breath, RATE, 1000 * STEP_S / tempo)[:count]
    return np.pad(sound, (0, count - len(sound))).astype(np.float32)


def resampled(samples: NDArray[np.float32], rate: int, wanted: int) -> NDArray[np.float32]:
    """Mono `samples` at another rate, through a low-pass filter."""
    from scipy.signal import resample_poly

    if rate == wanted:
        return np.asarray(samples, np.float32)
    ratio = Fraction(wanted, rate)
    return np.asarray(resample_poly(samples, ratio.numerator, ratio.denominator), np.float32)


def bands(envelope: Array) -> Array:
    """Natural logarithm of the power in mel bands from 60 Hz to 7.8 kHz: (T, 513) -> (T, `BANDS`)."""
    return np.asarray(np.log(np.maximum(envelope @ _band_filters()[0].T, _POWER_FLOOR)))


def spread(gains: Array) -> Array:
    """Gains in bands over the bins of an envelope, held beyond the outermost bands: (T, `BANDS`) -> (T, 513)."""
    _, centres, bins = _band_filters()
    place = np.interp(bins, centres, np.arange(BANDS))
    below = np.minimum(place.astype(int), BANDS - 2)
    share = place - below
    return np.asarray(gains[:, below] * (1.0 - share) + gains[:, below + 1] * share)


@lru_cache(maxsize=1)
def _band_filters() -> tuple[Array, Array, Array]:
    """Triangles of unit sum (`BANDS`, 513), and the places of bands and bins on the mel scale."""
    bins = _mel(np.arange(_BINS) * RATE / (2 * (_BINS - 1)))
    edges = np.linspace(_mel(np.float64(_LOWEST_BAND_HZ)), _mel(np.float64(_HIGHEST_BAND_HZ)), BANDS + 2)
    width = edges[1] - edges[0]
    slopes = np.minimum((bins - edges[:-2, None]) / width, (edges[2:, None] - bins) / width)
    filters = np.maximum(0.0, slopes)
    return filters / filters.sum(axis=1, keepdims=True), edges[1:-1], bins


def _mel(hertz: Array | np.float64) -> Array:
    return np.asarray(2595.0 * np.log10(1.0 + hertz / 700.0))
