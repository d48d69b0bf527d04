"""The head's data and the geometry that is done with them."""

from __future__ import annotations

import numpy as np
import pytest

from countenance.stock.figure import Figure, Pose
from countenance.stock.mesh import LIP_BORDER, LIP_INNER, Normals, load_head, subdivide
from countenance.stock.person import OTHER, PRESENTER

_CUBE = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]], float)
_CUBE_QUADS = np.array([[0, 3, 2, 1], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]])


@pytest.fixture(scope="module")
def figure() -> Figure:
    return Figure(PRESENTER)


def test_subdivided_cube_is_known() -> None:
    """Catmull and Clark's rule on a cube: corners move to 5/18 of the way, middles of edges and faces as computed."""
    matrix, quads = subdivide(_CUBE_QUADS, 8)
    fine = matrix @ _CUBE
    assert quads.shape == (24, 4)
    assert np.allclose(fine[0], 2 / 9)
    assert np.allclose(sorted(map(tuple, fine[8:20]))[0], (0.125, 0.125, 0.5))
    assert np.allclose(np.asarray(matrix.sum(axis=1)), 1.0)


def test_an_open_border_stays_a_curve_of_its_own() -> None:
    sheet = np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0], [0, 1, 5], [1, 1, 5], [2, 1, 5]], float)
    matrix, _ = subdivide(np.array([[0, 1, 4, 3], [1, 2, 5, 4]]), 6)
    assert np.allclose((matrix @ sheet)[1], (1, 0, 0))


def test_normals_point_out_of_a_cube() -> None:
    normals = Normals(_CUBE_QUADS, 8).of(_CUBE)
    assert np.allclose(normals, (_CUBE - 0.5) / np.sqrt(0.75), atol=1e-6)


def test_head_has_the_52_actions_and_closed_lip_rings() -> None:
    head = load_head()
    assert len(head.actions) == 52
    assert {"jawOpen", "mouthClose", "eyeBlinkLeft", "tongueOut"} <= set(head.actions)
    border, inner = head.vertices[head.lip_rings[LIP_BORDER]], head.vertices[head.lip_rings[LIP_INNER]]
    assert border[0, 1] > inner[0, 1] > border[19, 1]
    assert abs(border[0, 0]) < 1e-3
    assert border[1, 0] > 0


def test_shapes_without_a_side_apply_to_both() -> None:
    head = load_head()
    wide = head.shaped({"eye-scale-incr": 1.0}) - head.vertices
    assert np.allclose(wide, head.shapes["l-eye-scale-incr"] + head.shapes["r-eye-scale-incr"], atol=1e-6)


def test_jaw_opens_the_lips_and_moves_the_lower_teeth(figure: Figure) -> None:
    shut, wide = figure.pose(Pose({})), figure.pose(Pose({"jawOpen": 0.5}))
    assert abs(shut.lip_gap) < 0.01
    assert wide.lip_gap > 0.12
    assert np.allclose(shut.lower_jaw[:, :3], np.eye(3), atol=1e-5)
    assert (wide.lower_jaw[:, :3] @ [0, -0.7, 1.4] + wide.lower_jaw[:, 3])[1] < -0.8


def test_head_turns_and_shoulders_stay(figure: Figure) -> None:
    still, turned = figure.pose(Pose({})), figure.pose(Pose({}, yaw_deg=10))
    face = np.where(figure.rest[:, 1] > -0.6, figure.rest[:, 2], -9)
    nose, shoulder = face.argmax(), figure.rest[:, 0].argmax()
    assert turned.skin[nose, 0] > still.skin[nose, 0] + 0.1
    assert np.allclose(turned.skin[shoulder], still.skin[shoulder])


def test_people_differ() -> None:
    one, other = Figure(PRESENTER), Figure(OTHER)
    assert np.abs(one.rest - other.rest).max() > 0.1
