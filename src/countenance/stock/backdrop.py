"""The room behind the person: out of focus, so painted as shapes and blurred by a lens's disc."""

from __future__ import annotations

import cv2
import numpy as np

from countenance.stock.mesh import Array


def room(width: int, height: int, seed: int) -> Array:
    """A linear-light picture (height, width, 3), first row at the bottom, of a warm room with shelves and lamps."""
    rng = np.random.default_rng(seed + 7)
    w, h = 640, round(640 * height / width)
    y, x = np.mgrid[0:h, 0:w].astype(np.float32) / w
    wall = np.array([0.150, 0.130, 0.108]) * (1.35 - 0.55 * x - 0.15 * y)[..., None]
    picture = wall.astype(np.float32)
    _shelves(picture, rng)
    _window(picture)
    _plant(picture, rng)
    _lamps(picture)
    blurred = _lens(picture, 0.026 * w)[12:-12, 16:-16]  # what lies beyond the border is not known to the lens
    return np.ascontiguousarray(cv2.resize(blurred, (width, height))[::-1])


def _shelves(picture: Array, rng: np.random.Generator) -> None:
    h, w = picture.shape[:2]
    for row in range(4):
        top = int(h * (0.06 + 0.24 * row))
        x = int(w * 0.63)
        while x < w:
            wide, tall = int(rng.integers(6, 17)), int(h * rng.uniform(0.12, 0.19))
            tone = np.array(
                [(0.16, 0.05, 0.035), (0.05, 0.085, 0.10), (0.20, 0.17, 0.12), (0.06, 0.05, 0.045), (0.12, 0.10, 0.05)][
                    int(rng.integers(5))
                ]
            )
            if rng.random() < 0.86:
                picture[top + int(h * 0.2) - tall : top + int(h * 0.2), x : x + wide - 1] = tone * rng.uniform(0.5, 1.1)
            x += wide
        picture[top + int(h * 0.2) : top + int(h * 0.225), int(w * 0.62) :] = (0.11, 0.07, 0.045)


def _window(picture: Array) -> None:
    h, w = picture.shape[:2]
    for left in (-0.04, 0.085):
        picture[int(0.02 * h) : int(0.70 * h), max(0, int(left * w)) : int((left + 0.105) * w)] = (0.78, 0.86, 0.96)
    picture[int(0.34 * h) : int(0.36 * h), : int(0.19 * w)] = (0.2, 0.2, 0.2)


def _plant(picture: Array, rng: np.random.Generator) -> None:
    h, w = picture.shape[:2]
    for _ in range(70):
        centre = (int(w * rng.normal(0.27, 0.035)), int(h * rng.normal(0.62, 0.12)))
        axes = (int(rng.integers(5, 13)), int(rng.integers(2, 5)))
        tone = np.array([0.035, 0.085, 0.03]) * rng.uniform(0.5, 1.9)
        cv2.ellipse(picture, centre, axes, float(rng.uniform(0, 180)), 0, 360, tuple(map(float, tone)), -1)
    picture[int(0.78 * h) : int(0.95 * h), int(0.245 * w) : int(0.30 * w)] = (0.20, 0.12, 0.08)


def _lamps(picture: Array) -> None:
    h, w = picture.shape[:2]
    cv2.ellipse(picture, (int(0.875 * w), int(0.24 * h)), (15, 12), 0, 0, 360, (2.2, 1.45, 0.75), -1)
    for x, y, size in ((0.70, 0.20, 2), (0.735, 0.47, 2), (0.79, 0.66, 2), (0.93, 0.55, 2), (0.68, 0.70, 2)):
        cv2.circle(picture, (int(x * w), int(y * h)), size, (5.0, 3.4, 1.9), -1)


def _lens(picture: Array, radius: float) -> Array:
    r = int(np.ceil(radius))
    y, x = np.mgrid[-r : r + 1, -r : r + 1]
    disc = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1).astype(np.float32)
    disc *= 0.9 + 0.25 * (np.hypot(x, y) / radius) ** 4  # a slight rim, as real lenses give
    blurred = cv2.filter2D(picture, -1, disc / disc.sum(), borderType=cv2.BORDER_REFLECT)
    return cv2.GaussianBlur(blurred, (0, 0), radius * 0.16).astype(np.float32)
