"""The camera: a long lens at a metre and a half, eye height."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from countenance.stock.mesh import Array

_AIM = np.array([0.0, -0.30, 0.6])
_EYE = _AIM + np.array([0.0, 0.02, 15.0])
_NEAR, _FAR = 5.0, 30.0


@dataclass(frozen=True, slots=True)
class Camera:
    """`matrix` (4, 4) carries world points (decimetres) to clip space; `eye` is where the camera stands; `pixel` is
    the height of one rendered pixel per decimetre of distance."""

    matrix: Array
    eye: Array
    pixel: float
    width: int
    height: int

    def project(self, points: Array) -> Array:
        """Pixels (N, 2) of world points (N, 3): x to the right, y down, (0, 0) in the middle of the first pixel."""
        clip = np.concatenate([points, np.ones((len(points), 1))], 1) @ self.matrix.T
        unit = clip[:, :2] / clip[:, 3:]
        return np.stack([(unit[:, 0] + 1) / 2 * self.width - 0.5, (1 - unit[:, 1]) / 2 * self.height - 0.5], 1)


def camera(width: int, height: int, view_height: float, rendered_height: int) -> Camera:
    """A camera whose picture is `view_height` decimetres high where the face is."""
    forward = (_AIM - _EYE) / np.linalg.norm(_AIM - _EYE)
    right = np.cross(forward, [0.0, 1.0, 0.0])
    right /= np.linalg.norm(right)
    view = np.eye(4)
    view[:3, :3] = np.stack([right, np.cross(right, forward), -forward])
    view[:3, 3] = -view[:3, :3] @ _EYE
    distance = float(np.linalg.norm(_AIM - _EYE))
    focal = 2 * distance / view_height
    lens = np.zeros((4, 4))
    lens[0, 0], lens[1, 1] = focal * height / width, focal
    lens[2, 2], lens[2, 3] = -(_FAR + _NEAR) / (_FAR - _NEAR), -2 * _FAR * _NEAR / (_FAR - _NEAR)
    lens[3, 2] = -1
    return Camera(
        (lens @ view).astype(np.float32),
        _EYE.astype(np.float32),
        view_height / distance / rendered_height,
        width,
        height,
    )
