"""Somebody or something else in the picture."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from countenance.media.read import FPS
from countenance.stock.defects.clip import Faulty, Original, Picture, seen
from countenance.stock.defects.framing import placed

_LATER_S = 1.6
"""The other one is the person's mirror image as of another moment, so that both do not move together."""
_DRIFT = 0.12  # of the picture's height, per second

Place = tuple[float, float]
"""The middle of the other face as shares of the picture's width and height."""


def beside(original: Original, percent: float) -> Faulty:
    """A second person sits on the right; the other face is this part of the width of the main one."""
    middle_x = float(np.median(original.points[:, 1, 0]))
    aside = np.array([[1.0, 0.0, original.width * 0.3 - middle_x], [0.0, 1.0, 0.0]])
    return _with_other(original, percent, lambda _: (0.78, 0.5), aside)


def behind(original: Original, percent: float) -> Faulty:
    """A face in the background, this part of the width of the main one."""
    return _with_other(original, percent, lambda _: (0.86, 0.26))


def passing(original: Original, seconds: float) -> Faulty:
    """Somebody crosses the background on the left within so many seconds; the other face is half the width."""
    middle_s = original.seconds / 2

    def place(number: int) -> Place | None:
        share = (number / FPS - middle_s) / seconds + 0.5
        return (0.08 + 0.14 * share, 0.4) if 0 <= share <= 1 else None

    return _with_other(original, 50.0, place)


def moving_background(original: Original, percent: float) -> Faulty:
    """Leaves in the wind beside the person, over this part of the picture."""
    texture = _leaves(original.height, original.width)
    free = _outside(original)
    columns = np.argsort(-np.abs(np.arange(original.width) - original.width / 2))
    area = np.cumsum(free[:, columns].mean(axis=0)) / original.width
    taken = np.zeros(original.width, np.float32)
    taken[columns[: int(np.searchsorted(area, percent / 100)) + 1]] = 1.0
    share = cv2.GaussianBlur(free * taken[None], (0, 0), original.height / 120)

    def changed(picture: Picture, number: int) -> Picture:
        way = round(number / FPS * _DRIFT * original.height)
        sway = round(original.height * 0.02 * np.sin(2 * np.pi * 0.9 * number / FPS))
        moved = np.roll(texture, (sway, way), (0, 1))
        return np.asarray(cv2.blendLinear(moved, picture, share, 1 - share), np.uint8)

    return seen(original, (changed(picture, number) for number, picture in enumerate(original.pictures)))


def _with_other(
    original: Original,
    percent: float,
    place: Callable[[int], Place | None],
    aside: NDArray[np.float64] | None = None,
) -> Faulty:
    later = round(_LATER_S * FPS)

    def joined(number: int) -> Picture:
        picture = original.pictures[number]
        picture = placed(picture, aside) if aside is not None else picture
        where = place(number)
        if where is None:
            return picture
        other = (number + later) % len(original.pictures)
        return _pasted(picture, original.pictures[other], original.points[other], percent / 100, where)

    return seen(original, (joined(number) for number in range(len(original.pictures))))


def _pasted(picture: Picture, other: Picture, points: NDArray[np.float32], scale: float, place: Place) -> Picture:
    """Head and shoulders of `other`, mirrored, scaled, the face at `place`."""
    height, width = picture.shape[:2]
    x, y = (points.min(axis=0) + points.max(axis=0)) / 2
    mirrored = np.array([[-scale, 0, place[0] * width + scale * x], [0, scale, place[1] * height - scale * y]])
    there = cv2.warpAffine(other, mirrored, (width, height), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    # Below what was filmed the body goes on.
    share = cv2.warpAffine(_figure(other, points), mirrored, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.blendLinear(there, picture, share, 1 - share), np.uint8)


def _figure(picture: Picture, points: NDArray[np.float32], grown: float = 1.0) -> NDArray[np.float32]:
    """1 on head and shoulders, 0 elsewhere, soft; (height, width)."""
    low, high = points.min(axis=0), points.max(axis=0)
    (x, y), (width, height) = (low + high) / 2, (high - low) * grown
    shape = np.zeros(picture.shape[:2], np.float32)
    head = round(width * 0.72), round(height * 0.82)
    cv2.ellipse(shape, (round(x), round(y - 0.1 * height)), head, 0, 0, 360, 1.0, -1)
    neck = (round(x - 0.3 * width), round(y)), (round(x + 0.3 * width), round(y + height))
    cv2.rectangle(shape, *neck, 1.0, -1)
    shoulders = round(width * 1.5), round(height * 2.2)
    cv2.ellipse(shape, (round(x), round(y + 3.0 * height)), shoulders, 0, 0, 360, 1.0, -1)
    return np.asarray(cv2.GaussianBlur(shape, (0, 0), width / 25), np.float32)


def _outside(original: Original) -> NDArray[np.float32]:
    """1 where the person never is."""
    person = np.zeros((original.height, original.width), np.float32)
    for number in range(0, len(original.pictures), 5):
        person = np.maximum(person, _figure(original.pictures[number], original.points[number], 1.25))
    return 1 - person


def _leaves(height: int, width: int) -> Picture:
    """Green and dark patches."""
    rng = np.random.default_rng(3)
    coarse = rng.random((height // 24 + 2, width // 24 + 2)).astype(np.float32)
    fine = rng.random((height // 8 + 2, width // 8 + 2)).astype(np.float32)
    parts = [cv2.resize(part, (width, height), interpolation=cv2.INTER_CUBIC) for part in (coarse, fine)]
    light = np.mean(parts, axis=0)
    colour = np.array([110.0, 165.0, 80.0], np.float32)
    return np.asarray(np.clip(light[..., None] * 1.6 * colour - 25, 0, 255), np.uint8)
