"""A made-up face for tests: a picture with landmarks, and an atlas of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from countenance.engine.align import apply, chain, invert
from countenance.engine.atlas import CONTROL, Atlas, cut_patch
from countenance.engine.landmarks import (
    CHIN,
    EYE_CORNERS,
    JAW,
    LIPS_INNER,
    LIPS_OUTER,
    MASK_TOP,
    MOUTH,
    RING,
)

Array = NDArray[np.float32]
Picture = NDArray[np.uint8]

UNIT_PX = 100.0
TO_CANONICAL = np.array([[1 / UNIT_PX, 0, -1.5], [0, 1 / UNIT_PX, -1.0]], np.float32)
"""Eyes at (100, 100) and (200, 100) of a picture of 300 x 340."""


def canonical_points() -> Array:
    """(468, 2) mouth, chin and jaw on ellipses around (0, 0.85), the rest somewhere on the upper face."""
    rng = np.random.default_rng(0)
    points = rng.uniform((-0.6, -0.3), (0.6, 0.3), (468, 2)).astype(np.float32)
    points[EYE_CORNERS[0]], points[EYE_CORNERS[1]] = (-0.5, 0.0), (0.5, 0.0)
    points[RING] = np.stack([np.linspace(-0.6, 0.6, len(RING)), rng.uniform(0.35, 0.5, len(RING))], 1)
    for loop, size in ((LIPS_OUTER, (0.28, 0.12)), (LIPS_INNER, (0.2, 0.03))):
        turn = np.pi - 2 * np.pi * np.arange(len(loop)) / len(loop)
        points[loop] = (0, 0.85) + np.stack([np.cos(turn), np.sin(turn)], 1) * size
    points[CHIN] = np.stack([np.linspace(-0.2, 0.2, len(CHIN)), np.full(len(CHIN), 1.1)], 1)
    turn = np.linspace(np.pi, 0, len(JAW))
    points[JAW] = (0, 0.7) + np.stack([0.6 * np.cos(turn), 0.65 * np.sin(turn)], 1)
    points[MASK_TOP] = np.stack([np.linspace(-0.45, 0.45, len(MASK_TOP)), np.full(len(MASK_TOP), 0.6)], 1)
    return points.astype(np.float32)


def picture(brightness: float = 0.0) -> Picture:
    """(340, 300, 3) smooth skin with a dark mouth line and fine texture."""
    y, x = np.mgrid[0:340, 0:300].astype(np.float32)
    skin = 150 + 30 * np.sin(x / 60) + 20 * np.cos(y / 50) + 4 * np.sin(x * 1.3) * np.sin(y * 1.1)
    mouth = 60 * np.exp(-(((x - 150) / 25) ** 2) - ((y - 185) / 6) ** 2)
    grey = np.clip(skin - mouth + brightness, 0, 255).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)


def control() -> Array:
    """(C, 2) canonical places of the control points."""
    return np.asarray(canonical_points()[CONTROL], np.float32)


def mouth() -> Array:
    """(M, 2) canonical places of the mouth's points."""
    return np.asarray(canonical_points()[MOUTH], np.float32)


def atlas(rows: int = 1, brightness: float = 0.0) -> Atlas:
    """An atlas whose mouths are all cut from `picture`."""
    points = apply(invert(TO_CANONICAL), canonical_points())
    patch = cut_patch(picture(brightness), points)
    return Atlas(
        frame=np.arange(rows, dtype=np.int32),
        code=np.zeros((rows, 12), np.float32),
        gap=np.linspace(0, 0.1, rows, dtype=np.float32),
        pose=np.zeros((rows, 3), np.float32),
        control=np.repeat(control()[None], rows, axis=0),
        from_canonical=np.repeat(chain(patch.from_frame, invert(TO_CANONICAL))[None], rows, axis=0),
        jpegs=[patch.jpeg] * rows,
    )
