"""A mouth put into a picture."""

from __future__ import annotations

import numpy as np
import pytest
from faces import TO_CANONICAL, atlas, control, mouth, picture

from countenance.engine.compose import Compositor, Stage
from countenance.engine.landmarks import LIP_COUNT


@pytest.fixture
def stage() -> Stage:
    return Stage(picture(), TO_CANONICAL, control())


def test_the_same_mouth_changes_next_to_nothing(stage: Stage) -> None:
    painted = Compositor(atlas()).paint(stage, mouth(), [(0, 1.0)])
    difference = np.abs(painted.astype(int) - stage.image)
    assert difference.max() < 12
    assert difference.mean() < 0.5


def test_only_the_lower_face_is_touched_and_the_picture_given_is_not(stage: Stage) -> None:
    before = stage.image.copy()
    moved = mouth()
    moved[:LIP_COUNT, 1] += 0.05
    painted = Compositor(atlas()).paint(stage, moved, [(0, 1.0)])
    np.testing.assert_array_equal(stage.image, before)
    changed = np.argwhere((painted != before).any(axis=2))
    assert len(changed)
    assert changed[:, 0].min() > 130  # below the eyes at 100
    assert changed[:, 1].min() > 60
    assert changed[:, 1].max() < 240


def test_the_mouth_goes_where_it_is_wanted(stage: Stage) -> None:
    lowered = mouth()
    lowered[:, 1] += 0.08
    painted = Compositor(atlas()).paint(stage, lowered, [(0, 1.0)])
    column = painted[150:230, 150, 0].astype(float)
    original = stage.image[150:230, 150, 0].astype(float)
    assert int(column.argmin()) - int(original.argmin()) == pytest.approx(8, abs=1)


def test_another_light_is_met_at_the_border(stage: Stage) -> None:
    compositor = Compositor(atlas(brightness=20.0))
    painted = compositor.paint(stage, mouth(), [(0, 1.0)])
    difference = painted.astype(float) - stage.image
    assert abs(difference[230:250, 140:160].mean()) < 3
    assert abs(difference[160:210, 120:180].mean()) < 8


def test_two_halves_of_one_mouth_are_that_mouth(stage: Stage) -> None:
    one = Compositor(atlas(2)).paint(stage, mouth(), [(0, 1.0)])
    two = Compositor(atlas(2)).paint(stage, mouth(), [(0, 0.5), (1, 0.5)])
    assert np.abs(one.astype(int) - two).max() <= 1


def test_a_mouth_beyond_the_picture_is_left_alone() -> None:
    away = TO_CANONICAL.copy()
    away[:, 2] += 10.0
    outside = Stage(picture(), away, control())
    painted = Compositor(atlas()).paint(outside, mouth(), [(0, 1.0)])
    np.testing.assert_array_equal(painted, outside.image)
