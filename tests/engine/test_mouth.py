"""The basis of mouth shapes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from countenance.engine.landmarks import MOUTH
from countenance.engine.mouth import COMPONENTS, fit_basis

Array = NDArray[np.float32]


def shapes(rng: np.random.Generator, frames: int = 300) -> tuple[Array, Array]:
    """Mouths of five degrees of freedom on a head that turns: shapes and poses."""
    ways = rng.normal(0, 0.05, (5, len(MOUTH), 2))
    turning = rng.normal(0, 0.002, (3, len(MOUTH), 2))
    mouth = rng.normal(0, 1, (len(MOUTH), 2)) + np.tensordot(rng.normal(size=(frames, 5)), ways, axes=1)
    pose = rng.normal(0, 6, (frames, 3))
    return (mouth + np.tensordot(pose, turning, axes=1)).astype(np.float32), pose.astype(np.float32)


def test_shapes_come_back_from_their_codes() -> None:
    seen, pose = shapes(np.random.default_rng(0))
    basis = fit_basis(seen, pose)
    code = basis.code(seen, pose)
    assert code.shape == (len(seen), COMPONENTS)
    np.testing.assert_allclose(basis.shape(code, pose), seen, atol=1e-4)


def test_a_code_does_not_depend_on_the_pose() -> None:
    seen, pose = shapes(np.random.default_rng(1))
    basis = fit_basis(seen, pose)
    turned = basis.shape(basis.code(seen, pose), pose + np.array([10, -5, 3], np.float32))
    back = basis.code(turned, pose + np.array([10, -5, 3], np.float32))
    np.testing.assert_allclose(back, basis.code(seen, pose), atol=1e-4)


def test_distances_of_codes_are_distances_of_shapes() -> None:
    seen, pose = shapes(np.random.default_rng(2))
    basis = fit_basis(seen, pose)
    lips_moved = np.zeros(COMPONENTS, np.float32)
    lips_moved[0] = 0.1
    moved = basis.shape(lips_moved[None], basis.pose_mean[None]) - basis.mean
    distance = np.linalg.norm(moved[0, :40], axis=1)
    assert 0.02 < np.sqrt((distance**2).mean()) < 0.2
