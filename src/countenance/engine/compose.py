"""Put a bent mouth into the playing picture: soft region of lips and chin, colours met at its border."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from countenance.engine.align import apply, invert
from countenance.engine.atlas import CONTROL, Atlas
from countenance.engine.landmarks import JAW, LIP_COUNT, MASK_TOP, MOUTH, RING
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
_LIGHT_STEPS = 40
_LIGHT_SIGMA = 4.0
_LIGHT_RANGE = 24.0
_KNOWN = 0.5
_LIGHT_MEMORY = 0.6
_LOWER_JAW = slice(2, 13)

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


class Compositor:
    """Puts one mouth after another into one picture after another; remembers the light from frame to frame."""

    def __init__(self, atlas: Atlas) -> None:
        self._atlas = atlas
        self._light: Array | None = None

    def paint(self, stage: Stage, mouth: Array, rows: list[tuple[int, float]]) -> Picture:
        """The picture, itself untouched, with the mouth in the shape `mouth` (M, 2), canonical.

        `rows` are filmed mouths and their weights (which sum to 1); each is bent to the same shape, so that two of
        them fade into each other without a double image.
        """
        wanted = np.concatenate([stage.control[: len(RING)], mouth])
        outline = _outline(stage.control, wanted)
        box = _box_around(outline, stage)
        left, top, right, bottom = box
        if right - left < 2 or bottom - top < 2:
            return stage.image
        below = stage.image[top:bottom, left:right].astype(np.float32)
        bent = self._bend(stage, wanted, rows, box)
        region = _region(outline, stage, box)
        painted = stage.image.copy()
        met = bent + self._light_between(below, bent, region)
        mixed = below + region[..., None] * (met - below)
        painted[top:bottom, left:right] = np.clip(np.rint(mixed), 0, 255).astype(np.uint8)
        return painted

    def _bend(self, stage: Stage, wanted: Array, rows: list[tuple[int, float]], box: Box) -> Array:
        left, top, right, bottom = box
        places = apply(stage.to_canonical, grid(box, _WARP_STEPS))
        frame = _fixed_frame(wanted)
        total = np.zeros((bottom - top, right - left, 3), np.float32)
        for row, weight in rows:
            source = np.concatenate([self._atlas.control[row], frame])
            coarse = apply(self._atlas.from_canonical[row], spline(np.concatenate([wanted, frame]), source, places))
            across, down = dense(coarse, (bottom - top, right - left))
            patch = self._atlas.patch(row)
            shown = cv2.remap(patch, across, down, cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REPLICATE)
            total += weight * shown.astype(np.float32)
        return total

    def _light_between(self, below: Array, bent: Array, region: Array) -> Array:
        """(h, w, 3) smooth difference that makes the bent picture meet the playing one around the region.

        The difference is known where the region is not fully opaque; what is common to all of it is taken as it is,
        and the rest is spread inwards from there.
        """
        height, width = region.shape
        size = (min(_LIGHT_STEPS, width), min(_LIGHT_STEPS, height))
        difference = cv2.resize(below - bent, size, interpolation=cv2.INTER_AREA)
        outside = cv2.resize(1.0 - region, size, interpolation=cv2.INTER_AREA)[..., None]
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


def _outline(filmed: Array, wanted: Array) -> Array:
    """(n, 2) canonical polygon of what is replaced: from the cheeks to below both the filmed and the wanted chin."""
    centre = wanted[len(RING) : len(RING) + LIP_COUNT].mean(axis=0)
    reach = [np.linalg.norm(shape[_JAW] - centre, axis=1) for shape in (filmed, wanted)]
    further = np.where((reach[0] > reach[1])[:, None], filmed[_JAW], wanted[_JAW])
    outward = further - centre
    lower = further + _CHIN_MARGIN * outward / np.linalg.norm(outward, axis=1, keepdims=True)
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
    opacity = np.zeros((bottom - top, right - left), np.float32)
    pixels = apply(invert(stage.to_canonical), outline) - np.array([left, top], np.float32)
    cv2.fillPoly(opacity, [np.rint(pixels * 16).astype(np.int32)], 1.0, lineType=cv2.LINE_AA, shift=4)
    return np.asarray(cv2.GaussianBlur(opacity, (0, 0), _FEATHER * _pixels_per_unit(stage)), np.float32)


def _pixels_per_unit(stage: Stage) -> float:
    return float(1.0 / np.hypot(stage.to_canonical[0, 0], stage.to_canonical[1, 0]))
