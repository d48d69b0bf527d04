"""Put a bent mouth into the playing picture: soft region of lips and chin, colours met at its border."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from countenance.engine.align import apply, invert
from countenance.engine.atlas import CONTROL, Atlas
from countenance.engine.landmarks import JAW, LIP_COUNT, LIPS_INNER, LIPS_OUTER, MASK_TOP, MOUTH, RING
from countenance.engine.warp import dense, grid, spline

Array = NDArray[np.float32]
Picture = NDArray[np.uint8]
Box = tuple[int, int, int, int]

_WARP_STEPS = 33
_FRAME_REACH = 1.35
"""Half the side of the square, in eye distances around the mouth, whose border the warp leaves where it is."""
_CHIN_MARGIN = 0.07
_FEATHER = 0.05
"""Margin below the chin, and softness of the region's edge, in eye distances."""
_BLUR_PX = 4.0
"""Softness that is wide enough in pixels to be made on a smaller picture."""
_LIGHT_STEPS = 40
_LIGHT_SIGMA = 4.0
_LIGHT_RANGE = 24.0
_KNOWN = 0.5
_LIGHT_MEMORY = 0.6
_LOWER_JAW = slice(2, 13)

_LEAST_GAP = 0.003
"""Between inner lips that touch, in eye distances. Landmarks of closed lips often lie the wrong way round, and a
spline that turns an open mouth round crumples it."""

