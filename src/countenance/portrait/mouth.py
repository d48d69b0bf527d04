"""The inside of a mouth, drawn: a dark cavity, teeth and tongue in the light of the picture.

The crowns are those of `countenance.stock.teeth`. The upper row belongs to the skull, the lower row and the tongue to
the jaw. How deep in shadow they are follows from how far the lips are open.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from countenance.portrait.expressions import Expressions
from countenance.portrait.face import Array, Face, Picture
from countenance.portrait.landmarks import CHIN, LEFT_LIDS, LIPS_INNER_LOWER, LIPS_INNER_UPPER, RIGHT_LIDS
from countenance.stock.teeth import arch

_HEAD_UNIT_DM = 0.92
"""Decimetres between the outer eye corners of the head whose teeth these are."""
_PX_PER_UNIT = 360
_SHEET = (1.30, 0.70)
"""Width and height of the sheet on which a row is drawn, in eye distances; its middle is where the lips meet."""
_UPPER_EDGE, _LOWER_EDGE = 0.028, 0.034
"""Edges of the teeth below the line of the closed lips, in eye distances."""
_GUM = np.array([0.62, 0.36, 0.36])
_TOOTH = np.array([0.98, 0.94, 0.86])
_TONGUE = np.array([0.66, 0.36, 0.35])
_CAVITY = np.array([0.13, 0.065, 0.06])
_DEPTH_SHADE = 1.25
_JAW_SHARE = 1.02
_AO_SIGMA, _AO_GAIN, _AO_LEAST = 0.04, 2.2, 0.08


@dataclass(frozen=True, slots=True, eq=False)
class Inside:
    """What stands behind the lips of one face, ready to be painted."""

    upper: NDArray[np.float32]
    """(h, w, 4) colours as seen in the picture's light, 0 to 255, times opacity; and opacity"""
    lower: NDArray[np.float32]
    tongue: NDArray[np.float32]
    cavity: Array
    """(3,)"""
    to_picture: Array
    """(2, 2) from pixels of a sheet to pixels of the picture"""
    meet: Array
    """(2,) where the sheets' middle is when the mouth is shut"""
    jaw: Array
    """(2,) pixels by which the lower row moves with `jawOpen` at 1"""
    unit: float

    def paint(self, box: tuple[int, int, int, int], moved: Array, jaw_open: float, tongue_out: float) -> Array:
        """(h, w, 3) the inside as if no lips were before it, with the skull moved by (2,) pixels."""
        left, top, right, bottom = box
        size = (right - left, bottom - top)
        out = np.broadcast_to(self.cavity.astype(np.float32), (size[1], size[0], 3)).copy()
        skull = self.meet + moved - [left, top]
        lowered = skull + jaw_open * self.jaw
        raised = lowered - np.array([0.0, (0.05 + 0.10 * tongue_out) * self.unit])
        for sheet, at in ((self.tongue, raised), (self.lower, lowered), (self.upper, skull)):
            middle = np.array([sheet.shape[1], sheet.shape[0]]) / 2
            matrix = np.c_[self.to_picture, at - self.to_picture @ middle]
            laid = np.asarray(cv2.warpAffine(sheet, matrix, size, flags=cv2.INTER_LINEAR), np.float32)
            out = laid[..., :3] + out * (1.0 - laid[..., 3:])
        return np.asarray(out)

    def light(self, opening: NDArray[np.float32]) -> NDArray[np.float32]:
        """(h, w) share of the light that reaches the inside through an opening (h, w) of 0 to 1."""
        seen = cv2.GaussianBlur(opening, (0, 0), max(1.0, _AO_SIGMA * self.unit))
        return np.asarray(_AO_LEAST + (1.0 - _AO_LEAST) * np.clip(_AO_GAIN * seen, 0.0, 1.0) ** 1.4, np.float32)


def inside_of(rgb: Picture, face: Face, expressions: Expressions) -> Inside:
    """Draw the inside of a mouth for a face in a picture (H, W, 3)."""
    white, lips = _white(rgb, face), _colour_at(rgb, face, (0, 17, 37, 267, 84, 314))
    wide = _width_share(face, expressions)
    to_picture = expressions.pixels / _PX_PER_UNIT * expressions.rotation[:2, :2] @ np.diag([wide, 1.0])
    seam = face.seam
    middle = (seam.left + seam.right) // 2
    index = middle - seam.left
    meet = np.array([middle, 0.55 * seam.upper[index] + 0.45 * seam.lower[index]])
    blur = _PX_PER_UNIT / expressions.pixels * (0.45 + 1.1 * softness(rgb, face))
    red = np.clip(lips / max(1.0, float(lips.max())), 0.3, 1.0)
    chin = expressions.moves[expressions.names.index("jawOpen"), CHIN]
    return Inside(
        upper=_row(True, white, blur),
        lower=_row(False, white * 0.80, blur),
        tongue=_tongue(white, red, blur),
        cavity=_CAVITY * white * red,
        to_picture=to_picture,
        meet=meet,
        jaw=_JAW_SHARE * chin,
        unit=face.unit,
    )


def softness(rgb: Picture, face: Face) -> float:
    """0 for a face that is sharp to the pixel, 1 for one that was enlarged about three times."""
    (left, top), (right, bottom) = (
        face.points[:, :2].min(axis=0).astype(int),
        face.points[:, :2].max(axis=0).astype(int),
    )
    part = cv2.cvtColor(rgb[max(0, top) : bottom, max(0, left) : right], cv2.COLOR_RGB2GRAY).astype(np.float32)
    sharp = cv2.Laplacian(part, cv2.CV_32F)
    blurred = cv2.Laplacian(cv2.GaussianBlur(part, (0, 0), 1.0), cv2.CV_32F)
    kept = float(blurred.std()) / max(float(sharp.std()), 1e-6)
    return float(np.clip((kept - 0.25) / 0.5, 0.0, 1.0))


