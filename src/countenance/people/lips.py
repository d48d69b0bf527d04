"""How far a mouth is open, seen by the face mesh."""

from __future__ import annotations

import numpy as np

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
