"""Pictures that lost detail: out of focus, smeared, noisy, or pressed into too few bits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np

from countenance.stock.defects.clip import Faulty, Original, Picture, seen, unchanged

_NOISE_FIELDS = 5


def blur(original: Original, percent: float) -> Faulty:
    """Out of focus: a Gaussian whose sigma is this part of the face's width."""
    sigma = percent / 100 * original.face_px
    return _each(original, lambda picture: cv2.GaussianBlur(picture, (0, 0), sigma))


def motion_blur(original: Original, percent: float) -> Faulty:
    """Smeared sideways by this part of the face's width, as by a slow shutter."""
    length = max(2, round(percent / 100 * original.face_px))
    return _each(original, lambda picture: cv2.blur(picture, (length, 1)))


def compression(original: Original, crf: float) -> Faulty:
    """H.264 with a constant rate factor so high that detail is lost (51 is the worst there is)."""
    return replace(unchanged(original), crf=round(crf))


def blockiness(original: Original, quality: float) -> Faulty:
    """Every picture once through JPEG of this quality (of 100): blocks of eight pixels."""

    def pressed(picture: Picture) -> object:
        _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, round(quality)])
        return cv2.imdecode(data, cv2.IMREAD_COLOR)

    return _each(original, pressed)


def noise(original: Original, sigma: float) -> Faulty:
    """A sensor's noise, different in each picture: the standard deviation of 255."""
    rng = np.random.default_rng(1)
    shape = (original.height + 32, original.width + 32, 3)
    fields = [np.round(rng.normal(0, sigma, shape)).astype(np.int16) for _ in range(_NOISE_FIELDS)]

    def noisy(picture: Picture) -> object:
        top, left = rng.integers(0, 32, 2)
        field = fields[rng.integers(0, _NOISE_FIELDS)][top:, left:][: original.height, : original.width]
        return cv2.add(picture, field, dtype=cv2.CV_8U)

    return _each(original, noisy)


def upscaled(original: Original, times: float) -> Faulty:
    """Blown up so many times from a smaller picture."""
    height, width = original.height, original.width
    small = round(width / times), round(height / times)

    def softened(picture: Picture) -> object:
        little = cv2.resize(picture, small, interpolation=cv2.INTER_AREA)
        return cv2.resize(little, (width, height), interpolation=cv2.INTER_CUBIC)

    return _each(original, softened)


def few_pixels(original: Original, lines: float) -> Faulty:
    """A recording with so many pixels on the shorter side."""
    scale = lines / min(original.height, original.width)
    small = 2 * round(original.width * scale / 2), 2 * round(original.height * scale / 2)
    return _each(original, lambda picture: cv2.resize(picture, small, interpolation=cv2.INTER_AREA))


def _each(original: Original, change: Callable[[Picture], object]) -> Faulty:
    return seen(original, (np.asarray(change(picture), np.uint8) for picture in original.pictures))
