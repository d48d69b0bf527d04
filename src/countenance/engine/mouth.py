"""The shapes a person's mouth takes: a small basis, free of head pose.

A shape is the canonical places of `landmarks.MOUTH`. Turning the head moves them as well; that part is linear in the
angles for the small turns of somebody who faces a camera, and is taken out before the basis is found.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countenance.engine.landmarks import LIP_COUNT, MOUTH

Array = NDArray[np.float32]

COMPONENTS = 12
_POSE_RIDGE = 0.1  # in squared degrees per frame: keeps a head that never turned from explaining noise
_REST_OF_MOUTH_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class MouthBasis:
    """mean + pose response + components: shapes (T, M, 2) from codes (T, 12) and poses (T, 3) in degrees."""

    mean: Array
    """(M, 2)"""
    pose_mean: Array
    """(3,) degrees"""
    pose_response: Array
    """(3, M, 2) canonical units per degree"""
    components: Array
    """(12, M, 2); codes are in canonical units, so a distance of codes is a distance of shapes"""

    def shape(self, code: Array, pose: Array) -> Array:
        """(T, M, 2) canonical places of the mouth's points."""
        turned = np.tensordot(pose - self.pose_mean, self.pose_response, axes=1)
        return np.asarray(self.mean + turned + np.tensordot(code, self.components, axes=1), np.float32)

    def code(self, shape: Array, pose: Array) -> Array:
        """(T, 12) the codes of shapes (T, M, 2), by projection."""
        turned = np.tensordot(pose - self.pose_mean, self.pose_response, axes=1)
        weighted = self.components.reshape(len(self.components), -1) * _weights().ravel()
        residual = (shape - self.mean - turned).reshape(len(shape), -1)
        return np.asarray(residual @ weighted.T, np.float32)


def fit_basis(shapes: Array, pose: Array) -> MouthBasis:
    """The basis of shapes (T, M, 2) seen at poses (T, 3). At least `COMPONENTS` frames are needed."""
    mean, pose_mean = shapes.mean(axis=0), pose.mean(axis=0)
    flat, angles = (shapes - mean).reshape(len(shapes), -1).astype(np.float64), (pose - pose_mean).astype(np.float64)
    gram = angles.T @ angles + _POSE_RIDGE * len(angles) * np.eye(3)
    response = np.linalg.solve(gram, angles.T @ flat)
    root = np.sqrt(_weights().ravel())
    _, _, vectors = np.linalg.svd((flat - angles @ response) * root, full_matrices=False)
    components = (vectors[:COMPONENTS] / root).reshape(-1, *mean.shape)
    return MouthBasis(
        mean.astype(np.float32),
        pose_mean.astype(np.float32),
        response.reshape(3, *mean.shape).astype(np.float32),
        components.astype(np.float32),
    )


def _weights() -> Array:
    """(M, 2) share of each coordinate in a shape's distance; they sum to 1 per unit of displacement of all points."""
    weights = np.full((len(MOUTH), 2), _REST_OF_MOUTH_WEIGHT, np.float32)
    weights[:LIP_COUNT] = 1.0
    return np.asarray(weights / weights[:, 0].sum(), np.float32)
