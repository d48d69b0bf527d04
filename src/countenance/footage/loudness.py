"""How loud a sound is to people: the measure of ITU-R BS.1770, in small steps, and gated over speech."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from countenance.media.read import SAMPLE_RATE
from countenance.people.speech import VAD_CHUNK

STEP_S = VAD_CHUNK / SAMPLE_RATE
"""Loudness is kept for each chunk for which the voice activity detector gives a probability."""
QUIETEST_LUFS = -120.0

_OFFSET = -0.691
_GATE_STEPS, _GATE_HOP = 12, 3
"""0.38 s, a quarter of it apart: the nearest that our steps come to the standard's 0.4 s."""
_SILENCE_LUFS = -70.0
_RELATIVE_GATE = 10.0
_MINIMUM = 10 ** ((QUIETEST_LUFS - _OFFSET) / 10)


class LoudnessMeter:
    """K-weighted power of 16 kHz mono sound that comes in blocks of whole steps."""

    def __init__(self) -> None:
        self._filters = k_weighting(SAMPLE_RATE)
        self._state = np.zeros((len(self._filters), 2))
        self._parts: list[NDArray[np.float32]] = []

    def feed(self, samples: NDArray[np.float32]) -> None:
        from scipy.signal import sosfilt  # much to read for who only asks what was measured

        weighted, self._state = sosfilt(self._filters, samples, zi=self._state)
        self._parts.append(np.square(weighted).reshape(-1, VAD_CHUNK).mean(axis=1).astype(np.float32))

    def power(self) -> NDArray[np.float32]:
        """Mean square of each step so far: (n,)."""
        return np.concatenate([*self._parts, np.zeros(0, np.float32)])


def k_weighting(rate: int) -> NDArray[np.float64]:
    """The two filters of ITU-R BS.1770-4 annex 1 for any rate, as second-order sections (2, 6).

    The standard gives coefficients for 48 kHz; these are the bilinear transforms of the same analogue filters.
    """
    k = np.tan(np.pi * 1681.974450955533 / rate)
    high, q = 10 ** (3.999843853973347 / 20), 0.7071752369554196
    middle = high**0.4996667741545416
    shelf_b = np.array([high + middle * k / q + k * k, 2 * (k * k - high), high - middle * k / q + k * k])
    shelf_a = np.array([1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k])
    k, q = np.tan(np.pi * 38.13547087602444 / rate), 0.5003270373238773
    pass_a = np.array([1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k])
    return np.array(
        [[*(shelf_b / shelf_a[0]), *(shelf_a / shelf_a[0])], [1.0, -2.0, 1.0, *(pass_a / pass_a[0])]], np.float64
    )


def lufs(power: NDArray[np.float32] | float) -> NDArray[np.float64]:
    """Loudness of K-weighted mean squares; silence is `QUIETEST_LUFS`."""
    return np.asarray(_OFFSET + 10 * np.log10(np.maximum(np.asarray(power, np.float64), _MINIMUM)))


def gated_lufs(power: NDArray[np.float32]) -> float | None:
    """Integrated loudness of some steps with both gates of the standard; None if nothing passes them."""
    if len(power) < _GATE_STEPS:
        blocks = power.mean(keepdims=True) if len(power) else power
    else:
        blocks = np.lib.stride_tricks.sliding_window_view(power, _GATE_STEPS)[::_GATE_HOP].mean(axis=1)
    loud = blocks[lufs(blocks) > _SILENCE_LUFS]
    if not len(loud):
        return None
    loud = loud[lufs(loud) > lufs(float(loud.mean())) - _RELATIVE_GATE]
    return float(lufs(float(loud.mean())))
