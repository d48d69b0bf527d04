"""Which frames are learned from, shown, and held out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from faces import TO_CANONICAL, canonical_points

from countenance.engine.align import FaceTrack, apply, invert
from countenance.engine.atlas import Patch
from countenance.engine.learn import Material, put_in_order
from countenance.engine.train import _allowed
from countenance.engine.watch import Watched
from countenance.errors import CountenanceError

FRAMES = 500
FOOTAGE = Path("me.mp4")


def watched(frames: int = FRAMES) -> Watched:
    """Somebody who sways, all in one look."""
    sway = 2.0 * np.sin(np.arange(frames) / 20)
    points = apply(invert(TO_CANONICAL), canonical_points())[None] + sway[:, None, None]
    patch = Patch(b"", np.zeros((2, 3), np.float32), 100.0)
    begins = np.arange(frames) == 0
    nothing = np.zeros((frames, 3), np.float32)
    track = FaceTrack(points.astype(np.float32), nothing, np.zeros(frames, np.float32), begins)
    thumbnail = np.full((frames, 18, 32, 3), 90, np.uint8)
    return Watched(track, [patch] * frames, thumbnail, np.arange(frames), 300, 340)


def lose(seen: Watched, frames: slice) -> Watched:
    seen.track.points[frames] = seen.track.pose[frames] = np.nan
    return seen


def ordered(seen: Watched, *, spoken_until: int = FRAMES) -> Material:
    voiced = (np.arange(len(seen.track)) < spoken_until).astype(np.float32)
    return put_in_order(seen, voiced, FOOTAGE)


def test_nothing_near_what_is_held_out_is_learned() -> None:
    material = ordered(watched(), spoken_until=400)
    held = np.flatnonzero(material.held_out)
    assert held[-1] == 399
    for frame in held:
        assert not material.learnable[max(0, frame - 8) : frame + 9].any()
    assert material.learnable[408:].all()
    assert material.learnable.sum() > 0.7 * FRAMES


def test_what_does_not_follow_in_the_footage_is_not_played_as_if_it_did() -> None:
    seen = watched()
    seen.source[250:] += 1000
    seen.track.begins[250] = True
    assert ordered(seen).stretches == [(0, 250), (250, 500)]


def test_everything_is_allowed_unless_somebody_judged() -> None:
    assert _allowed(None, 10).all()
    assert not _allowed((), 10).any()


def test_a_lost_face_is_left_out() -> None:
    material = ordered(lose(watched(), slice(200, 240)))
    assert not material.shown[200:240].any()
    assert material.stretches == [(0, 200), (240, 500)]


def test_heads_that_turn_away_are_not_shown() -> None:
    seen = watched()
    seen.track.pose[100:150, 0] = 50.0
    assert not ordered(seen).shown[100:150].any()


def test_pieces_too_short_to_be_played_count_for_nothing() -> None:
    seen = watched()
    for start in range(20, FRAMES, 24):
        seen.track.pose[start : start + 4, 0] = 50.0
    with pytest.raises(CountenanceError) as error:
        ordered(seen)
    assert error.value.finding.rule.id == "engine.too_little_to_learn"


def test_too_little_is_said() -> None:
    with pytest.raises(CountenanceError) as error:
        ordered(lose(watched(), slice(0, 400)))
    assert error.value.finding.rule.id == "engine.too_little_to_learn"
    assert "me.mp4" in str(error.value)


def test_looks_that_are_each_too_short_are_said_to_differ() -> None:
    seen = lose(lose(watched(360), slice(120, 125)), slice(240, 245))
    seen.thumbnail[120:240, 9:] = 220
    seen.thumbnail[240:, :9] = 5
    with pytest.raises(CountenanceError) as error:
        ordered(seen)
    assert error.value.finding.rule.id == "engine.appearance_changes"
