"""How the picture was made: light, sharpness, compression, and the marks of paint and pen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countenance.footage.face_view import blockiness, crop, sharpness
from countenance.footage.timeline import Box
from countenance.people.face import FaceMesh

_EYES_PX = 64.0
"""A face whose eyes are further apart is measured at this distance, so that a large scan is judged like a small."""
_RIGHT_EYE, _LEFT_EYE = (33, 133), (362, 263)
_FOREHEAD = (109, 10, 338, 337, 151, 108)
_CHEEKS = ((117, 118, 101, 205, 187, 123), (346, 347, 330, 425, 411, 352))
_BLOCK = 16
_LEAST_BLOCKS = 30
_LIT = (8.0, 88.0)
"""Range of L* in which neither black nor white hides a texture."""
_QUIET = (10.0, 40.0)
"""Percentiles between which blocks hold texture rather than the edges of things."""
_FLAT_PX, _FLAT_LEVELS = 11, 1.0
_WHITE = 250
_SEAM_LEVELS, _SEAM_SHARE, _SEAM_MARGIN = 8, 0.95, 0.1


@dataclass(frozen=True, slots=True)
class Surface:
    """Light is CIE L*, 0 to 100."""

    light: float
    """Median of forehead and cheeks."""
    chroma: float
    """Of the same, in CIE a*b*."""
    hue_deg: float
    """Of the same: 0 is red, 90 yellow."""
    side_stops: float
    """How much more light one cheek gets than the other, in stops (powers of two)."""
    clipped: float
    """Share of the face's pixels that are white."""
    sharpness: float
    """See `countenance.footage.face_view.sharpness`."""
    blockiness: float
    """See `countenance.footage.face_view.blockiness`."""
    texture: float
    """The finest detail, as a standard deviation in L*, that nine tenths of the picture have at least."""
    peakedness: float
    """Kurtosis of that detail within its blocks: 3 for the noise of a sensor, more for cracks, strokes and canvas."""
    outlines: float
    """90th percentile of the gradient inside the face: high where everything has a dark line around it."""
    flat: float
    """Share of the face that has one colour over 11 px and more."""


def surface(rgb: NDArray[np.uint8], mesh: FaceMesh, oval: Sequence[int]) -> Surface:
    """Measure the picture (H, W, 3) and in it the face of `mesh`, whose outline has the points `oval`."""
    import cv2

    shrink = min(1.0, _EYES_PX / max(_eye_distance(mesh), 1.0))
    small = cv2.resize(rgb, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA) if shrink < 1 else rgb
    points = mesh.points[:, :2] * shrink
    lab = np.asarray(cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)
    light = lab[..., 0]
    face = _inside(points[list(oval)], light.shape)
    cheeks = [_inside(points[list(cheek)], light.shape) for cheek in _CHEEKS]
    bare = lab[_inside(points[list(_FOREHEAD)], light.shape) | cheeks[0] | cheeks[1]]
    skin = np.median(bare, axis=0) if len(bare) else np.zeros(3)
    texture, peakedness = _texture(light)
    box = _box(mesh, oval, rgb.shape)
    luma = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)
    return Surface(
        light=float(skin[0]),
        chroma=float(np.hypot(skin[1], skin[2])),
        hue_deg=float(np.degrees(np.arctan2(skin[2], skin[1]))),
        side_stops=_stops(light, cheeks),
        clipped=float((small[face].min(axis=1) >= _WHITE).mean()) if face.any() else 0.0,
        sharpness=sharpness(crop(luma, box)),
        blockiness=blockiness(luma, box),
        texture=texture,
        peakedness=peakedness,
        outlines=_outlines(light, face),
        flat=_flat(light, face),
    )


def seams(rgb: NDArray[np.uint8]) -> int:
    """Straight steps of one sign that run from one side of the picture (H, W, 3) to the other, in either direction.

    Steps are looked for within two pixels: what a lens saw, the edge of a door for one, is neither so sharp nor so
    straight.
    """
    import cv2

    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.int16)
    return _seams_along(grey) + _seams_along(grey.T)


