"""The head's small turns and the breath, as smooth movements of the whole picture.

The face turns in depth inside its own outline, which stays; shifts and leaning fade out around the head; the chest
rises. So nothing is uncovered that the picture does not show, and nothing tears.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import LinearNDInterpolator

from countenance.portrait.face import Array, Face
from countenance.portrait.fields import Box, Grid
from countenance.portrait.landmarks import OVAL
from countenance.stock.figure import Pose

_NODES_PER_UNIT = 8
_MOST_NODES = 160
_DEPTH_SIGMA = 0.07
_HEAD_WIDER, _HEAD_HIGHER, _HEAD_UP = 1.28, 1.32, 0.15
_FADES_AT = 2.1
"""Head shifts are gone at this many radii of the head."""
_CHEST_FROM, _CHEST_TO, _CHEST_WIDTH = 0.45, 1.5, 1.6
TURN_SHARE = 0.42
"""Of the synthetic head's turns: a picture bears about three degrees before the nose gives it away."""
_SHIFT_SHARE = 0.55
_BREATH = 0.014
"""By how much the chest rises, in eye distances."""
_STILL = 0.01
"""What of the chest's movement is less than this share of it cannot be seen."""


@dataclass(frozen=True, slots=True, eq=False)
class Sway:
    """Fields on a grid over the whole picture."""

    grid: Grid
    depth: Array
    """(rows, columns) how far the face stands out of the plane of its outline, in pixels"""
    head: Array
    """(rows, columns) 1 on the head, 0 far from it"""
    chest: Array
    pivot: Array
    """(2,) where the head leans, in pixels"""
    unit: float

    def moving(self, shape: tuple[int, ...]) -> Box:
        """The part of a picture of this shape beyond which nothing ever moves: (left, top, right, bottom)."""
        moved = (self.depth > 0.0) | (self.head > 0.0) | (self.chest > _STILL)
        rows, columns = np.flatnonzero(moved.any(axis=1)), np.flatnonzero(moved.any(axis=0))
        low, high = np.array([columns[0] - 1, rows[0] - 1]), np.array([columns[-1] + 1, rows[-1] + 1])
        (left, top), (right, bottom) = (low * self.grid.step).astype(int), (high * self.grid.step).astype(int) + 1
        return max(0, int(left)), max(0, int(top)), min(shape[1], int(right)), min(shape[0], int(bottom))

    def field(self, pose: Pose) -> NDArray[np.float32]:
        """(rows, columns, 2) pixels by which the picture moves."""
        yaw, pitch, roll = np.radians(TURN_SHARE * np.array([pose.yaw_deg, pose.pitch_deg, pose.roll_deg]))
        x, y = np.moveaxis(self.grid.places() - self.pivot, -1, 0)
        shift = _SHIFT_SHARE * self.unit * np.array(pose.shift[:2])
        across = yaw * self.depth + self.head * (-roll * y + shift[0])
        down = pitch * self.depth + self.head * (roll * x - shift[1]) - _BREATH * self.unit * pose.breath * self.chest
        return np.stack([across, down], axis=-1).astype(np.float32)


def sway_of(face: Face, width: int, height: int) -> Sway:
    """The fields for a face in a picture of so many pixels."""
    step = max(face.unit / _NODES_PER_UNIT, max(width, height) / _MOST_NODES)
    grid = Grid(0.0, 0.0, step, int(np.ceil(width / step)) + 1, int(np.ceil(height / step)) + 1)
    outline = face.points[list(OVAL)]
    low, high = outline[:, :2].min(axis=0), outline[:, :2].max(axis=0)
    centre, radii = (low + high) / 2, (high - low) / 2
    places = grid.places()
    from_head = (places - centre + [0.0, _HEAD_UP * face.unit]) / (radii * [_HEAD_WIDER, _HEAD_HIGHER])
    radius = np.linalg.norm(from_head, axis=-1)
    head = 1.0 - _smooth((radius - 1.0) / (_FADES_AT - 1.0))
    below = (places[..., 1] - high[1]) / face.unit
    beside = np.abs(places[..., 0] - centre[0]) / face.unit
    chest = _smooth((below - _CHEST_FROM) / (_CHEST_TO - _CHEST_FROM)) * np.exp(-np.square(beside / _CHEST_WIDTH) / 2)
    pivot = np.array([centre[0], high[1] + 0.2 * face.unit])
    return Sway(grid, _depth(face, grid), head, chest, pivot, face.unit)


def _depth(face: Face, grid: Grid) -> Array:
    outline = list(OVAL)
    points = face.points
    # The outline's own depth is taken out, so that a head that is turned in the picture has none at either side.
    plane = np.c_[points[outline, :2], np.ones(len(outline))]
    slope, *_ = np.linalg.lstsq(plane, points[outline, 2], rcond=None)
    out = np.maximum(np.c_[points[:, :2], np.ones(len(points))] @ slope - points[:, 2], 0.0)
    out[outline] = 0.0
    read = LinearNDInterpolator(points[:, :2], out, fill_value=0.0)(grid.places())
    sigma = max(0.5, _DEPTH_SIGMA * face.unit / grid.step)
    return np.asarray(cv2.GaussianBlur(read, (0, 0), sigma))


def _smooth(t: Array) -> Array:
    t = np.clip(t, 0.0, 1.0)
    return np.asarray(t * t * (3 - 2 * t))
