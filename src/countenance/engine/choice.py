"""The mouths that are shown: for each frame a filmed one, and the shape into which it is bent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countenance.engine.landmarks import RING
from countenance.engine.replica import Replica
from countenance.engine.retrieve import retrieve
from countenance.engine.speak import MouthPath

Array = NDArray[np.float32]

_BENDING = 0.5
"""How far a filmed mouth is bent from its own shape towards the predicted one. Half way measures best: a real shape
corrects the prediction's noise, and the prediction the coarseness of what was filmed."""


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """What is shown in T frames."""

    shapes: Array
    """(T, M, 2) canonical places of `landmarks.MOUTH`"""
    rows: list[list[tuple[int, float]]]
    """for each frame, rows of the atlas and their weights"""


def choose(replica: Replica, path: MouthPath, pose: Array) -> Choice:
    """The best mouths for a path of T frames on heads at `pose` (T, 3) degrees; any mouth where the pose is NaN."""
    known = np.isfinite(pose[:, 0])
    rows = np.zeros(len(pose), np.intp)
    rows[known] = retrieve(replica.atlas, path.code[known], path.gap[known], pose[known])
    predicted = replica.basis.shape(path.code, pose)
    # The filmed shape as it would be with the head of the playing picture.
    turned = np.tensordot(pose - replica.atlas.pose[rows], replica.basis.pose_response, axes=1)
    filmed = replica.atlas.control[rows][:, len(RING) :] + turned
    shapes = filmed + _BENDING * (predicted - filmed)
    return Choice(np.asarray(shapes, np.float32), [[(int(row), 1.0)] for row in rows])
