"""Similarities, canonical coordinates, cuts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from countenance.engine import align
from countenance.engine.landmarks import EYE_CORNERS, INNER_GAPS, STABLE

Array = NDArray[np.float32]


def face(seed: int = 0) -> Array:
    """(468, 2) a face-like set of points, 100 px wide at the eyes, mouth open by 10 px."""
    points = np.random.default_rng(seed).uniform(0, 200, (468, 2)).astype(np.float32)
    points[EYE_CORNERS[0]], points[EYE_CORNERS[1]] = (50, 80), (150, 80)
    for upper, lower in INNER_GAPS:
        points[upper], points[lower] = (100, 150), (100, 160)
    return points


def track(points: Array) -> align.FaceTrack:
    """A track of faces (T, 468, 2) that look straight ahead."""
    count = len(points)
    begins = np.arange(count) == 0
    return align.FaceTrack(points, np.zeros((count, 3), np.float32), np.zeros(count, np.float32), begins)


@given(angle=st.floats(-3, 3), scale=st.floats(0.1, 10), shift=st.tuples(st.floats(-500, 500), st.floats(-500, 500)))
def test_a_similarity_is_found_again(angle: float, scale: float, shift: tuple[float, float]) -> None:
    points = face()[:20]
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = (points @ turn.T + shift).astype(np.float32)
    fitted = align.fit_similarity(points[None], moved)[0]
    np.testing.assert_allclose(align.apply(fitted, points), moved, rtol=1e-3, atol=0.05 * max(1.0, scale))


def test_inverting_and_chaining_lead_back() -> None:
    there = np.array([[[0.8, -0.6, 30.0], [0.6, 0.8, -12.0]]], np.float32)
    both = align.chain(align.invert(there), there)
    np.testing.assert_allclose(both[0], [[1, 0, 0], [0, 1, 0]], atol=1e-5)


def test_canonical_coordinates_do_not_move_with_the_head() -> None:
    still = face()
    heads = np.stack([still * (1 + 0.01 * t) + 3.0 * t for t in range(10)]).astype(np.float32)
    seen = track(heads)
    to_unit = align.to_canonical(seen, align.stable_template(seen))
    places = align.apply(to_unit, heads[:, STABLE])
    # Smoothing bends the ends of a steady movement a little; the middle must not move at all.
    assert np.abs(places[3:7] - places[4]).max() < 0.002
    corners = align.apply(to_unit, heads[:, EYE_CORNERS, :])
    np.testing.assert_allclose(np.linalg.norm(corners[4, 0] - corners[4, 1]), 1.0, atol=0.01)


def test_a_cut_ends_a_stretch_and_a_nod_does_not() -> None:
    still = face()
    nod = [still + (0, 2.0 * t) for t in range(5)]
    after_cut = [still + (60, 40)] * 5
    missing = [np.full_like(still, np.nan)] * 2
    seen = track(np.stack([*nod, *after_cut, *missing, *nod]).astype(np.float32))
    assert align.stretches(seen) == [(0, 5), (5, 10), (12, 17)]


def test_lip_gap_is_in_eye_distances() -> None:
    seen = track(np.stack([face(), face()]))
    assert align.lip_gap(seen) == pytest.approx([0.1, 0.1])


def test_frames_without_a_face_stay_unknown() -> None:
    assert not align.track_of([None, None]).found.any()
    assert align.stretches(track(np.stack([face(), np.full((468, 2), np.nan, np.float32)]))) == [(0, 1)]


def test_frames_that_do_not_follow_each_other_are_of_different_stretches() -> None:
    still = track(np.stack([face()] * 6))
    still.begins[4] = True
    assert align.stretches(still) == [(0, 4), (4, 6)]
    assert align.stretches(align.joined([still, still])) == [(0, 4), (4, 6), (6, 10), (10, 12)]
