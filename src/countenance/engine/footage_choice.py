"""Which parts of a long recording are worth learning from: all its sounds, lip shapes and poses, in few minutes.

Blocks of a few seconds are taken one after another, always the one that adds most: the value of a set of frames is
the sum, over everything that was heard or seen in it, of the square root of how often. So what is rare counts more
than more of the same, which is the usual objective for choosing speech to learn from (submodular selection; Wei,
Liu, Kirchhoff and Bilmes 2013, doi 10.1109/ICASSP.2013.6639052).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2

from countenance.engine.align import runs
from countenance.media.read import FPS, SAMPLE_RATE
from countenance.people.spectrum import mel_power

Parts = list[tuple[int, int]]
Array = NDArray[np.float32]

MOST_LEARNED_S = 180.0
"""More of the same person teaches little: from one minute to two, the lip gap's correlation rises by 0.02."""
PREVIEW_S = 40.0
"""Enough for a mouth that follows, and little enough to be watched in half a minute."""

_BLOCK_FRAMES = 100
_SOUNDS = 32
_MEL_BANDS = 40
_LIP_EDGES = np.array([0.02, 0.05, 0.09, 0.14, 0.2])
_POSE_STEP_DEG = 6.0
_BESIDE = 1.1
"""How much more a block is worth next to a chosen one: the clip plays better in long stretches."""
_SHORTEST_USEFUL_FRAMES = 25


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What is known of the picture before it is watched; NaN where there is no face."""

    rate_hz: float
    lip_gap: Array
    """(n,) see `people.lips.lip_gap`"""
    yaw_deg: Array
    """(n,)"""
    pitch_deg: Array
    """(n,)"""


def choose_parts(
    samples: Array,
    allowed: NDArray[np.bool_],
    seen: Seen | None,
    *,
    most_s: float = MOST_LEARNED_S,
    preview_s: float = PREVIEW_S,
) -> tuple[Parts, Parts]:
    """The parts to learn from, and those of them that make the preview: (first frame, frame behind the last) each.

    `samples` is the recording's sound at 16 kHz and `allowed` (T,) which of its frames may be used. Everything allowed
    is chosen where that is no more than `most_s`; the preview is its best `preview_s` in one piece, or nearly so.
    """
    whole = [(start, end) for start, end in runs(allowed) if end - start >= _SHORTEST_USEFUL_FRAMES]
    kinds = _kinds(samples, len(allowed), seen)
    most = round(most_s * FPS)
    chosen = whole if sum(end - start for start, end in whole) <= most else _greedy(whole, kinds, most)
    return chosen, _window(chosen, kinds, round(preview_s * FPS))


def without(parts: Parts, taken: Parts) -> Parts:
    """What of `parts` is left when `taken` is cut out of it."""
    last = max((end for _, end in parts), default=0)
    left = np.zeros(last, np.bool_)
    for start, end in parts:
        left[start:end] = True
    for start, end in taken:
        left[start:end] = False
    return runs(left)


def _kinds(samples: Array, frames: int, seen: Seen | None) -> NDArray[np.float64]:
    """(T, K) what is heard and seen in each frame, as ones among zeros."""
    columns = [_one_hot(_sounds(samples, frames), _SOUNDS)]
    if seen is not None and len(seen.lip_gap):
        at = np.minimum((np.arange(frames) * seen.rate_hz / FPS).astype(int), len(seen.lip_gap) - 1)
        lips = np.digitize(np.nan_to_num(seen.lip_gap[at]), _LIP_EDGES)
        columns.append(_one_hot(lips, len(_LIP_EDGES) + 1))
        for angle in (seen.yaw_deg, seen.pitch_deg):
            step = np.clip(np.rint(np.nan_to_num(angle[at]) / _POSE_STEP_DEG), -4, 4).astype(int) + 4
            columns.append(_one_hot(step, 9))
    return np.concatenate(columns, axis=1)


def _sounds(samples: Array, frames: int) -> NDArray[np.intp]:
    """(T,) which of 32 kinds of sound is heard in each frame; the kinds are those of this recording."""
    per_frame = SAMPLE_RATE // FPS // 160
    mel = np.log(mel_power(samples, _MEL_BANDS) + 1e-6)
    mel = np.pad(mel, ((0, max(0, frames * per_frame - len(mel))), (0, 0)), mode="edge")[: frames * per_frame]
    means = mel.reshape(frames, per_frame, _MEL_BANDS).mean(axis=1).astype(np.float64)
    some = means[:: max(1, frames // 3000)]
    count = min(_SOUNDS, len(np.unique(some, axis=0)))
    centres, _ = kmeans2(some, count, iter=8, minit="++", seed=0, missing="warn")
    lengths = (centres**2).sum(axis=1)
    return np.asarray((lengths - 2.0 * means @ centres.T).argmin(axis=1))


def _one_hot(values: NDArray[np.intp], count: int) -> NDArray[np.float64]:
    return np.eye(count)[values]


def _greedy(whole: Parts, kinds: NDArray[np.float64], most: int) -> Parts:
    blocks = [block for start, end in whole for block in _blocks(start, end)]
    counts = np.array([kinds[start:end].sum(axis=0) for start, end in blocks])
    have, taken, length = np.zeros(kinds.shape[1]), np.zeros(len(blocks), np.bool_), 0
    while length < most and not taken.all():
        gains = np.sqrt(have + counts).sum(axis=1) - np.sqrt(have).sum()
        gains[_beside(blocks, taken)] *= _BESIDE
        best = int(np.where(taken, -np.inf, gains).argmax())
        taken[best] = True
        have += counts[best]
        length += blocks[best][1] - blocks[best][0]
    mask = np.zeros(len(kinds), np.bool_)
    for index in np.flatnonzero(taken):
        mask[slice(*blocks[index])] = True
    return [(start, end) for start, end in runs(mask) if end - start >= _SHORTEST_USEFUL_FRAMES]


def _blocks(start: int, end: int) -> Parts:
    count = max(1, round((end - start) / _BLOCK_FRAMES))
    edges = np.linspace(start, end, count + 1).astype(int)
    return [(int(a), int(b)) for a, b in pairwise(edges)]


def _beside(blocks: Parts, taken: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Blocks that touch a taken one."""
    touches = np.zeros(len(blocks), np.bool_)
    for index, ((_, end), (start, _)) in enumerate(pairwise(blocks)):
        if end == start:
            touches[index] |= taken[index + 1]
            touches[index + 1] |= taken[index]
    return touches


def _window(parts: Parts, kinds: NDArray[np.float64], length: int) -> Parts:
    """The best `length` frames that follow each other in `parts`, cuts between parts not counted."""
    frames = np.concatenate([np.arange(start, end) for start, end in parts]) if parts else np.zeros(0, int)
    if len(frames) <= length:
        return parts
    sums = np.concatenate([np.zeros((1, kinds.shape[1])), np.cumsum(kinds[frames], axis=0)])
    starts = np.arange(0, len(frames) - length + 1, _BLOCK_FRAMES // 4)
    values = np.sqrt(sums[starts + length] - sums[starts]).sum(axis=1)
    cuts = np.cumsum(np.diff(frames, prepend=frames[0] - 1) != 1)
    values /= _BESIDE ** (cuts[starts + length - 1] - cuts[starts])
    first = int(starts[values.argmax()])
    mask = np.zeros(int(frames[-1]) + 1, np.bool_)
    mask[frames[first : first + length]] = True
    return runs(mask)