_LOWER = len(RING) + len(LIPS_OUTER) + np.arange(1, len(LIPS_INNER) // 2)
_UPPER = len(RING) + len(LIPS_OUTER) + np.arange(len(LIPS_INNER) - 1, len(LIPS_INNER) // 2, -1)
"""Inner lips from the picture's left to its right, without the corners."""
_TOP = np.array([int(np.flatnonzero(point == CONTROL)[0]) for point in MASK_TOP])
_JAW = len(RING) + np.array([int(np.flatnonzero(point == MOUTH)[0]) for point in JAW[_LOWER_JAW]])


@dataclass(frozen=True, slots=True)
class Stage:
    """The playing picture into which a mouth is put."""

    image: Picture
    """(H, W, 3)"""
    to_canonical: Array
    """(2, 3) from pixels of the picture"""
    control: Array
    """(C, 2) canonical places of `atlas.CONTROL` as filmed"""


@dataclass(frozen=True, slots=True)
class Layers:
    """A mouth on its way into a picture."""

    box: Box
    """pixels of the picture that are touched: (left, top, right, bottom)"""
    met: Picture
    """(h, w, 3) the bent mouth in the light of the playing picture"""
    region: Array
    """(h, w) its opacity, 0 to 1"""
    wanted: Array
    """(M, 2) canonical places of `landmarks.MOUTH` into which it was bent"""
    filmed: Array
    """(M, 2) the same as they were filmed"""


Finish = Callable[[Stage, Layers], Picture]
"""Gives `Layers.met`, improved and of the same size, for the picture that plays."""


class Compositor:
    """Puts one mouth after another into one picture after another; remembers the light from frame to frame."""

    def __init__(self, atlas: Atlas, finish: Finish | None = None) -> None:
        self._atlas = atlas
        self._finish = finish
        self._light: Array | None = None

    def paint(self, stage: Stage, mouth: Array, rows: list[tuple[int, float]]) -> Picture:
        """The picture, itself untouched, with the mouth in the shape `mouth` (M, 2), canonical.

        `rows` are filmed mouths and their weights (which sum to 1); each is bent to the same shape, so that two of
        them fade into each other without a double image.
        """
        layers = self.layers(stage, mouth, rows)
        if layers is None:
            return stage.image
        met = layers.met if self._finish is None else self._finish(stage, layers)
        left, top, right, bottom = layers.box
        painted = stage.image.copy()
        inside = painted[top:bottom, left:right]
        painted[top:bottom, left:right] = cv2.blendLinear(met, inside, layers.region, 1.0 - layers.region)
        return painted

    def layers(self, stage: Stage, mouth: Array, rows: list[tuple[int, float]]) -> Layers | None:
        """What `paint` puts into the picture; None if the mouth is not in it."""
        wanted = _uncrossed(np.concatenate([stage.control[: len(RING)], mouth]))
        outline = _outline(stage.control, wanted)
        box = left, top, right, bottom = _box_around(outline, stage)
        if right - left < 2 or bottom - top < 2:
            return None
        bent = self._bend(stage, wanted, rows, box)
        region = _region(outline, stage, box)
        light = self._light_between(stage.image[top:bottom, left:right], bent, region)
        met = np.asarray(cv2.add(bent, light, dtype=cv2.CV_8U), np.uint8)
        filmed = sum(weight * self._atlas.control[row, len(RING) :] for row, weight in rows)
        return Layers(box, met, region, mouth, np.asarray(filmed, np.float32))

    def _bend(self, stage: Stage, wanted: Array, rows: list[tuple[int, float]], box: Box) -> Picture:
        left, top, right, bottom = box
        places = apply(stage.to_canonical, grid(box, _WARP_STEPS))
        frame = _fixed_frame(wanted)
        bend = spline(np.concatenate([wanted, frame]), places)
        shown = []
        for row, _ in rows:
            source = np.concatenate([_uncrossed(self._atlas.control[row]), frame])
            coarse = apply(self._atlas.from_canonical[row], bend(source))
            across, down = dense(coarse, (bottom - top, right - left))
            patch = self._atlas.patch(row)
            shown.append(cv2.remap(patch, across, down, cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REPLICATE))
        if len(shown) == 1:
            return np.asarray(shown[0], np.uint8)
        total = sum(weight * picture.astype(np.float32) for (_, weight), picture in zip(rows, shown, strict=True))
        return np.clip(np.rint(total), 0, 255).astype(np.uint8)

    def _light_between(self, below: Picture, bent: Picture, region: Array) -> Array:
        """(h, w, 3) smooth difference that makes the bent picture meet the playing one around the region.

        The difference is known where the region is not fully opaque; what is common to all of it is taken as it is,
        and the rest is spread inwards from there.
        """
        height, width = region.shape
        size = (min(_LIGHT_STEPS, width), min(_LIGHT_STEPS, height))
        small = [
            cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float32) for picture in (below, bent)
        ]
        difference = small[0] - small[1]
        outside = 1.0 - cv2.resize(region, size, interpolation=cv2.INTER_AREA)[..., None]
        edge = outside[..., 0] > _KNOWN
        common = np.asarray(np.median(difference[edge], axis=0) if edge.any() else np.zeros(3), np.float32)
        apart = difference - common
        # Skin against background or collar is not a difference of light, and would tint the jaw.
        outside *= np.exp(-((np.abs(apart).max(axis=2, keepdims=True) / _LIGHT_RANGE) ** 2))
        known = cv2.GaussianBlur(outside, (0, 0), _LIGHT_SIGMA)[..., None]
        spread: Array = common + cv2.GaussianBlur(apart * outside, (0, 0), _LIGHT_SIGMA) / (known + 1e-3)
        if self._light is not None and self._light.shape == spread.shape:
            spread = _LIGHT_MEMORY * self._light + (1.0 - _LIGHT_MEMORY) * spread
        self._light = spread
        return np.asarray(cv2.resize(spread, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _uncrossed(control: Array) -> Array:
    """(C, 2) canonical places of `CONTROL` with the lower of the inner lips below the upper."""
    upper, lower = control[_UPPER, 1], control[_LOWER, 1]
    push = np.maximum(0.0, _LEAST_GAP - (lower - upper)) / 2.0
    apart = control.copy()
    apart[_UPPER, 1], apart[_LOWER, 1] = upper - push, lower + push
    return apart


def _outline(filmed: Array, wanted: Array) -> Array:
    """(n, 2) canonical polygon of what is replaced: from the cheeks to below both the filmed and the wanted chin."""
    centre = wanted[len(RING) : len(RING) + LIP_COUNT].mean(axis=0)
    reach = [np.linalg.norm(shape[_JAW] - centre, axis=1) for shape in (filmed, wanted)]
    further = np.where((reach[0] > reach[1])[:, None], filmed[_JAW], wanted[_JAW])
    outward = further - centre
    direction = outward / np.linalg.norm(outward, axis=1, keepdims=True)
    # None at the sides, where what was filmed behind the jaw would show.
    lower = further + _CHIN_MARGIN * np.maximum(0.0, direction[:, 1:]) * direction
    return np.concatenate([filmed[_TOP], lower[::-1]]).astype(np.float32)


def _fixed_frame(wanted: Array) -> Array:
    """(8, 2) canonical places far enough around the mouth to stay where they are."""
    centre = wanted[len(RING) : len(RING) + LIP_COUNT].mean(axis=0)
    steps = [(-1, -1), (0, -1), (1, -1), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0)]
    return np.asarray(centre + _FRAME_REACH * np.array(steps), np.float32)


def _box_around(outline: Array, stage: Stage) -> Box:
    """Pixels of the picture that the region and its soft edge touch: (left, top, right, bottom)."""
    pixels = apply(invert(stage.to_canonical), outline)
    margin = 3.0 * _FEATHER * _pixels_per_unit(stage)
    height, width = stage.image.shape[:2]
    left, top = np.floor(pixels.min(axis=0) - margin).astype(int)
    right, bottom = np.ceil(pixels.max(axis=0) + margin).astype(int)
    return max(0, int(left)), max(0, int(top)), min(width, int(right)), min(height, int(bottom))


def _region(outline: Array, stage: Stage, box: Box) -> Array:
    """(h, w) opacity 0 to 1."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    sigma = _FEATHER * _pixels_per_unit(stage)
    # A wide blur is as good on a smaller picture, and several times cheaper.
    small = max(1, int(sigma / _BLUR_PX))
    size = (-(-width // small), -(-height // small))
    scale = np.array(size, np.float32) / (width, height)
    pixels = (apply(invert(stage.to_canonical), outline) - np.array([left, top], np.float32) + 0.5) * scale - 0.5
    opacity = np.zeros(size[::-1], np.float32)
    cv2.fillPoly(opacity, [np.rint(pixels * 16).astype(np.int32)], 1.0, lineType=cv2.LINE_AA, shift=4)
    soft = cv2.GaussianBlur(opacity, (0, 0), sigma / small)
    return np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _pixels_per_unit(stage: Stage) -> float:
    return float(1.0 / np.hypot(stage.to_canonical[0, 0], stage.to_canonical[1, 0]))
