"""Which filmed mouth to show at each moment: near in shape and head pose, and a natural successor of the last one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from countenance.engine.atlas import Atlas

Array = NDArray[np.float32]

_CANDIDATES = 24
_GAP_WEIGHT = 0.5
_POSE_PER_DEGREE = 0.004
"""How much lip displacement, in eye distances, a degree of head turn is worth."""
_SHAPE_SIGMA = 0.02
_JUMP_COST = 0.5
_JUMP_SIGMA = 0.04
_BATCH = 512


def retrieve(atlas: Atlas, code: Array, gap: Array, pose: Array) -> NDArray[np.intp]:
    """(T,) rows of the atlas for mouths of `code` (T, 12) and `gap` (T,) on heads at `pose` (T, 3).

    The best path through the nearest candidates of each frame (Viterbi 1967, doi 10.1109/TIT.1967.1054010): going on
    to the next filmed frame, or staying, is free; a jump costs the more, the more the picture changes.
    """
    filmed = _features(atlas.code, atlas.gap, atlas.pose)
    wanted = _features(code, gap, pose)
    rows, costs = _nearest(filmed, wanted)
    back = np.zeros(rows.shape, np.intp)
    total = costs[0].copy()
    for t in range(1, len(rows)):
        steps = total[:, None] + _transitions(atlas, filmed, rows[t - 1], rows[t])
        back[t] = steps.argmin(axis=0)
        total = np.take_along_axis(steps, back[t][None], axis=0)[0] + costs[t]
    best = np.empty(len(rows), np.intp)
    choice = int(total.argmin())
    for t in range(len(rows) - 1, -1, -1):
        best[t] = rows[t, choice]
        choice = int(back[t, choice])
    return best


def nearest(atlas: Atlas, code: Array, gap: Array, pose: Array) -> NDArray[np.intp]:
    """(T,) the nearest filmed mouth of each frame by itself, without regard to its neighbours."""
    rows, _ = _nearest(_features(atlas.code, atlas.gap, atlas.pose), _features(code, gap, pose))
    return np.asarray(rows[:, 0])


def _features(code: Array, gap: Array, pose: Array) -> Array:
    """Coordinates in which the Euclidean distance is the dissimilarity of two mouths in eye distances."""
    parts = [code, _GAP_WEIGHT * gap[:, None], _POSE_PER_DEGREE * pose]
    return np.ascontiguousarray(np.concatenate(parts, axis=1), dtype=np.float32)


def _nearest(filmed: Array, wanted: Array) -> tuple[NDArray[np.intp], Array]:
    """Rows (T, K) of the K nearest, nearest first, and their costs (T, K)."""
    count = min(_CANDIDATES, len(filmed))
    rows = np.empty((len(wanted), count), np.intp)
    costs = np.empty((len(wanted), count), np.float32)
    lengths = (filmed**2).sum(axis=1)
    for start in range(0, len(wanted), _BATCH):
        part = wanted[start : start + _BATCH]
        squared = lengths - 2.0 * part @ filmed.T + (part**2).sum(axis=1, keepdims=True)
        some = np.argpartition(squared, count - 1, axis=1)[:, :count]
        order = np.argsort(np.take_along_axis(squared, some, axis=1), axis=1)
        rows[start : start + _BATCH] = np.take_along_axis(some, order, axis=1)
        chosen = np.take_along_axis(squared, rows[start : start + _BATCH], axis=1)
        costs[start : start + _BATCH] = np.maximum(chosen, 0.0) / _SHAPE_SIGMA**2
    return rows, costs


def _transitions(atlas: Atlas, filmed: Array, before: NDArray[np.intp], after: NDArray[np.intp]) -> Array:
    """(K, K) costs of showing `after` when `before` was shown."""
    step = atlas.frame[after][None] - atlas.frame[before][:, None]
    change = ((filmed[after][None] - filmed[before][:, None]) ** 2).sum(axis=2) / _JUMP_SIGMA**2
    return np.where((step == 0) | (step == 1), 0.0, _JUMP_COST + change).astype(np.float32)