def _seams_along(grey: NDArray[np.int16]) -> int:
    # Only the middle, so that a frame's other edges do not interrupt the one that is looked at.
    margin = round(_SEAM_MARGIN * grey.shape[0])
    middle = grey[margin : grey.shape[0] - margin]
    step = middle[:, 2:] - middle[:, :-2]
    share = np.maximum((step > _SEAM_LEVELS).mean(axis=0), (step < -_SEAM_LEVELS).mean(axis=0))
    found = share >= _SEAM_SHARE
    return int((found & ~np.concatenate([[False], found[:-1]])).sum())


def _eye_distance(mesh: FaceMesh) -> float:
    right, left = (mesh.points[list(eye), :2].mean(axis=0) for eye in (_RIGHT_EYE, _LEFT_EYE))
    return float(np.linalg.norm(right - left))


def _inside(outline: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    import cv2

    mask = np.zeros(shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, cv2.convexHull(np.round(outline).astype(np.int32)), 1)
    return mask > 0


def _box(mesh: FaceMesh, oval: Sequence[int], shape: tuple[int, ...]) -> Box:
    size = np.array([shape[1], shape[0]], np.float32)
    (left, top), (right, bottom) = (
        np.clip(edge / size, 0.0, 1.0)
        for edge in (mesh.points[list(oval), :2].min(axis=0), mesh.points[list(oval), :2].max(axis=0))
    )
    return Box(float(left), float(top), float(right - left), float(bottom - top))


def _stops(light: NDArray[np.float32], cheeks: Sequence[NDArray[np.bool_]]) -> float:
    """From the definition of L* (CIE 15): linear light is ((L* + 16) / 116) cubed."""
    if not all(cheek.any() for cheek in cheeks):
        return 0.0
    one, other = (((float(np.median(light[cheek])) + 16) / 116) ** 3 for cheek in cheeks)
    return abs(float(np.log2(one / other)))


def _texture(light: NDArray[np.float32]) -> tuple[float, float]:
    """`Surface.texture` and `Surface.peakedness`; 0 and 3 where too little is neither black nor white."""
    import cv2

    fine = light - cv2.GaussianBlur(light, (0, 0), 0.8)
    rows, columns = (size // _BLOCK for size in light.shape)

    def blocks(of: NDArray[np.float32]) -> NDArray[np.float32]:
        whole = of[: rows * _BLOCK, : columns * _BLOCK].reshape(rows, _BLOCK, columns, _BLOCK)
        return whole.transpose(0, 2, 1, 3).reshape(rows * columns, _BLOCK * _BLOCK)

    mean = blocks(light).mean(axis=1)
    detail = blocks(fine)[(mean > _LIT[0]) & (mean < _LIT[1])]
    if len(detail) < _LEAST_BLOCKS:
        return 0.0, 3.0
    strength = detail.std(axis=1)
    least, most = np.percentile(strength, _QUIET)
    quiet = detail[(strength >= max(least, 1e-3)) & (strength <= most)]
    if not len(quiet):
        return float(least), 3.0
    centred = quiet - quiet.mean(axis=1, keepdims=True)
    kurtosis = (centred**4).mean(axis=1) / (centred**2).mean(axis=1) ** 2
    return float(least), float(np.percentile(kurtosis, 75))


def _outlines(light: NDArray[np.float32], face: NDArray[np.bool_]) -> float:
    import cv2

    soft = cv2.GaussianBlur(light, (0, 0), 1.0)
    steep = np.hypot(cv2.Sobel(soft, -1, 1, 0), cv2.Sobel(soft, -1, 0, 1))
    return float(np.percentile(steep[face], 90)) if face.any() else 0.0


def _flat(light: NDArray[np.float32], face: NDArray[np.bool_]) -> float:
    import cv2

    square = np.ones((_FLAT_PX, _FLAT_PX), np.uint8)
    within = cv2.dilate(light, square) - cv2.erode(light, square)
    middle = cv2.erode(face.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return float((within[middle] < _FLAT_LEVELS).mean()) if middle.any() else 0.0
