"""How far a mouth is open, seen by the face mesh."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countenance.people.face import FaceMesh

_INNER_GAPS = ((13, 14), (82, 87), (312, 317))
"""Pairs of upper and lower inner lip (numbering of MediaPipe's canonical face model)."""
_EYE_CORNERS = (33, 263)


def lip_gap(mesh: FaceMesh) -> float:
    """Mean distance of the inner lips as a share of the distance of the outer eye corners: 0 is shut, 0.3 wide open.

    Both distances are taken in space, so that a turned head changes them little.
    """
    upper, lower = (mesh.points[[pair[side] for pair in _INNER_GAPS]] for side in (0, 1))
    right, left = mesh.points[list(_EYE_CORNERS)]
    return float(np.linalg.norm(upper - lower, axis=1).mean() / max(float(np.linalg.norm(right - left)), 1e-6))


@dataclass(frozen=True, slots=True, eq=False)
class LipTrack:
    """The opening of one mouth through a recording, on the clock of its first picture."""

    rate_hz: float
    gap: NDArray[np.float32]
    """(T,) `lip_gap` at i / rate_hz; NaN where the mouth was not seen"""
