"""How long a room goes on sounding after each sound, heard in the speech itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from countenance.people.spectrum import HOP, SAMPLE_RATE, mel_power

_BANDS, _LOWEST_BAND = 24, 2
_WINDOW = 8
"""Frames of 10 ms that a decay is followed over."""
_ABOVE_FLOOR_DB, _BELOW_LOUD_DB = 8.0, 30.0
_RISE_DB = 1.5
_SLOWEST_DB_PER_S, _FASTEST_DB_PER_S = 30, 1000
_FASTEST_SHARE = 0.1
_FEWEST = 300
_MINIMUM = 1e-12


class ReverberationMeter:
    """Collects how fast the bands of the spectrum fall silent.

    A voice stops a band in a moment; a room lets no band fall faster than its own decay. So the fastest tenth of all
    decays shows the room, or that there is hardly one (a lower bound as in Ratnam et al. 2003, JASA 114(5)).
    """

    def __init__(self) -> None:
        self._counts = np.zeros(_FASTEST_DB_PER_S, np.int64)

    def feed(self, samples: NDArray[np.float32]) -> None:
        """Some seconds of 16 kHz mono sound; each call's loud and quiet levels are its own."""
        if len(samples) < SAMPLE_RATE:
            return
        power = mel_power(samples, _BANDS)[:, _LOWEST_BAND:]
        level = 10 * np.log10((power[:-2] + power[1:-1] + power[2:]) / 3 + _MINIMUM)
        floor, loud = np.percentile(level, [10, 95], axis=0)
        weights = np.arange(_WINDOW) - (_WINDOW - 1) / 2
        weights *= SAMPLE_RATE / HOP / np.square(weights).sum()
        windows = np.lib.stride_tricks.sliding_window_view(level, _WINDOW, axis=0)
        slope = -(windows @ weights)
        falls = (windows[..., 1:] - windows[..., :-1]).max(axis=-1) < _RISE_DB
        wanted = falls & (level[_WINDOW - 1 :] > floor + _ABOVE_FLOOR_DB) & (slope > _SLOWEST_DB_PER_S)
        wanted &= level[: len(windows)] > loud - _BELOW_LOUD_DB
        found = np.minimum(slope[wanted], _FASTEST_DB_PER_S - 1).astype(np.int64)
        self._counts += np.bincount(found, minlength=_FASTEST_DB_PER_S)

    def decay_s(self) -> float | None:
        """Seconds in which sound falls by 60 dB in the fastest tenth of all decays; None if there were too few."""
        total = int(self._counts.sum())
        if total < _FEWEST:
            return None
        slower = np.cumsum(self._counts)
        return 60 / float(np.searchsorted(slower, (1 - _FASTEST_SHARE) * total) + 0.5)
