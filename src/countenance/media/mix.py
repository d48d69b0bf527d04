"""From several channels of sound to one, as loud as the voice in them is."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Names = tuple[str, ...]
"""FFmpeg's names of the channels, for example ("FL", "FR")."""

_CHANNEL_WEIGHTS = {"LFE": 0.0, "LFE2": 0.0}
_SURROUND_WEIGHT = 0.5
_FRONT = ("FL", "FR", "FC", "MONO")
_NOTHING = 0.01
"""A channel with less than this share of the loudest one's power, 20 dB less, says nothing: it would only halve it."""
_CANCELS = 0.5
"""Of the power that channels would have together if they had nothing to do with each other; a correlation of -0.5."""


class Products:
    """How loud the channels of a recording are over all of it, and how far they cancel each other."""

    def __init__(self) -> None:
        self._sums: dict[Names, NDArray[np.float64]] = {}

    def add(self, samples: Samples, names: Names) -> None:
        """Some more of it, (channels, n)."""
        known = self._sums.get(names, np.zeros((len(names), len(names))))
        wide = samples.astype(np.float64)  # samples of a damaged file may be of any size
        self._sums[names] = known + wide @ wide.T

    def weights(self) -> dict[Names, Samples]:
        """How much of each channel belongs into the mix; by the channels, which may change within a recording."""
        return {names: _heard(_usual(names), sums) for names, sums in self._sums.items()}


def mix_down(samples: Samples, names: Names, weights: Mapping[Names, Samples] | None = None) -> Samples:
    """(channels, n) to (n,); never beyond full scale. Without `weights` (`Products.weights`) fronts and centre count in
    full, surrounds half, and bass does not.
    """
    share = _usual(names) if weights is None or names not in weights else weights[names]
    return np.asarray(share @ samples, dtype=np.float32)


def _usual(names: Names) -> Samples:
    weights = np.array([_weight(name, names) for name in names], dtype=np.float32)
    if not weights.any():
        weights[:] = 1.0
    return np.asarray(weights / weights.sum(), np.float32)


def _weight(name: str, names: Names) -> float:
    known = any(front in names for front in _FRONT)
    if not known or name in _FRONT:
        return 1.0
    return _CHANNEL_WEIGHTS.get(name, _SURROUND_WEIGHT)


def _heard(usual: Samples, sums: NDArray[np.float64]) -> Samples:
    """The usual weights without channels that say nothing; where the rest cancel each other, the loudest alone."""
    power = np.where(usual > 0, np.diag(sums), 0.0)
    loudest = int(power.argmax())
    if power[loudest] <= 0:
        return usual
    kept = np.where(power >= _NOTHING * power[loudest], usual, 0.0)
    kept = kept / kept.sum()
    if kept @ sums @ kept < _CANCELS * (kept**2 @ power):
        kept = np.eye(len(usual))[loudest]
    return np.asarray(kept, np.float32)
