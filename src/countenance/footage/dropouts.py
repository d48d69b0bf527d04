"""Holes in a sound: it breaks off within a few milliseconds, is nothing for a moment, and is back as suddenly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from countenance.errors import Span
from countenance.media.read import SAMPLE_RATE

_NOTHING = 2.0**-12
"""Largest sample of nothing: lossy coding does not leave exact zeros."""
_FALL = 40.0
"""At both ends the sound is this much above nothing, 32 dB, within 10 ms; a mouth that closes takes longer."""
_SHORTEST_STEPS, _LONGEST_STEPS = 4, 400
_EDGE_STEPS = 2


class DropoutMeter:
    """Keeps the peak of each 5 ms of 16 kHz mono sound that comes in blocks of whole steps."""

    STEP = 80

    def __init__(self) -> None:
        self._parts: list[NDArray[np.float16]] = []

    def feed(self, samples: NDArray[np.float32]) -> None:
        self._parts.append(np.abs(samples).reshape(-1, self.STEP).max(axis=1).astype(np.float16))

    def dropouts(self) -> tuple[Span, ...]:
        """Holes of 20 ms to 2 s; `worst` is their length in ms."""
        peaks = np.concatenate([*self._parts, np.zeros(0, np.float16)]).astype(np.float32)
        change = np.diff(np.concatenate([[0], peaks < _NOTHING, [0]]).astype(int))
        step_s = self.STEP / SAMPLE_RATE
        holes: list[Span] = []
        for start, end in zip(np.flatnonzero(change == 1).tolist(), np.flatnonzero(change == -1).tolist(), strict=True):
            if not _SHORTEST_STEPS <= end - start <= _LONGEST_STEPS:
                continue
            # The step at either edge is partly sound, partly nothing.
            before, after = peaks[max(0, start - _EDGE_STEPS) : start], peaks[end : end + _EDGE_STEPS]
            if min(before.max(initial=0.0), after.max(initial=0.0)) > _FALL * _NOTHING:
                holes.append(Span(start * step_s, end * step_s, 1000 * step_s * (end - start)))
        return tuple(holes)
