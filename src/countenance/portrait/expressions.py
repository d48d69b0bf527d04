"""How each point of this face moves in each facial action: the synthetic head's movements, carried over and scaled.

`expressions.npz` is made by `scripts/match_face_mesh.py` from the head of `countenance.stock`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countenance.portrait.face import Face
from countenance.portrait.landmarks import CHIN, LIPS_INNER_LOWER, LIPS_INNER_UPPER, NOSE_BASE

Array = NDArray[np.floating[Any]]

_LEFT_OUT = ("eyeBlink", "eyeSquint", "eyeWide", "cheekPuff")
"""Lids have a layer of their own; without one, irises would be squeezed."""
_LEAST_STRETCH, _MOST_STRETCH = 0.8, 1.25
_BELOW = ("mouth", "jaw")


@dataclass(frozen=True, slots=True, eq=False)
class Generic:
    """The head's own numbers: `rest` (468, 3) and `moves` (K, 468, 3) in eye distances, axes as in a picture."""

    names: tuple[str, ...]
    rest: Array
    moves: Array


@dataclass(frozen=True, slots=True, eq=False)
class Expressions:
    """`moves` (K, 468, 2): pixels by which each landmark moves when action k is at weight 1."""

    names: tuple[str, ...]
    moves: Array
    pixels: float
    """per eye distance of the head"""
    rotation: Array
    """(3, 3) from the head's axes to the picture's"""


@lru_cache(maxsize=1)
def generic() -> Generic:
    """The committed table."""
    with np.load(Path(__file__).with_name("expressions.npz")) as data:
        return Generic(
            tuple(str(name) for name in data["names"]),
            data["rest"].astype(np.float64),
            data["moves"].astype(np.float64),
        )


def expressions_of(face: Face) -> Expressions:
    """The actions as this face would make them: turned like the head, as wide as its mouth and as long as its jaw."""
    head = generic()
    kept = [k for k, name in enumerate(head.names) if not name.startswith(_LEFT_OUT)]
    names = tuple(head.names[k] for k in kept)
    scale, rotation = _laid_on(head.rest, face.points)
    own = (face.points - face.points.mean(axis=0)) @ rotation / scale
    wide = _ratio(own, head.rest, LIPS_INNER_UPPER[0], LIPS_INNER_UPPER[-1], 0)
    long = _ratio(own, head.rest, NOSE_BASE, CHIN, 1)
    moves = head.moves[kept].copy()
    below = np.array([name.startswith(_BELOW) for name in names])
    moves[below] *= np.array([wide, long, long])
    flat = scale * moves @ rotation.T
    return Expressions(names, flat[..., :2], scale, rotation)


def closing(face: Face) -> Array:
    """(468, 2) pixels by which the lips move from the picture to where they meet; the chin follows a little."""
    moves = np.zeros((len(face.points), 2))
    seam = face.seam
    if not seam.open:
        return moves
    columns = np.arange(seam.left, seam.right)
    for edge, other, share, follow in (
        (LIPS_INNER_UPPER, LIPS_INNER_LOWER, _UPPER_SHARE, _UPPER_LIP),
        (LIPS_INNER_LOWER, LIPS_INNER_UPPER, 1 - _UPPER_SHARE, _LOWER_LIP),
    ):
        gap = np.interp(face.xy(*edge)[:, 0], columns, seam.lower - seam.upper)
        sign = 1.0 if edge is LIPS_INNER_UPPER else -1.0
        moves[list(edge), 1] += sign * share * gap
        most = float(gap.max())
        for points, part in follow:
            across = face.xy(*points)[:, 0]
            shape = np.interp(across, columns, seam.lower - seam.upper) if len(points) > 2 else np.full(1, most)
            moves[list(points), 1] += sign * share * part * shape
    return moves


_UPPER_SHARE = 0.45
_UPPER_LIP = (((40, 39, 37, 0, 267, 269, 270), 0.55),)
_LOWER_LIP = (((91, 181, 84, 17, 314, 405, 321), 0.75), ((CHIN,), 0.3))


def _laid_on(model: Array, points: Array) -> tuple[float, Array]:
    """Scale and rotation that carry the model (N, 3) onto points (N, 3) (Umeyama 1991, doi 10.1109/34.88573)."""
    a, b = model - model.mean(axis=0), points - points.mean(axis=0)
    left, size, right = np.linalg.svd(b.T @ a)
    flip = np.diag([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    return float((size * np.diag(flip)).sum() / np.square(a).sum()), np.asarray(left @ flip @ right)


def _ratio(own: Array, model: Array, first: int, second: int, axis: int) -> float:
    ratio = abs(own[second, axis] - own[first, axis]) / abs(model[second, axis] - model[first, axis])
    return float(np.clip(ratio, _LEAST_STRETCH, _MOST_STRETCH))
