"""Which stretches of footage look alike: other clothes or another light cannot be played after one another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_DIFFERENT = 66.0
"""Levels (of 255) by which the most different twentieth of the picture differs between two looks. Takes of one
session that were joined differ by 30 to 65 from the most similar other take, other clothes by 67 and more."""
_PERCENTILE = 95


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
            if label[a] != label[b] and _difference(first, means[b]) < _DIFFERENT:
                label[label == label[a]] = label[b]
    sizes = [usable[start:end].sum() for start, end in stretches]
    totals = np.bincount(label, weights=sizes)
    best = int(totals.argmax())
    return [stretch for stretch, own in zip(stretches, label, strict=True) if own == best]


def _difference(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    return float(np.percentile(np.abs(a - b).max(axis=-1), _PERCENTILE))
