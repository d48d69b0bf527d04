"""What lies over a face: colours and edges where bare skin has neither.

The parts of an uncovered face have nearly one colour, and foreheads, cheeks and the bridge of the nose have hardly an
edge. A cap or a mask of another colour, the rim of glasses and the outline of fingers break that. Skin-coloured things
without an outline are not seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countenance.people.face import FaceMesh

_EYES_PX = 48.0
"""Distance of the eyes to which the face is brought, so that edges of the same thing are equally steep."""
_WIDTH, _HEIGHT, _EYES_AT = 192, 224, (96.0, 90.0)
_RIGHT_EYE, _LEFT_EYE = (33, 133), (362, 263)
_FOREHEAD = (109, 10, 338, 337, 151, 108)
_CHEEKS = ((117, 118, 101, 205, 187, 123), (346, 347, 330, 425, 411, 352))
_UNDER_EYES = (
    (111, 117, 118, 119, 120, 121, 128, 233, 232, 231, 230, 229, 228, 31),
    (340, 346, 347, 348, 349, 350, 357, 453, 452, 451, 450, 449, 448, 261),
)
_BRIDGE = (193, 168, 417, 351, 6, 122)
_LIP = (164, 167, 393, 0, 37, 267)
_CHIN = (18, 182, 406, 421, 201, 200, 199)
_NOSE = (6, 197, 195, 4, 45, 275, 122, 351)
_STEEP = 85.0
"""Percentile of the gradient that stands for a part's edges."""


@dataclass(frozen=True, slots=True)
class Cover:
    """Gradients are levels of CIE L* (0 to 100) in Sobel's filter at 48 px between the eyes; colours are CIE a*b*."""

    forehead_edges: float
    cheek_edges: float
    """Of the cheek that has more."""
    bridge_edges: float
    """Across the bridge of the nose, up and down only."""
    forehead_colour: float
    """Distance of the forehead's hue and chroma from those of the skin below the eyes."""
    lower_colour: float
    """The same of upper lip and chin, the smaller of the two."""
    eyes_light: float
    """Lightness below the eyes as a share of that of the rest of the face; dark lenses are near 0."""


def cover(rgb: NDArray[np.uint8], mesh: FaceMesh) -> Cover:
    """Measure the face of `mesh` in the picture (H, W, 3)."""
    import cv2

    face, points = _upright(rgb, mesh.points[:, :2].astype(np.float64))
    lab = cv2.cvtColor(face.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    light = cv2.GaussianBlur(lab[..., 0], (0, 0), 1.0)
    across, down = np.abs(cv2.Sobel(light, -1, 1, 0)), np.abs(cv2.Sobel(light, -1, 0, 1))
    steep = np.hypot(across, down)

    def part(*outlines: tuple[int, ...]) -> NDArray[np.bool_]:
        mask = np.zeros(light.shape, np.uint8)
        for outline in outlines:
            cv2.fillConvexPoly(mask, cv2.convexHull(np.round(points[list(outline)]).astype(np.int32)), 1)
        return mask > 0

    def edges(of: NDArray[np.float32], where: NDArray[np.bool_]) -> float:
        return float(np.percentile(of[where], _STEEP)) if where.any() else 0.0

    def colour(where: NDArray[np.bool_]) -> NDArray[np.float32]:
        return np.asarray(np.median(lab[where], axis=0) if where.any() else np.zeros(3), np.float32)

    parts = {"forehead": part(_FOREHEAD), "lip": part(_LIP), "chin": part(_CHIN), "nose": part(_NOSE)}
    colours = {name: colour(where) for name, where in parts.items()}
    cheeks = [part(cheek) for cheek in _CHEEKS]
    skin = colour(part(*_UNDER_EYES))
    rest = float(np.median([colours[name][0] for name in parts] + [colour(cheek)[0] for cheek in cheeks]))
    away = {name: float(np.linalg.norm((value - skin)[1:])) for name, value in colours.items()}
    return Cover(
        forehead_edges=edges(steep, parts["forehead"]),
        cheek_edges=max(edges(steep, cheek) for cheek in cheeks),
        bridge_edges=edges(down, part(_BRIDGE)),
        forehead_colour=away["forehead"],
        lower_colour=min(away["lip"], away["chin"]),
        eyes_light=float(skin[0]) / max(rest, 1.0),
    )


def _upright(rgb: NDArray[np.uint8], points: NDArray[np.float64]) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """The face with level eyes at their fixed distance, and its points there."""
    import cv2

    right, left = (points[list(eye)].mean(axis=0) for eye in (_RIGHT_EYE, _LEFT_EYE))
    scale = _EYES_PX / max(float(np.linalg.norm(left - right)), 1.0)
    shrink = min(1.0, scale)
    small = cv2.resize(rgb, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA) if shrink < 1 else rgb
    angle = -np.arctan2(left[1] - right[1], left[0] - right[0])
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * scale
    shift = np.array(_EYES_AT) - turn @ ((right + left) / 2)
    matrix = np.column_stack([turn / shrink, shift])
    face = cv2.warpAffine(small, matrix, (_WIDTH, _HEIGHT), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(face, np.uint8), points @ turn.T + shift