def _width_share(face: Face, expressions: Expressions) -> float:
    """How much wider than the head's own rows of teeth these should be: a wide mouth has a wide arch, half as much."""
    corners = face.points[[LIPS_INNER_UPPER[0], LIPS_INNER_UPPER[-1]]]
    share = float(np.linalg.norm(corners[1] - corners[0])) / expressions.pixels / 0.42
    return float(np.clip(1.0 + 0.5 * (share - 1.0), 0.88, 1.15))


def _white(rgb: Picture, face: Face) -> Array:
    """(3,) what something white looks like in the picture: teeth if they show, else the whites of the eyes."""
    skin = _colour_at(rgb, face, (50, 280, 205, 425))
    found = _bright(rgb, [face.xy(*lids.upper, *lids.lower[::-1]) for lids in (RIGHT_LIDS, LEFT_LIDS)], skin)
    if face.seam.open:
        teeth = _bright(rgb, [face.xy(*LIPS_INNER_UPPER, *LIPS_INNER_LOWER[::-1])], skin)
        if teeth is not None and teeth.mean() > 0.62 * skin.mean():
            found = teeth * 1.05 if found is None else (2 * teeth + found) / 3
    # Sclera lies in the shadow of lids and lashes; bright light makes skin the safer measure, and the reverse.
    plain = 0.5 * skin + 0.5 * skin.mean()
    if found is None:
        return np.asarray(np.clip(plain * 1.05, 30, 245))
    least, most = 0.95 * skin.mean(), 1.7 * skin.mean() + 20
    return np.asarray(np.clip(found * np.clip(found.mean(), least, most) / found.mean(), 20, 245))


def _bright(rgb: Picture, outlines: list[Array], skin: Array) -> Array | None:
    """Mean colour of the brightest third of the pale pixels inside the outlines."""
    inside = np.zeros(rgb.shape[:2], np.uint8)
    for outline in outlines:
        cv2.fillPoly(inside, [np.rint(outline).astype(np.int32)], 1)
    pixels = rgb[inside > 0].astype(np.float64)
    if len(pixels) < 8:
        return None
    spread = (pixels.max(axis=1) - pixels.min(axis=1)) / np.maximum(pixels.mean(axis=1), 1.0)
    own = (skin.max() - skin.min()) / max(skin.mean(), 1.0)
    pale = pixels[spread < max(0.25, 0.9 * own)]
    if len(pale) < 6:
        return None
    light = pale.mean(axis=1)
    chosen = pale[(light >= np.percentile(light, 60)) & (light <= np.percentile(light, 93))]
    return np.asarray(chosen.mean(axis=0)) if len(chosen) else None


def _colour_at(rgb: Picture, face: Face, points: tuple[int, ...]) -> Array:
    size = max(1, int(0.03 * face.unit))
    cuts = []
    for x, y in face.xy(*points).astype(int):
        part = rgb[max(0, y - size) : y + size + 1, max(0, x - size) : x + size + 1]
        if part.size:
            cuts.append(np.median(part.reshape(-1, 3), axis=0))
    return np.asarray(np.median(cuts, axis=0)) if cuts else np.full(3, 128.0)


def _row(upper: bool, white: Array, blur: float) -> NDArray[np.float32]:
    """A row of teeth with its gum, seen from the front, as a sheet."""
    front = 0.0
    edge = -(_UPPER_EDGE if upper else _LOWER_EDGE) * _HEAD_UNIT_DM
    vertices, gum, quads = arch(upper, front, edge)
    scale = _PX_PER_UNIT / _HEAD_UNIT_DM
    width, height = (int(side * _PX_PER_UNIT) for side in _SHEET)
    sheet = np.zeros((height, width, 4), np.float32)
    flat = vertices[:, :2] * [scale, -scale] + [width / 2, height / 2]
    corners = vertices[quads]
    normal = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
    facing = np.abs(normal[:, 2])
    depth = corners[:, :, 2].mean(axis=1)
    lit = (0.55 + 0.45 * facing) * np.exp(_DEPTH_SHADE * 1.6 * np.minimum(depth - front, 0.0))
    colour = np.where(gum[quads].mean(axis=1)[:, None] > 0.5, _GUM, _TOOTH) * white * lit[:, None]
    for index in np.argsort(depth):
        outline = np.rint(flat[quads[index]] * 16).astype(np.int32)
        cv2.fillPoly(sheet, [outline], (*colour[index], 1.0), lineType=cv2.LINE_8, shift=4)
    return np.asarray(cv2.GaussianBlur(sheet, (0, 0), max(0.8, blur)), np.float32)


def _tongue(white: Array, red: Array, blur: float) -> NDArray[np.float32]:
    """A soft mound behind the lower teeth, as a sheet."""
    width, height = (int(side * _PX_PER_UNIT) for side in _SHEET)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    across = (x - width / 2) / (0.20 * _PX_PER_UNIT)
    down = (y - height / 2 - 0.13 * _PX_PER_UNIT) / (0.12 * _PX_PER_UNIT)
    radius = across**2 + down**2
    opacity = np.clip((1.15 - radius) / 0.4, 0.0, 1.0)
    groove = 1.0 - 0.12 * np.exp(-np.square(across / 0.12))
    lit = (0.62 + 0.25 * np.clip(-down, -1, 1)) * groove
    colour = (_TONGUE * white * (0.5 + 0.5 * red)) * lit[..., None]
    sheet = np.concatenate([colour * opacity[..., None], opacity[..., None]], axis=2)
    return np.asarray(cv2.GaussianBlur(sheet.astype(np.float32), (0, 0), max(2.0, blur)), np.float32)
