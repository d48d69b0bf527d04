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
from scipy.interpolate import RBFInterpolator

from countenance.portrait.face import Face
from countenance.portrait.landmarks import (
    CHIN,
    LIPS_INNER_LOWER,
    LIPS_INNER_UPPER,
    LIPS_OUTER_LOWER,
    LIPS_OUTER_UPPER,
    NOSE_BASE,
)

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
    """(468, 2) pixels by which landmarks move from the picture to where the lips meet; the chin follows a little."""
    moves = np.zeros((len(face.points), 2))
    seam = face.seam
    if not seam.open:
        return moves
    columns = np.arange(seam.left, seam.right)
    gap = np.interp(face.points[:, 0], columns, seam.lower - seam.upper, left=0.0, right=0.0)
    for lip, sign in ((_UPPER_LIP, _UPPER_SHARE), (_LOWER_LIP, _UPPER_SHARE - 1.0)):
        known = {point: share * sign * gap[point] for points, share in lip for point in points}
        if sign < 0:
            known[CHIN] = _CHIN_FOLLOWS * sign * float(gap.max())
        own = (face.points[:, 1] > seam.middle(face.points[:, 0])) == (sign < 0)
        moves[own, 1] = _between(face, known)[own]
    return moves


_UPPER_SHARE = 0.45
_CHIN_FOLLOWS = 0.3
_UPPER_LIP = ((LIPS_OUTER_UPPER, 0.6), (LIPS_INNER_UPPER, 1.0))
_LOWER_LIP = ((LIPS_OUTER_LOWER, 0.75), (LIPS_INNER_LOWER, 1.0))
"""Points of each lip and their share of its way; points of several are in the last."""
_FAR = 0.42
"""Landmarks further from the middle of the mouth than this, in eye distances, stay where they are."""


def _between(face: Face, known: dict[int, float]) -> Array:
    """(468,) movements of all landmarks, from those that are known and those that are too far to move."""
    places = face.points[:, :2]
    middle = face.xy(*LIPS_INNER_UPPER, *LIPS_INNER_LOWER).mean(axis=0)
    far = np.linalg.norm(places - middle, axis=1) > _FAR * face.unit
    fixed = [int(point) for point in np.flatnonzero(far) if point not in known]
    points: list[int] = [*known, *fixed]
    values = np.array([*known.values(), *([0.0] * len(fixed))])
    spline = RBFInterpolator(places[points], values, kernel="thin_plate_spline", smoothing=1e-3)
    return np.where(far & ~np.isin(np.arange(len(places)), list(known)), 0.0, spline(places))


def _laid_on(model: Array, points: Array) -> tuple[float, Array]:
    """Scale and rotation that carry the model (N, 3) onto points (N, 3) (Umeyama 1991, doi 10.1109/34.88573)."""
    a, b = model - model.mean(axis=0), points - points.mean(axis=0)
    left, size, right = np.linalg.svd(b.T @ a)
    flip = np.diag([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    return float((size * np.diag(flip)).sum() / np.square(a).sum()), np.asarray(left @ flip @ right)


def _ratio(own: Array, model: Array, first: int, second: int, axis: int) -> float:
    ratio = abs(own[second, axis] - own[first, axis]) / abs(model[second, axis] - model[first, axis])
    return float(np.clip(ratio, _LEAST_STRETCH, _MOST_STRETCH))
