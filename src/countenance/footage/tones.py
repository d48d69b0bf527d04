"""Sounds that stay on one pitch, which a voice does not: music, and the hum of the mains."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from countenance.errors import Span
from countenance.media.read import SAMPLE_RATE

_FRAME, _HOP = 4096, 1024
HOP_S = _HOP / SAMPLE_RATE
_BIN_HZ = SAMPLE_RATE / _FRAME
_TOP_BIN = 640
"""2.5 kHz: where the notes of music are."""
_LOWEST_BIN = 20
"""78 Hz: rumble and the mains' first line are below."""
_NEIGHBOURS = 25
_STANDS_OUT_DB = 9.0
_HELD_FRAMES = 8
"""0.5 s on one pitch, to 4 Hz."""
_FEWEST_NOTES = 2
_WINDOW = 62
_HUM_LINES = 6
_FLOOR_PERCENTILE = 10
_INAUDIBLE_DB = -25.0
"""What a tone of -85 dB of full scale has in this spectrum."""
_LINE_DB = 6.0
"""A line that stands out of the floor by this all the time is a machine's, not music's."""
_MINIMUM = 1e-12


class ToneMeter:
    """Counts tones that are held, frame by frame of 64 ms, and measures the lines of the mains."""

    def __init__(self) -> None:
        self._waiting = np.zeros(0, np.float32)
        self._held: list[NDArray[np.float32]] = []
        self._lines: list[NDArray[np.float64]] = []

    def feed(self, samples: NDArray[np.float32]) -> None:
        waiting = np.concatenate([self._waiting, samples])
        if len(waiting) < _FRAME + _HELD_FRAMES * _HOP:
            self._waiting = waiting
            return
        frames = np.lib.stride_tricks.sliding_window_view(waiting, _FRAME)[::_HOP]
        self._waiting = waiting[len(frames) * _HOP :].copy()
        spectrum = np.fft.rfft(frames * np.hanning(_FRAME).astype(np.float32), axis=1)[:, :_TOP_BIN]
        level = 10 * np.log10(np.square(np.abs(spectrum)) + _MINIMUM).astype(np.float32)
        level = np.maximum(level, _INAUDIBLE_DB)
        above = level - median_filter(level, size=(1, _NEIGHBOURS))
        floor = np.percentile(level, _FLOOR_PERCENTILE, axis=0)
        lines = floor - median_filter(floor, size=_NEIGHBOURS)
        above[:, _widened(lines > _LINE_DB)] = 0.0
        self._held.append(_held_tones(level, above))
        self._lines.append(lines)

    def music(self) -> tuple[Span, ...]:
        """Every 4 s, half of it apart; `worst` is the share of the time in which notes are held, in %."""
        notes = np.concatenate([*self._held, np.zeros(0, np.float32)]) >= _FEWEST_NOTES
        starts = range(0, max(1, len(notes) - _WINDOW + 1), _WINDOW // 2)
        return tuple(
            Span(start * HOP_S, (start + _WINDOW) * HOP_S, 100 * float(notes[start : start + _WINDOW].mean()))
            for start in (starts if len(notes) else ())
        )

    def hum_db(self) -> float:
        """How far the lines of the mains (50 or 60 Hz and multiples) stand out of what is beside them, all the time."""
        if not self._lines:
            return 0.0
        lines = np.median(np.stack(self._lines), axis=0)
        return max(_comb(lines, hertz) for hertz in (50.0, 60.0))


def _held_tones(level: NDArray[np.float32], above: NDArray[np.float32]) -> NDArray[np.float32]:
    peak = above > _STANDS_OUT_DB
    peak[:, 1:-1] &= (level[:, 1:-1] >= level[:, :-2]) & (level[:, 1:-1] >= level[:, 2:])
    peak[:, :_LOWEST_BIN] = peak[:, -1] = False
    windows = np.lib.stride_tricks.sliding_window_view(peak, min(_HELD_FRAMES, len(peak)), axis=0)
    steady: NDArray[np.bool_] = np.asarray(windows.all(axis=-1))
    held = np.zeros_like(peak)
    for shift in range(len(peak) - len(steady) + 1):
        held[shift : shift + len(steady)] |= steady
    return np.asarray(held.sum(axis=1), np.float32)


def _widened(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.convolve(flags, np.ones(3), "same") > 0


def _comb(lines: NDArray[np.float64], hertz: float) -> float:
    """The third strongest of the first lines: one alone may be something else."""
    at = [round(hertz * number / _BIN_HZ) for number in range(1, _HUM_LINES + 1)]
    strengths = sorted((float(lines[line - 1 : line + 2].max()) for line in at), reverse=True)
    return strengths[2]
