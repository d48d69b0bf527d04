"""Values of decoded pictures over a little time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, median_filter, minimum_filter1d

from countenance.footage.timeline import Pictures


def pictures_in(pictures: Pictures, seconds: float) -> int:
    """How many pictures are shown in so many seconds, at least one."""
    if len(pictures.time_s) < 2:
        return 1
    return max(1, round(seconds / max(float(np.median(np.diff(pictures.time_s))), 1e-3)))


def rolling_median(values: NDArray[np.float32], count: int) -> NDArray[np.float64]:
    """Median of `count` values around each one."""
    return np.asarray(median_filter(values.astype(np.float64), size=count, mode="nearest"))


def rolling_range(values: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Largest less smallest of `count` values around each one."""
    return np.asarray(maximum_filter1d(values, count, mode="nearest") - minimum_filter1d(values, count, mode="nearest"))


def largest_around(values: NDArray[np.float32], reach: int) -> NDArray[np.float64]:
    """Largest of the `reach` values on either side, the one in the middle left out."""
    padded = np.pad(values.astype(np.float64), reach, constant_values=0.0)
    count = len(values)
    sides = [padded[i : i + count] for i in range(2 * reach + 1) if i != reach]
    return np.asarray(np.max(sides, axis=0)) if count else np.zeros(0)
