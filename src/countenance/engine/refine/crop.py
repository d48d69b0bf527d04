"""What the net is given: a small upright picture of the lower face, and what is wanted of the mouth, in numbers."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from countenance.engine.align import chain

Array = NDArray[np.float32]
Picture = NDArray[np.uint8]

REACH = 0.8
"""Half the side of the crop, in eye distances: all that a mouth put into a picture may touch."""
_SHAPE_COMPONENTS = 12
_LEAST_SPREAD = 1e-3
"""Of a component, in eye distances: below it is noise, which is not blown up to look like a movement."""


@dataclass(frozen=True, slots=True)
class Crop:
    """A square that stands still in canonical coordinates."""

    side: int
    """pixels"""
    centre: Array
    """(2,) canonical"""

    @property
    def to_canonical(self) -> Array:
        """(2, 3) from pixels of the crop."""
        step = 2.0 * REACH / self.side
        first = self.centre - step * (self.side - 1) / 2.0
        return np.array([[step, 0.0, first[0]], [0.0, step, first[1]]], np.float32)

    def cut(self, picture: Picture, from_canonical: Array, border: int = cv2.BORDER_REPLICATE) -> Picture:
        """(side, side, ...) of a picture that `from_canonical` (2, 3) leads into; beyond its edge is `border`."""
        into = chain(from_canonical, self.to_canonical)
        step = float(np.hypot(into[0, 0], into[1, 0]))
        if step > 1.0:
            # Averaged first, so that what is finer than the crop's pixels does not show up as a pattern.
            size = [max(1, round(length / step)) for length in picture.shape[1::-1]]
            scale = np.array(size, np.float32) / picture.shape[1::-1]
            picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
            shrink = np.array([[scale[0], 0, scale[0] / 2 - 0.5], [0, scale[1], scale[1] / 2 - 0.5]], np.float32)
            into = chain(shrink, into)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        shown = cv2.warpAffine(picture, into, (self.side, self.side), flags=flags, borderMode=border)
        return np.asarray(shown, np.uint8)


@dataclass(frozen=True, slots=True)
class Wishes:
    """Turns the wanted and the filmed shape of a mouth into numbers of about unit size."""

    mean: Array
    """(M * 2,) canonical"""
    components: Array
    """(K, M * 2)"""

    def of(self, wanted: Array, filmed: Array) -> Array:
        """(n, 2 K) for shapes (n, M, 2): what is wanted, and how much the filmed mouth had to be bent for it."""
        flat = [shape.reshape(len(shape), -1) for shape in (wanted, filmed)]
        parts = [(flat[0] - self.mean) @ self.components.T, (flat[0] - flat[1]) @ self.components.T]
        return np.asarray(np.concatenate(parts, axis=1), np.float32)


def fit_wishes(shapes: Array) -> Wishes:
    """The main ways in which mouths (N, M, 2) differ."""
    flat = shapes.reshape(len(shapes), -1).astype(np.float64)
    mean = flat.mean(axis=0)
    _, lengths, vectors = np.linalg.svd(flat - mean, full_matrices=False)
    count = min(_SHAPE_COMPONENTS, len(vectors))
    spread = np.maximum(lengths[:count] / np.sqrt(len(flat)), _LEAST_SPREAD)
    return Wishes(mean.astype(np.float32), (vectors[:count] / spread[:, None]).astype(np.float32))
