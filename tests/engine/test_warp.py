"""Thin-plate splines and their grid."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from countenance.engine.warp import dense, grid, spline


@settings(deadline=None)
@given(seed=st.integers(0, 1000), shift=st.floats(-1, 1), scale=st.floats(0.5, 2))
def test_an_affine_movement_is_followed_everywhere(seed: int, shift: float, scale: float) -> None:
    rng = np.random.default_rng(seed)
    target = rng.uniform(-1, 1, (30, 2)).astype(np.float32)
    places = rng.uniform(-1, 1, (50, 2)).astype(np.float32)
    moved = spline(target, places)(scale * target + shift)
    np.testing.assert_allclose(moved, scale * places + shift, atol=2e-3)


def test_the_points_themselves_are_met_and_far_places_stay() -> None:
    rng = np.random.default_rng(0)
    ring = 2 * np.stack([np.cos(np.linspace(0, 6.2, 12)), np.sin(np.linspace(0, 6.2, 12))], 1)
    target = np.concatenate([rng.uniform(-0.3, 0.3, (10, 2)), ring]).astype(np.float32)
    source = target.copy()
    source[:10] += rng.normal(0, 0.02, (10, 2)).astype(np.float32)
    np.testing.assert_allclose(spline(target, target)(source), source, atol=0.005)
    places = 0.95 * ring.astype(np.float32)
    np.testing.assert_allclose(spline(target, places)(source), places, atol=0.01)


def test_a_linear_map_survives_the_coarse_grid() -> None:
    box = (10, 20, 111, 83)
    across, down = dense(grid(box, 33), (83 - 20, 111 - 10))
    y, x = np.mgrid[20:83, 10:111]
    np.testing.assert_allclose(across, x, atol=1e-3)
    np.testing.assert_allclose(down, y, atol=1e-3)
