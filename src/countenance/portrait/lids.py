"""Blinks: the skin above the eye is drawn down over it, the eyeball stays where it is.

Every column of the picture is stretched by itself, between brow and lid and between lid and cheek, so that nothing can
fold. How far the lids are shut takes one of a few steps; both eyes are painted for each of them once.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import gaussian_filter1d

from countenance.portrait.errors import EYES_SHUT
from countenance.portrait.face import Array, Face, Picture
from countenance.portrait.landmarks import LEFT_LIDS, RIGHT_LIDS, Lids

STEPS = 13
_MEET = 0.76
"""Where the lids meet, from the upper margin (0) to the lower (1)."""
_OVERLAP = 0.028
_LASHES = 0.014
"""So much below the lid's margin goes with the lid, in eye distances: the roots of the lashes."""
_EDGE = 0.028
"""So much above the margin moves as one with it."""
_CHEEK = 0.22
"""So far below the lower lid the skin moves, in eye distances."""
_BESIDE, _SPREAD = 0.13, 0.04
"""Beside the corners the lid's movement fades out."""
_SOFT = 0.010
_SHADE = 0.10
_TABLE = 96

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Blink:
    """One eye at every step from open to shut."""

    box: Box
    """left, top, right, bottom"""
    pictures: NDArray[np.uint8]
    """(STEPS, h, w, 3)"""


@dataclass(frozen=True, slots=True, eq=False)
class _Eye:
    """Heights in pixels at each of the n columns of a box."""

    upper: Array
    """the upper lid's margin; where there is no eye, both margins are one line"""
    lower: Array
    brow: Array
    unit: float

    @property
    def opening(self) -> Array:
        return np.maximum(self.lower - self.upper, 0.0)


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
    height, width = rgb.shape[:2]
    margin = _BESIDE * face.unit
    left, right = max(0, int(upper[0, 0] - margin)), min(width, int(np.ceil(upper[-1, 0] + margin)))
    top = max(0, int(brow[:, 1].min() - 0.05 * face.unit))
    bottom = min(height, int(lower[:, 1].max() + (_CHEEK + 0.05) * face.unit))
    columns = np.arange(left, right)
    eye = _Eye(_line(upper, columns), _line(lower, columns), _line(brow, columns), face.unit)
    box = (left, top, right, bottom)
    return Blink(box, np.stack([_at(rgb, box, eye, step / (STEPS - 1)) for step in range(STEPS)]))


def _at(rgb: Picture, box: Box, eye: _Eye, share: float) -> Picture:
    """The eye in its box with the lids shut by `share`."""
    left, top, right, bottom = box
    open_eye = rgb[top:bottom, left:right]
    if share == 0.0:
        return open_eye.copy()
    unit, opening = eye.unit, eye.opening
    rows = np.arange(top, bottom, dtype=np.float64)
    down = share * (_MEET * opening + np.minimum(_OVERLAP * unit, 0.3 * opening))
    # Lashes reach beyond the corner of the eye and go along.
    down = gaussian_filter1d(down, _SPREAD * unit, mode="constant", truncate=2.5)
    up = share * (1.0 - _MEET) * opening
    above = _undone(rows, eye.brow, eye.upper - _EDGE * unit, down)
    below = _undone(rows, eye.lower + _CHEEK * unit, eye.lower, -up)
    soft = max(1.0, _SOFT * unit)
    # Lashes are taken along only where there is something to cover.
    lashes = np.minimum(_LASHES * unit, 0.3 * opening)
    on_lower = np.clip(0.5 + (below - eye.lower) / soft, 0.0, 1.0)
    on_upper = np.clip(0.5 + (eye.upper + lashes - above) / soft, 0.0, 1.0)
    closed = down / max(float(down.max()), 1e-6)
    shade = 1.0 - _SHADE * share * closed * np.clip(1.0 - np.abs(eye.upper - above) / (0.12 * unit), 0.0, 1.0)
    out = open_eye.astype(np.float64)
    for origin, opacity, light in ((below, on_lower, np.ones_like(below)), (above, on_upper, shade)):
        across = np.broadcast_to(np.arange(left, right), origin.shape).astype(np.float32)
        shown = cv2.remap(rgb, across, origin.astype(np.float32), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        out = out + opacity[..., None] * (shown * light[..., None] - out)
    return np.asarray(np.clip(np.rint(out), 0, 255), np.uint8)


def _undone(rows: Array, still: Array, edge: Array, move: Array) -> Array:
    """(h, n) where the content of each row comes from, if each of n columns is stretched from `still` to `edge`.

    At `still` nothing moves; from `edge` on, everything moves by `move`; smooth in between.
    """
    t = np.concatenate([[-99.0], np.linspace(-0.1, 1.1, _TABLE), [99.0]])
    moved = np.clip(t, 0.0, 1.0)
    moved = moved * moved * (3.0 - 2.0 * moved)
    out = np.empty((len(rows), len(still)))
    for column in range(len(still)):
        before = still[column] + t * (edge[column] - still[column])
        after = before + move[column] * moved
        order = slice(None) if edge[column] > still[column] else slice(None, None, -1)
        # A stretch beyond the skin that there is would run backwards.
        out[:, column] = np.interp(rows, np.maximum.accumulate(after[order]), before[order])
    return out


def _line(points: Array, columns: NDArray[np.intp]) -> Array:
    """Heights of a smooth line through the points (n, 2); beyond its ends it goes on level."""
    order = np.argsort(points[:, 0])
    x, first = np.unique(points[order, 0], return_index=True)
    return np.asarray(PchipInterpolator(x, points[order, 1][first])(np.clip(columns, x[0], x[-1])))
