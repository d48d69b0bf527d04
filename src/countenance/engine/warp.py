"""Bend a filmed mouth into the wanted shape: thin-plate splines (Bookstein 1989, doi 10.1109/34.24792)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lu_factor, lu_solve

Array = NDArray[np.float32]

_STIFFNESS = 1e-4
"""Lets the spline miss a point by about the landmarks' noise instead of folding."""


def spline(target: Array, places: Array) -> Callable[[Array], Array]:
    """For `source` (C, 2): where the picture at `places` (G, 2) comes from, if that at `target` (C, 2) is from there.

    What does not depend on the source is done once, for all that are bent into one shape.
    """
    count = len(target)
    system = np.zeros((count + 3, count + 3))
    system[:count, :count] = _kernel(target, target) + _STIFFNESS * np.eye(count)
    system[:count, count] = system[count, :count] = 1.0
    system[:count, count + 1 :] = target
    system[count + 1 :, :count] = target.T
    factors = lu_factor(system, check_finite=False)
    reach = _kernel(places, target)

    def bend(source: Array) -> Array:
        wanted = np.zeros((count + 3, 2))
        wanted[:count] = source
        solved = lu_solve(factors, wanted, check_finite=False).astype(np.float32)
        return np.asarray(reach @ solved[:count] + solved[count] + places @ solved[count + 1 :])

    return bend


def grid(box: tuple[int, int, int, int], steps: int) -> Array:
    """(steps * steps, 2) pixel places evenly over a box (left, top, right, bottom), its last pixels included."""
    left, top, right, bottom = box
    x, y = np.meshgrid(np.linspace(left, right - 1, steps), np.linspace(top, bottom - 1, steps))
    return np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float32)


def dense(values: Array, shape: tuple[int, int]) -> tuple[Array, Array]:
    """(h, w) x and (h, w) y, linear in between of values (steps * steps, 2) on a `grid`."""
    steps = round(len(values) ** 0.5)
    down, across = _between(shape[0], steps), _between(shape[1], steps)
    x, y = (down @ values[:, axis].reshape(steps, steps) @ across.T for axis in (0, 1))
    return np.asarray(x, np.float32), np.asarray(y, np.float32)


def _between(length: int, steps: int) -> Array:
    """(length, steps) weights that read `length` places evenly between `steps` values."""
    at = np.linspace(0, steps - 1, length)
    return np.maximum(0.0, 1.0 - np.abs(at[:, None] - np.arange(steps)[None])).astype(np.float32)


def _kernel(a: Array, b: Array) -> Array:
    squared = (a[:, None, 0] - b[None, :, 0]) ** 2 + (a[:, None, 1] - b[None, :, 1]) ** 2
    return np.asarray(squared * np.log(np.maximum(squared, 1e-12)), np.float32)
