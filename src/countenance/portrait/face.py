"""The face in a picture as the animation needs it: its landmarks, its place in space, and where its lips meet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from countenance.errors import CountenanceError, Finding
from countenance.people.face import FaceMesh, FaceTracker
from countenance.portrait.errors import MOUTH_TOO_OPEN, NO_FACE, TURNED_TOO_FAR
from countenance.portrait.landmarks import EYE_CORNERS, LIPS_INNER_LOWER, LIPS_INNER_UPPER, LIPS_OUTER, POINTS
from countenance.settings import Settings

Array = NDArray[np.floating[Any]]
Picture = NDArray[np.uint8]

_CLOSED = 0.02
"""Inner lips nearer than this, in eye distances, touch: what shows between them is their shadow."""
_SEAM_REACH = 0.035
_SEAM_STEPS = 29
_SEAM_BEND = 0.6
_HOLE_MARGIN = 0.010
"""By how much more than the landmarks say an open mouth is cut out, in eye distances: no tooth stays on a lip."""


@dataclass(frozen=True, slots=True, eq=False)
class Seam:
    """Where the lips meet, column by column of the picture from one corner of the mouth to the other."""

    left: int
    """the first column"""
    upper: Array
    """(n,) height of the upper lip's lower edge in pixels"""
    lower: Array
    """(n,) height of the lower lip's upper edge; the same where the lips touch"""
    open: bool

    @property
    def right(self) -> int:
        """The column after the last."""
        return self.left + len(self.upper)

    def middle(self, x: Array) -> Array:
        """Height of the line between the lips at places x; beyond the corners it goes on level."""
        columns = np.arange(self.left, self.right)
        return np.interp(x, columns, (self.upper + self.lower) / 2)


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One face in one picture; pixels have x to the right, y down."""

    points: Array
    """(468, 3) pixels, z away from the camera"""
    unit: float
    """pixels between the outer eye corners, in space"""
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    seam: Seam

    def xy(self, *points: int) -> Array:
        """(n, 2) places of some landmarks."""
        return np.asarray(self.points[list(points), :2])


def face_in(rgb: Picture, settings: Settings, file: Path) -> Face:
    """Measure the largest face of a picture (H, W, 3).

    Raises:
        CountenanceError: picture.no_face, picture.turned_too_far, picture.mouth_too_open.
    """
    with FaceTracker(settings) as tracker:
        mesh = tracker.track(rgb, 0.0)
    if mesh is None:
        raise CountenanceError(Finding(NO_FACE, file=str(file)))
    if not _shown(mesh, rgb.shape):
        raise CountenanceError(Finding(NO_FACE, file=str(file), detail="Mouth or eyes lie outside the picture."))
    turned = max(abs(mesh.yaw_deg), abs(mesh.pitch_deg))
    if turned > (TURNED_TOO_FAR.limit or 0.0):
        raise CountenanceError(Finding(TURNED_TOO_FAR, file=str(file), measured=round(turned, 1)))
    points = mesh.points[:POINTS].astype(np.float64)
    unit = float(np.linalg.norm(points[EYE_CORNERS[0]] - points[EYE_CORNERS[1]]))
    gap = _gap(mesh, unit)
    if gap > (MOUTH_TOO_OPEN.limit or 0.0):
        raise CountenanceError(Finding(MOUTH_TOO_OPEN, file=str(file), measured=round(gap, 3)))
    seam = _seam(rgb, points, unit, gap)
    return Face(points, unit, mesh.yaw_deg, mesh.pitch_deg, mesh.roll_deg, seam)


def _shown(mesh: FaceMesh, shape: tuple[int, ...]) -> bool:
    """Whether mouth and eyes are inside a picture of this shape, whatever the mesh guesses beyond its border."""
    places = mesh.points[[*LIPS_OUTER, *EYE_CORNERS], :2]
    return bool((places >= 2).all() and (places < np.array([shape[1], shape[0]]) - 2).all())


def _gap(mesh: FaceMesh, unit: float) -> float:
    upper, lower = mesh.points[list(LIPS_INNER_UPPER)], mesh.points[list(LIPS_INNER_LOWER)]
    return float(np.linalg.norm(upper - lower, axis=1).max()) / unit


def _seam(rgb: Picture, points: Array, unit: float, gap: float) -> Seam:
    upper, lower = points[list(LIPS_INNER_UPPER), :2], points[list(LIPS_INNER_LOWER), :2]
    left, right = int(np.ceil(upper[0, 0])), int(np.floor(upper[-1, 0]))
    columns = np.arange(left, right + 1, dtype=np.float64)
    edges = [_through(edge, columns, unit) for edge in (upper, lower)]
    if gap <= _CLOSED:
        line = _darkest(rgb, columns, (edges[0] + edges[1]) / 2, unit)
        return Seam(left, line, line, open=False)
    # Nothing is taken away at the corners, where the lips do touch.
    share = np.clip(np.minimum(columns - left, right - columns) / (0.08 * unit), 0, 1)
    margin = _HOLE_MARGIN * unit * share
    middle = (edges[0] + edges[1]) / 2
    return Seam(left, np.minimum(edges[0], middle) - margin, np.maximum(edges[1], middle) + margin, open=True)


def _through(edge: Array, columns: Array, unit: float) -> Array:
    """Height at each column of a smooth line through the points of an edge (n, 2)."""
    order = np.argsort(edge[:, 0])
    heights = np.interp(columns, edge[order, 0], edge[order, 1])
    return np.asarray(gaussian_filter1d(heights, 0.02 * unit, mode="nearest"))


def _darkest(rgb: Picture, columns: Array, line: Array, unit: float) -> Array:
    """The smooth line of least light near `line`: the shadow between closed lips (dynamic programming)."""
    grey = cv2.GaussianBlur(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), (0, 0), max(0.6, 0.006 * unit))
    offsets = np.linspace(-_SEAM_REACH, _SEAM_REACH, _SEAM_STEPS) * unit
    across = np.broadcast_to(columns, (_SEAM_STEPS, len(columns))).astype(np.float32)
    down = (line + offsets[:, None]).astype(np.float32)
    light = cv2.remap(grey, across, down, cv2.INTER_LINEAR).astype(np.float64)
    light += 12.0 * np.square(offsets / (_SEAM_REACH * unit))[:, None]
    bend = _SEAM_BEND * np.square(np.arange(_SEAM_STEPS)[:, None] - np.arange(_SEAM_STEPS)) * light.std() / 4
    cost = light[:, 0]
    came = np.zeros((len(columns), _SEAM_STEPS), np.intp)
    for column in range(1, len(columns)):
        total = cost[:, None] + bend
        came[column] = total.argmin(axis=0)
        cost = total.min(axis=0) + light[:, column]
    path = np.zeros(len(columns), np.intp)
    path[-1] = cost.argmin()
    for column in range(len(columns) - 1, 0, -1):
        path[column - 1] = came[column, path[column]]
    return np.asarray(line + gaussian_filter1d(offsets[path], 0.012 * unit, mode="nearest"))
