"""A mouth put into a picture."""

from __future__ import annotations

import numpy as np
import pytest
from faces import TO_CANONICAL, atlas, control, mouth, picture

from countenance.engine.compose import Compositor, Layers, Picture, Stage
from countenance.engine.landmarks import LIP_COUNT, LIPS_INNER, LIPS_OUTER


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


def test_what_finishes_a_mouth_has_its_say_only_where_the_mouth_is(stage: Stage) -> None:
    seen: list[Layers] = []

    def white(_: Stage, layers: Layers) -> Picture:
        seen.append(layers)
        return np.full_like(layers.met, 255)

    wide = mouth()
    wide[:LIP_COUNT, 0] *= 1.1
    painted = Compositor(atlas(), white).paint(stage, wide, [(0, 1.0)])
    left, top, right, bottom = seen[0].box
    opacity = np.zeros(painted.shape[:2], np.float32)
    opacity[top:bottom, left:right] = seen[0].region
    assert (painted[opacity > 0.999] == 255).all()
    np.testing.assert_array_equal(painted[opacity == 0.0], stage.image[opacity == 0.0])
    np.testing.assert_array_equal(seen[0].wanted, wide)
    np.testing.assert_allclose(seen[0].filmed, mouth(), atol=1e-6)


def test_a_large_face_has_the_same_soft_edge_as_a_small_one(stage: Stage) -> None:
    """The edge of a large face is blurred on a smaller picture."""
    grown = np.repeat(np.repeat(stage.image, 4, axis=0), 4, axis=1)
    to_canonical = TO_CANONICAL.copy()
    to_canonical[:, :2] /= 4.0
    to_canonical[:, 2] -= 1.5 * to_canonical[0, 0]
    small = Compositor(atlas()).layers(stage, mouth(), [(0, 1.0)])
    large = Compositor(atlas()).layers(Stage(grown, to_canonical, control()), mouth(), [(0, 1.0)])
    assert small is not None
    assert large is not None
    left, top = 4 * small.box[0] - large.box[0], 4 * small.box[1] - large.box[1]
    height, width = (4 * length for length in small.region.shape)
    whole = np.pad(large.region, ((8, 8), (8, 8)))[top + 8 : top + 8 + height, left + 8 : left + 8 + width]
    shrunk = whole.reshape(small.region.shape[0], 4, small.region.shape[1], 4).mean(axis=(1, 3))
    np.testing.assert_allclose(shrunk, small.region, atol=0.07)


def test_lips_that_cross_are_shut_and_not_turned_round(stage: Stage) -> None:
    """An open mouth whose lower lip is wanted above the upper one shows what it shows when they just touch."""
    inner = slice(len(LIPS_OUTER) + 1, len(LIPS_OUTER) + len(LIPS_INNER) // 2)
    shut, crossed = mouth(), mouth()
    upper = shut[len(LIPS_OUTER) + len(LIPS_INNER) // 2 + 1 : LIP_COUNT][::-1, 1]
    middle = (shut[inner, 1] + upper) / 2
    for shape, gap in ((shut, 0.0), (crossed, -0.02)):
        shape[inner, 1] = middle + gap / 2
        shape[len(LIPS_OUTER) + len(LIPS_INNER) // 2 + 1 : LIP_COUNT, 1] = (middle - gap / 2)[::-1]
    first, second = (Compositor(atlas()).paint(stage, shape, [(0, 1.0)]) for shape in (shut, crossed))
    np.testing.assert_array_equal(first, second)
