"""What changes from one picture of a recording to the next, measured on small grey pictures."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countenance.footage.timeline import Box

SMALL_PX = 128
"""Longer side of the small pictures."""
FINE_PX = 320
"""Longer side, or a little more, of the pictures that tell a repeated one from one that merely resembles it."""
_DARKEST = 8.0
_BLACK = 28  # video black is 16
_LEAST_TEXTURE = 4.0
"""Mean squared gradient, in levels per small pixel, below which a plain background cannot show a shift."""
_LARGEST_SHIFT = 3.0
"""In small pixels; the method is good for less."""
_BLOCK = 8
_STIRRED = 4.0
"""A block of the background moves where its mean change is above this many levels."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One picture against the one before; levels are of 255, after a change of brightness as a whole is taken out."""

    change: float
    """Mean difference of the whole picture in levels."""
    head_change: float
    """The same of the head and its surroundings."""
    lasting: float
    """What of `head_change` is still there between two pictures before and one after: a cut stays, a flash goes."""
    fine_change: float
    """Mean difference in levels, brightness included, near the head at `FINE_PX`: 0 for a repeated picture."""
    row_change: float
    """Mean over the rows of how much most of a row changed, in % of the picture's brightness: light that flickers, in
    bands or as a whole."""
    shift: tuple[float, float]
    """Of the background, to the right and downwards, in % of the longer side; NaN where it is too plain to tell."""


class Movement:
    """Compares each picture with those before. Holds three small pictures."""

    def __init__(self) -> None:
        self._small: deque[NDArray[np.float32]] = deque(maxlen=3)
        self._fine: NDArray[np.uint8] | None = None

    def step(self, small: NDArray[np.uint8], fine: NDArray[np.uint8], face: Box | None) -> Moved | None:
        """How the picture differs from the last one given; None for the first."""
        now = small.astype(np.float32)
        if self._fine is not None and (self._fine.shape, self._small[-1].shape) != (fine.shape, now.shape):
            # The picture's size has changed in the middle of the file: nothing can be compared across that.
            self._small.clear()
            self._fine = None
        before, fine_before = (self._small[-1] if self._small else None), self._fine
        self._small.append(now)
        self._fine = fine
        if before is None or fine_before is None:
            return None
        head = around_head(face, now.shape)
        difference = np.abs(_alike(now, before) - before)
        earliest = self._small[0]
        lasting = np.abs(_alike(now, earliest) - earliest)[head].mean() if len(self._small) == 3 else np.nan
        near = around_head(face, fine.shape)
        steps = np.abs(fine[near].astype(np.int16) - fine_before[near])
        return Moved(
            change=float(difference.mean()),
            head_change=float(difference[head].mean()),
            lasting=float(lasting),
            fine_change=float(steps.mean()),
            row_change=row_change(before, now),
            shift=background_shift(before, now, face),
        )


def around_head(face: Box | None, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """The rows and columns of a picture that hold the head; all of them without a face."""
    if face is None:
        return slice(None), slice(None)
    height, width = shape[:2]
    top, bottom = face.top - 0.4 * face.height, face.bottom + 0.3 * face.height
    left, right = face.left - 0.4 * face.width, face.right + 0.4 * face.width
    rows, columns = _within(top, bottom, height), _within(left, right, width)
    whole = slice(None), slice(None)
    return (rows, columns) if rows.stop > rows.start and columns.stop > columns.start else whole


def _within(low: float, high: float, size: int) -> slice:
    return slice(max(0, int(low * size)), min(size, int(np.ceil(high * size))))


def _alike(picture: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """The picture as bright as the other."""
    gain = max(float(other.mean()), _DARKEST) / max(float(picture.mean()), _DARKEST)
    return picture * np.float32(gain)


def background_mask(face: Box | None, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """(H, W): where the person with this face is not: beside and above, shoulders and hair allowed for."""
    height, width = shape[:2]
    mask = np.ones((height, width), np.bool_)
    if face is None:
        return mask
    mask[
        _within(face.top - 0.6 * face.height, 1.0, height),
        _within(face.left - face.width, face.right + face.width, width),
    ] = False
    mask[
        _within(face.bottom, 1.0, height), _within(face.left - 2.2 * face.width, face.right + 2.2 * face.width, width)
    ] = False
    return mask


def background_shift(before: NDArray[np.float32], now: NDArray[np.float32], face: Box | None) -> tuple[float, float]:
    """How far the background moved to the right and downwards, in % of the longer side (Lucas and Kanade 1981).

    NaN where it is too plain in some direction, or where it moved further than the method can follow.
    """
    mask = background_mask(face, now.shape)[1:-1, 1:-1]
    middle = (before + _alike(now, before)) / 2
    across = ((middle[1:-1, 2:] - middle[1:-1, :-2]) / 2)[mask]
    down = ((middle[2:, 1:-1] - middle[:-2, 1:-1]) / 2)[mask]
    passed = (before - _alike(now, before))[1:-1, 1:-1][mask]
    if len(passed) < _BLOCK * _BLOCK:
        return np.nan, np.nan
    # Pixels that change without an edge there, or far more than the rest, move on their own.
    steady = np.abs(passed) <= np.float32(3) * np.median(np.abs(passed)) + np.float32(1)
    across, down, passed = across[steady], down[steady], passed[steady]
    products = np.array([[across @ across, across @ down], [across @ down, down @ down]], np.float64)
    if np.linalg.eigvalsh(products)[0] < _LEAST_TEXTURE * len(passed):
        return np.nan, np.nan
    x, y = np.linalg.solve(products, np.array([across @ passed, down @ passed], np.float64))
    if max(abs(x), abs(y)) > _LARGEST_SHIFT:
        return np.nan, np.nan
    share = 100.0 / max(now.shape)
    return float(x) * share, float(y) * share


def row_change(before: NDArray[np.float32], now: NDArray[np.float32]) -> float:
    """Mean over the rows of how much the median pixel of a row changed, in % of the picture's brightness."""
    medians = np.abs(np.median(now - before, axis=1))
    return 100.0 * float(medians.mean()) / max(float(before.mean()), _DARKEST)


def contrast(small: NDArray[np.uint8]) -> float:
    """From the darkest to the lightest fiftieth, 0 to 255."""
    low, high = np.percentile(small, (2, 98))
    return float(high - low)


def black_bars(small: NDArray[np.uint8]) -> float:
    """Share of the picture, in %, in black rows above and below or black columns on both sides; 0 if all is black."""
    best = 0.0
    for lines in (small.max(axis=1), small.max(axis=0)):
        lit = np.flatnonzero(lines > _BLACK)
        if lit.size:
            first, last = int(lit[0]), len(lines) - 1 - int(lit[-1])
            if min(first, last) > 0:
                best = max(best, 100.0 * (first + last) / len(lines))
    return best


def background_stir(before: NDArray[np.uint8], now: NDArray[np.uint8], face: Box | None) -> float:
    """Share of the background, in %, that differs between two small pictures."""
    one, two = before.astype(np.float32), now.astype(np.float32)
    difference = np.abs(_alike(two, one) - one)
    mask = background_mask(face, now.shape)
    height, width = (size // _BLOCK * _BLOCK for size in now.shape)
    blocks = difference[:height, :width].reshape(height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK).mean(axis=(1, 3))
    inside = mask[:height, :width].reshape(height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK).all(axis=(1, 3))
    count = int(inside.sum())
    return 100.0 * float((blocks[inside] > _STIRRED).sum()) / count if count >= 4 else 0.0
