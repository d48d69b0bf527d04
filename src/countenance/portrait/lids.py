"""Blinks: the skin above the eye is drawn down over it, the eyeball stays where it is.

How far the lids are shut takes one of a few steps; both eyes are painted for each of them once.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RBFInterpolator

from countenance.portrait.errors import EYES_SHUT
from countenance.portrait.face import Array, Face, Picture
from countenance.portrait.fields import Grid
from countenance.portrait.landmarks import LEFT_LIDS, RIGHT_LIDS, Lids

STEPS = 13
_MEET = 0.84
"""Where the lids meet, from the upper margin (0) to the lower (1)."""
_MARGIN = 0.30
_NODES_PER_UNIT = 30
_LASHES = 0.016
"""So much below the lid's margin goes with the lid, in eye distances: the roots of the lashes."""
_FOLD = 0.35
_SHADE = 0.10

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Blink:
    """One eye at every step from open to shut."""

    box: Box
    """left, top, right, bottom"""
    pictures: NDArray[np.uint8]
    """(STEPS, h, w, 3)"""


def eye_opening(face: Face) -> float:
    """Height of the more open eye's opening in eye distances."""
    heights = [np.linalg.norm(face.xy(lids.upper[4]) - face.xy(lids.lower[4])) for lids in (RIGHT_LIDS, LEFT_LIDS)]
    return float(max(heights)) / face.unit


def blinks_of(rgb: Picture, face: Face) -> list[Blink]:
    """Both eyes; none where the eyes are nearly shut in the picture, since there is nothing to close."""
    if eye_opening(face) < (EYES_SHUT.limit or 0.0):
        return []
    return [_blink(rgb, face, lids) for lids in (RIGHT_LIDS, LEFT_LIDS)]


def shut(picture: Picture, blinks: list[Blink], share: float) -> None:
    """Paint the eyes into the picture, shut by a share of 0 to 1."""
    at = float(np.clip(share, 0.0, 1.0)) * (STEPS - 1)
    low, high = int(np.floor(at)), int(np.ceil(at))
    for blink in blinks:
        left, top, right, bottom = blink.box
        if low == high:
            picture[top:bottom, left:right] = blink.pictures[low]
        else:
            mixed = cv2.addWeighted(blink.pictures[low], high - at, blink.pictures[high], at - low, 0.0)
            picture[top:bottom, left:right] = mixed


def _blink(rgb: Picture, face: Face, lids: Lids) -> Blink:
    upper, lower, brow = face.xy(*lids.upper), face.xy(*lids.lower), face.xy(*lids.brow)
    margin = _MARGIN * face.unit
    around = np.concatenate([upper, lower, brow])
    height, width = rgb.shape[:2]
    left, top = np.maximum(np.floor(around.min(axis=0) - margin), 0).astype(int)
    right, bottom = np.minimum(np.ceil(around.max(axis=0) + margin), [width, height]).astype(int)
    box = (int(left), int(top), int(right), int(bottom))
    open_eye = rgb[top:bottom, left:right].astype(np.float32)
    steps = [_at(rgb, open_eye, box, (upper, lower, brow), face.unit, k / (STEPS - 1)) for k in range(STEPS)]
    steps[0] = rgb[top:bottom, left:right].copy()
    return Blink(box, np.stack(steps))


def _at(
    rgb: Picture, open_eye: Array, box: Box, parts: tuple[Array, Array, Array], unit: float, share: float
) -> Picture:
    """The eye in its box with the lids shut by `share`."""
    upper, lower, brow = parts
    left, top, right, bottom = box
    line = upper + _MEET * (lower - upper)
    frame = np.array([[left, top], [(left + right) / 2, top], [right, top], [left, bottom],
                      [(left + right) / 2, bottom], [right, bottom]], float)  # fmt: skip
    # Half way to the brow is the fold, from which a lid unrolls: it goes along a part of the way.
    fold = upper[1:-1] + 0.5 * (_along(brow, len(upper) - 2) - upper[1:-1])
    drawn = share * (line - upper)
    moved_fold = fold + _FOLD * drawn[1:-1]
    over = (np.concatenate([upper + drawn, moved_fold, brow, frame]), np.concatenate([upper, fold, brow, frame]))
    raised = lower + share * (line - lower)
    under = (np.concatenate([raised, brow, frame]), np.concatenate([lower, brow, frame]))
    edge = _LASHES * unit
    soft = max(1.0, 0.012 * unit)
    out = np.asarray(open_eye, np.float32)
    for (target, source), margin, sign in ((under, lower, -1.0), (over, upper, 1.0)):
        step = max(1.0, unit / _NODES_PER_UNIT)
        nodes = Grid(left, top, step, int((right - left) / step) + 2, int((bottom - top) / step) + 2)
        bend = RBFInterpolator(target, source, kernel="thin_plate_spline")
        coarse = bend(nodes.places().reshape(-1, 2)).reshape(nodes.rows, nodes.columns, 2)
        found = nodes.dense(coarse, box)
        x, y = found[..., 0], found[..., 1]
        shown = cv2.remap(rgb, found, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
        height = np.interp(x, *_by_column(margin))
        # Above the upper margin (with its lashes) is lid; below the lower one is lid.
        reach = edge if sign > 0 else 0.0
        opacity = np.clip(0.5 + (sign * (height - y) + reach) / soft, 0.0, 1.0)
        if sign > 0:
            shown *= 1.0 - _SHADE * share * _on_lid(y, height, unit)[..., None]
        out = out + opacity[..., None] * (shown - out)
    return np.asarray(np.clip(np.rint(out), 0, 255), np.uint8)


def _on_lid(y: Array, margin: Array, unit: float) -> Array:
    """1 at the lid's margin, 0 from the fold upwards: a lid that looks down gets less light."""
    return np.asarray(np.clip(1.0 - np.abs(margin - y) / (0.12 * unit), 0.0, 1.0))


def _along(points: Array, count: int) -> Array:
    """(count, 2) places evenly along a line of points, left to right."""
    at = np.linspace(0, len(points) - 1, count)
    return np.stack([np.interp(at, np.arange(len(points)), points[:, axis]) for axis in (0, 1)], axis=1)


def _by_column(points: Array) -> tuple[Array, Array]:
    order = np.argsort(points[:, 0])
    return points[order, 0], points[order, 1]
