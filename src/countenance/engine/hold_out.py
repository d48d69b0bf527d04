"""What is kept back from learning, to measure a replica on: the end of the footage, and a piece from the middle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation

Array = NDArray[np.float32]
Mask = NDArray[np.bool_]

_SHARE = 0.14
_LEAST_FRAMES = 100
_MOST_SHARE = 0.2
_AT_THE_END = 0.65
_SHORTEST_FRAMES = 25
_LEAST_SPEECH = 0.5
_GAP_FRAMES = 8
_STEP_FRAMES = 10
_SEED = 0


def hold_out(shown: Mask, voiced: Array, source: NDArray[np.intp]) -> Mask:
    """(T,) a seventh of the frames that are `shown` (T,): two thirds of it up to where the last speech ends, since a
    mouth should move in it, and the rest a piece at a random place in which mostly somebody speaks.

    `voiced` (T,) is 1 in speech, and `source` (T,) says which frame of the footage each is. Of short footage it is
    four seconds, but never more than a fifth, nor than a fifth of its speech.
    """
    rows = np.flatnonzero(shown)
    rows = rows[np.argsort(source[rows])]
    spoken = voiced[rows] > 0.5
    total = int(min(max(_SHARE * len(rows), _LEAST_FRAMES), _MOST_SHARE * len(rows)))
    if spoken.any():
        # Whoever speaks for a moment of a long recording must not lose that moment.
        total = min(total, max(_SHORTEST_FRAMES, int(_MOST_SHARE * spoken.sum())))
    at_end, in_middle = round(_AT_THE_END * total), total - round(_AT_THE_END * total)
    last = int(np.flatnonzero(spoken)[-1]) if spoken.any() else len(rows) - 1
    held = np.zeros(len(shown), np.bool_)
    held[rows[max(0, last + 1 - at_end) : last + 1]] = True
    if in_middle >= _SHORTEST_FRAMES:
        starts = np.arange(0, last - at_end - in_middle - _GAP_FRAMES, _STEP_FRAMES)
        speech = np.concatenate([[0], np.cumsum(spoken)])
        starts = starts[speech[starts + in_middle] - speech[starts] >= _LEAST_SPEECH * in_middle]
        if len(starts):
            start = int(np.random.default_rng(_SEED).choice(starts))
            held[rows[start : start + in_middle]] = True
    return held


def near(held: Mask, source: NDArray[np.intp]) -> Mask:
    """(T,) the frames that are `held` (T,) out, and those within 8 frames of them in the footage."""
    timeline = np.zeros(int(source.max(initial=0)) + 1, np.bool_)
    timeline[source[held]] = True
    if not timeline.any():
        return held
    return np.asarray(binary_dilation(timeline, iterations=_GAP_FRAMES)[source])


def takes(held: Mask, source: NDArray[np.intp]) -> list[slice]:
    """The unbroken pieces of what is `held` (T,) out, as slices of T."""
    pieces: list[slice] = []
    for row in np.flatnonzero(held):
        if pieces and pieces[-1].stop == row and source[row] == source[row - 1] + 1:
            pieces[-1] = slice(pieces[-1].start, int(row) + 1)
        else:
            pieces.append(slice(int(row), int(row) + 1))
    return pieces
