"""Where the person is in the picture, and a camera that does not stand still."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from countenance.media.read import FPS
from countenance.stock.defects.clip import Faulty, Original, Picture, seen

Matrix = NDArray[np.float64]
"""(2, 3): carries points of the good picture to those of the faulty one."""

_TOP, _CHIN = 10, 152  # points of the mesh
_HAIR = 0.42  # of the face's height: from the top of the mesh to the top of the hair
_SHAKE_S = 0.06
_ZOOM_PERIOD_S = 5.0


def far(original: Original, percent: float) -> Faulty:
    """The person so far away that all is this part of its size."""
    return _still(original, _scaled(original, percent / 100))


def near(original: Original, percent: float) -> Faulty:
    """So near that all is this part of its size, and the picture's edges cut."""
    return _still(original, _scaled(original, percent / 100))


def off_centre(original: Original, percent: float) -> Faulty:
    """The middle of the face is this part of the picture's width beside the middle."""
    return _still(original, _moved(original.width * (0.5 + percent / 100) - _middle(original)[0], 0.0))


def head_cut(original: Original, percent: float) -> Faulty:
    """This part of the face (brow to chin) is above the upper edge, besides the hair."""
    top, chin = _heights(original)
    return _still(original, _moved(0.0, -top - percent / 100 * (chin - top)))


def headroom(original: Original, percent: float) -> Faulty:
    """The top of the hair is this part of the picture's height below the upper edge."""
    top, chin = _heights(original)
    hair = top - _HAIR * (chin - top)
    return _still(original, _moved(0.0, original.height * percent / 100 - hair))


def tilted(original: Original, degrees: float) -> Faulty:
    """The picture is turned about the face."""
    return _still(original, _turned(original, degrees))


def rotated(original: Original, degrees: float) -> Faulty:
    """The recording lies on its side or is upside down: a multiple of 90 degrees."""
    return seen(original, (np.ascontiguousarray(np.rot90(p, round(degrees / 90))) for p in original.pictures))


def letterbox(original: Original, percent: float) -> Faulty:
    """Black bars above and below, each this part of the picture's height."""
    bar = round(original.height * percent / 100)

    def barred(picture: Picture) -> Picture:
        framed = np.zeros_like(picture)
        framed[bar : original.height - bar] = picture[bar : original.height - bar]
        return framed

    return seen(original, (barred(picture) for picture in original.pictures))


def shake(original: Original, percent: float) -> Faulty:
    """A camera in the hand: it sways by this part of the picture's height (standard deviation of either direction)."""
    rng = np.random.default_rng(2)
    way = gaussian_filter1d(rng.normal(size=(len(original.pictures), 2)), _SHAKE_S * FPS, axis=0, mode="wrap")
    way *= percent / 100 * original.height / way.std()
    # Near enough that the edges of what was filmed stay outside.
    grow = 1 + 2 * np.abs(way).max() / min(original.height, original.width)
    near_by = _scaled(original, float(grow), middle=(original.width / 2, original.height / 2))
    return _moving(original, lambda number: near_by + np.array([[0, 0, way[number, 0]], [0, 0, way[number, 1]]]))


def zoom(original: Original, percent: float) -> Faulty:
    """The person comes nearer and goes away by this part of the size, back and forth within five seconds."""
    swing = percent / 100

    def matrix(number: int) -> Matrix:
        return _scaled(original, float((1 + swing) ** np.sin(2 * np.pi * number / FPS / _ZOOM_PERIOD_S)))

    return _moving(original, matrix)


def pan(original: Original, percent: float) -> Faulty:
    """The camera swings sideways by this part of the picture's width, there and back within five seconds."""
    reach = original.width * percent / 100
    return _moving(
        original, lambda number: _moved(reach * float(np.sin(2 * np.pi * number / FPS / _ZOOM_PERIOD_S)), 0.0)
    )


def reframed(original: Original, percent: float) -> Faulty:
    """From the middle on, all is larger by this part, as after a cut to another lens."""
    nearer = _scaled(original, 1 + percent / 100)
    late = len(original.pictures) // 2
    plain = _moved(0.0, 0.0)
    return _moving(original, lambda number: nearer if number >= late else plain)


def leaves(original: Original, seconds: float) -> Faulty:
    """The person goes out of the picture to the side, is away for so long, and comes back."""
    walk_s = 0.5
    middle_s = original.seconds / 2
    outside = original.width + original.face_px

    def matrix(number: int) -> Matrix:
        beyond = abs(number / FPS - middle_s) - seconds / 2
        return _moved(outside * float(np.clip(1 - beyond / walk_s, 0, 1)), 0.0)

    return _moving(original, matrix)


def placed(picture: Picture, matrix: Matrix) -> Picture:
    """The picture moved by `matrix`; what was not filmed is the nearest that was, softened."""
    height, width = picture.shape[:2]
    size = (width, height)
    inside = cv2.warpAffine(np.full((height, width), 255, np.uint8), matrix, size)
    moved = cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if inside.min() == 255:
        return np.asarray(moved, np.uint8)
    little = cv2.resize(moved, (width // 8, height // 8), interpolation=cv2.INTER_AREA)
    soft = cv2.resize(cv2.GaussianBlur(little, (0, 0), height / 160), size, interpolation=cv2.INTER_LINEAR)
    margin = max(3, height // 60) | 1
    share = cv2.blur(cv2.erode(inside, np.ones((margin, margin), np.uint8), borderValue=255), (margin, margin))
    return np.asarray(cv2.blendLinear(moved, soft, share / np.float32(255), 1 - share / np.float32(255)), np.uint8)


def _still(original: Original, matrix: Matrix) -> Faulty:
    return _moving(original, lambda _: matrix)


def _moving(original: Original, matrix: Callable[[int], Matrix]) -> Faulty:
    return seen(original, (placed(picture, matrix(number)) for number, picture in enumerate(original.pictures)))


def _moved(right: float, down: float) -> Matrix:
    return np.array([[1.0, 0.0, right], [0.0, 1.0, down]])


def _scaled(original: Original, scale: float, middle: tuple[float, float] | None = None) -> Matrix:
    x, y = _middle(original) if middle is None else middle
    return np.array([[scale, 0.0, x * (1 - scale)], [0.0, scale, y * (1 - scale)]])


def _turned(original: Original, degrees: float) -> Matrix:
    return np.asarray(cv2.getRotationMatrix2D(_middle(original), -degrees, 1.0), np.float64)


def _middle(original: Original) -> tuple[float, float]:
    low, high = original.points.min(axis=1), original.points.max(axis=1)
    x, y = np.median((low + high) / 2, axis=0)
    return float(x), float(y)


def _heights(original: Original) -> tuple[float, float]:
    """Of the top of the forehead and of the chin, in pixels from the upper edge."""
    return float(np.median(original.points[:, _TOP, 1])), float(np.median(original.points[:, _CHIN, 1]))
