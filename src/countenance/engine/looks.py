"""Which stretches of footage look alike: other clothes or another light cannot be played after one another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_OTHER_LIGHT = 16.0
"""Levels (of 255) by which the whole picture differs on average between two looks. Takes of one session differ by 5 to
10 from the most similar other take, takes in another light by 33 and more."""
_OTHER_CLOTHES = 66.0
"""The same for the most different twentieth of the picture: 28 to 63 within a session, 67 and more in other clothes."""
_PERCENTILE = 95
_CUT = 8.0
"""Levels by which the whole picture changes from one frame to the next where it was cut. Calm recordings stay under
1.1; a man with lively hands stays under 3.1 in 99 of 100 frames and reached 8.6 once. A needless cut costs a join."""


def cuts(thumbnail: NDArray[np.uint8]) -> NDArray[np.intp]:
    """The frames at which another picture begins, though the face may be where it was; `thumbnail` is (T, h, w, 3)."""
    change = np.abs(np.diff(thumbnail.astype(np.int16), axis=0)).mean(axis=(1, 2, 3))
    return np.asarray(np.flatnonzero(change > _CUT) + 1)


def largest_look(
    stretches: list[tuple[int, int]], thumbnail: NDArray[np.uint8], usable: NDArray[np.bool_]
) -> list[tuple[int, int]]:
    """Those of the stretches that belong to the look with the most usable frames.

    `thumbnail` (T, h, w, 3) are small pictures of the frames. Stretches are of one look if a chain of similar ones
    leads from one to the other.
    """
    if not stretches:
        return []
    means = [thumbnail[start:end].mean(axis=0) for start, end in stretches]
    label = np.arange(len(stretches))
    for a, first in enumerate(means):
        for b in range(a):
            if label[a] != label[b] and _alike(first, means[b]):
                label[label == label[a]] = label[b]
    sizes = [usable[start:end].sum() for start, end in stretches]
    totals = np.bincount(label, weights=sizes)
    best = int(totals.argmax())
    return [stretch for stretch, own in zip(stretches, label, strict=True) if own == best]


def _alike(a: NDArray[np.float64], b: NDArray[np.float64]) -> bool:
    difference = np.abs(a - b)
    clothes = float(np.percentile(difference.max(axis=-1), _PERCENTILE))
    return float(difference.mean()) < _OTHER_LIGHT and clothes < _OTHER_CLOTHES
