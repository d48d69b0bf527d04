"""Poor light: too little, too much, on one side, or not steady."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from countenance.media.read import FPS
from countenance.stock.defects.clip import Faulty, Original, Picture, seen

_GAMMA = 2.2
_STEP_S = 2.0
_HALF_SHADE = 0.12  # of the face's width: how softly the shaded half begins
_BEAT_HZ = 5.0  # light at 120 Hz seen 25 times a second
_BANDS = 2.4  # per height of the picture


def dark(original: Original, stops: float) -> Faulty:
    """Less light, by so many stops."""
    return _graded(original, _exposure(-stops))


def underexposed(original: Original, gamma: float) -> Faulty:
    """The middle tones pulled down by an exponent; white stays white."""
    return _graded(original, np.linspace(0, 1, 256) ** gamma)


def overexposed(original: Original, stops: float) -> Faulty:
    """More light, by so many stops; what is beyond white is lost."""
    return _graded(original, _exposure(stops))


def low_contrast(original: Original, percent: float) -> Faulty:
    """A haze, as of a greasy lens, over so much of the range between black and white."""
    haze = percent / 100
    return _graded(original, np.linspace(0, 1, 256) * (1 - haze) + 0.65 * haze)


def uneven_light(original: Original, stops: float) -> Faulty:
    """Half of the face in the shade, as beside a window."""
    columns = np.arange(original.width)

    def shaded(picture: Picture, number: int) -> Picture:
        points = original.points[number]
        nose, width = float(points[1, 0]), float(np.ptp(points[:, 0]))
        lit = 1 / (1 + np.exp((nose - columns) / (_HALF_SHADE * width)))
        return _lit(picture, np.power(2.0, -stops * (1 - lit))[None, :])

    return _changed(original, shaded)


def light_steps(original: Original, stops: float) -> Faulty:
    """A lamp that goes off and on every two seconds."""
    return _changed(
        original, lambda picture, number: _lit(picture, 2.0 ** (-stops * (int(number / FPS / _STEP_S) % 2)))
    )


def flicker(original: Original, percent: float) -> Faulty:
    """The brightness of the whole picture swings five times a second; the amplitude in percent."""
    return _changed(
        original,
        lambda picture, number: cv2.convertScaleAbs(
            picture, alpha=1 + percent / 100 * np.sin(2 * np.pi * _BEAT_HZ * number / FPS + 0.3)
        ),
    )


def banding(original: Original, percent: float) -> Faulty:
    """Bands of mains flicker that wander over the picture of a rolling shutter; the amplitude in percent."""
    rows = np.arange(original.height) / original.height * _BANDS

    def banded(picture: Picture, number: int) -> Picture:
        wave = 1 + percent / 100 * np.sin(2 * np.pi * (rows + _BEAT_HZ * number / FPS * 0.9))
        return _scaled(picture, wave[:, None])

    return _changed(original, banded)


def _changed(original: Original, change: Callable[[Picture, int], object]) -> Faulty:
    return seen(original, (np.asarray(change(p, i), np.uint8) for i, p in enumerate(original.pictures)))


def _graded(original: Original, curve: NDArray[np.float64]) -> Faulty:
    """`curve` (256,): what becomes of each value, 0 to 1."""
    table = np.round(255 * np.clip(curve, 0, 1)).astype(np.uint8)
    return _changed(original, lambda picture, _: cv2.LUT(picture, table))


def _exposure(stops: float) -> NDArray[np.float64]:
    return np.asarray(np.linspace(0, 1, 256) * 2.0 ** (stops / _GAMMA), np.float64)


def _lit(picture: Picture, light: NDArray[np.float64] | float) -> Picture:
    """`light` is linear and broadcasts to (height, width)."""
    return _scaled(picture, np.power(light, 1 / _GAMMA))


def _scaled(picture: Picture, factor: NDArray[np.float64] | float) -> Picture:
    whole = np.broadcast_to(np.asarray(factor, np.float32), picture.shape[:2])
    return np.asarray(cv2.multiply(picture, cv2.merge([whole] * 3), dtype=cv2.CV_8U), np.uint8)
