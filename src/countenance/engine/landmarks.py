"""Which points of the face mesh mean what to the engine (numbering of MediaPipe's canonical face model)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.intp]


def _indices(*numbers: int) -> Indices:
    return np.array(numbers, dtype=np.intp)


STABLE = _indices(33, 133, 362, 263, 168, 6, 197, 195, 127, 356, 98, 327)
"""Points that speech does not move: eye corners, bridge and wings of the nose, temples."""

EYE_CORNERS = (33, 263)
"""Outer eye corners; their distance is the unit of canonical coordinates."""

LIPS_OUTER = _indices(61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
LIPS_INNER = _indices(78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191)
"""Both run once around the mouth, from the corner at the picture's left along the lower lip."""

CHIN = _indices(18, 200, 199, 175, 32, 262, 194, 418, 43, 273)
JAW = _indices(58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288)
"""The face's lower outline, from the picture's left to its right."""

MOUTH = np.concatenate([LIPS_OUTER, LIPS_INNER, CHIN, JAW])
"""All that speech moves: the points that the engine predicts and warps."""
LIP_COUNT = len(LIPS_OUTER) + len(LIPS_INNER)
"""The first of `MOUTH` are the lips."""

RING = _indices(2, 98, 327, 164, 50, 280, 205, 425, 187, 411, 132, 361, 93, 323, 215, 435, 5, 123, 352)
"""Nose, upper lip root and cheeks: where the new mouth must meet the playing picture."""

INNER_GAPS = ((13, 14), (82, 87), (312, 317))
"""Pairs of upper and lower inner lip whose mean distance is the lip gap."""

MASK_TOP = _indices(187, 205, 98, 2, 327, 425, 411)
"""The upper border of the region that is replaced, from the picture's left to its right."""
