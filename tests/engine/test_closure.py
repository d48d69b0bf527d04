"""Lips meet at p, b and m."""

from __future__ import annotations

import numpy as np
from faces import atlas

from countenance.engine.closure import close_lips
from countenance.engine.speak import MouthPath
from countenance.voice.speech import Phone


def path(frames: int = 50) -> MouthPath:
    return MouthPath(np.zeros((frames, 12), np.float32), np.full(frames, 0.08, np.float32), np.ones(frames, np.float32))


def test_lips_meet_while_the_sound_lasts_and_nowhere_else() -> None:
    phones = (Phone("a", 0.0, 0.8), Phone("m", 0.8, 1.0), Phone("a", 1.0, 2.0))
    closed = close_lips(path(), phones, atlas(40))
    assert (closed.gap[20:25] < 0.01).all()
    np.testing.assert_array_equal(closed.gap[:17], path().gap[:17])
    np.testing.assert_array_equal(closed.gap[28:], path().gap[28:])


def test_the_code_follows_the_way_in_which_this_mouth_opens() -> None:
    filmed = atlas(40)
    filmed.code[:, 3] = 2.0 * filmed.gap
    closed = close_lips(path(), (Phone("b", 0.8, 1.0),), filmed)
    np.testing.assert_allclose(closed.code[:, 3], 2.0 * (closed.gap - 0.08), atol=1e-5)
    assert not closed.code[:, 0].any()


def test_closed_lips_stay_as_they_are() -> None:
    shut = path()
    shut.gap[:] = 0.0
    np.testing.assert_array_equal(close_lips(shut, (Phone("p", 0.5, 0.6),), atlas(40)).gap, shut.gap)
