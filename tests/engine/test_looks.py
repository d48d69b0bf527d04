"""Other clothes are another look."""

from __future__ import annotations

import numpy as np

from countenance.engine.looks import cuts, largest_look


def test_the_look_with_most_frames_is_kept() -> None:
    thumbnail = np.full((300, 18, 32, 3), 100, np.uint8)
    thumbnail[100:150, 9:, :, 0] = 220  # a red jumper for a while
    stretches = [(0, 90), (100, 150), (160, 300)]
    usable = np.ones(300, np.bool_)
    assert largest_look(stretches, thumbnail, usable) == [(0, 90), (160, 300)]
    usable[:90] = usable[170:] = False
    assert largest_look(stretches, thumbnail, usable) == [(100, 150)]


def test_light_that_drifts_is_one_look() -> None:
    thumbnail = np.repeat(np.arange(80, 180, dtype=np.uint8), 5)[:, None, None, None] * np.ones(
        (1, 18, 32, 3), np.uint8
    )
    stretches = [(start, start + 50) for start in range(0, 500, 50)]
    assert largest_look(stretches, thumbnail, np.ones(500, np.bool_)) == stretches


def test_nothing_has_no_look() -> None:
    assert largest_look([], np.zeros((0, 18, 32, 3), np.uint8), np.zeros(0, np.bool_)) == []


def test_a_cut_shows_in_the_picture_and_movement_does_not() -> None:
    thumbnail = np.full((60, 18, 32, 3), 100, np.uint8)
    thumbnail[30:] = 130
    thumbnail[:, 5:9, 3:6] += np.arange(60, dtype=np.uint8)[:, None, None, None]
    assert cuts(thumbnail).tolist() == [30]
