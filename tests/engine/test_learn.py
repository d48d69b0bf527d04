"""Which frames are learned from, shown, and held out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from faces import TO_CANONICAL, canonical_points
from numpy.typing import NDArray

from countenance.engine.align import FaceTrack, apply, invert
from countenance.engine.atlas import Patch
from countenance.engine.learn import Material, put_in_order
from countenance.engine.train import _allowed
from countenance.engine.watch import Watched
from countenance.errors import CountenanceError, Span

FRAMES = 500
FOOTAGE = Path("me.mp4")


def watched(frames: int = FRAMES) -> Watched:
    """Somebody who sways, all in one look."""
    sway = 2.0 * np.sin(np.arange(frames) / 20)
    points = apply(invert(TO_CANONICAL), canonical_points())[None] + sway[:, None, None]
    patch = Patch(b"", np.zeros((2, 3), np.float32), 100.0)
    track = FaceTrack(points.astype(np.float32), np.zeros((frames, 3), np.float32), np.zeros(frames, np.float32))
    return Watched(track, [patch] * frames, np.full((frames, 18, 32, 3), 90, np.uint8), 300, 340)


def lose(seen: Watched, frames: slice) -> Watched:
    seen.track.points[frames] = seen.track.pose[frames] = np.nan
    return seen


def ordered(seen: Watched, *, spoken_until: int = FRAMES, allowed: NDArray[np.bool_] | None = None) -> Material:
    frames = len(seen.track)
    voiced = (np.arange(frames) < spoken_until).astype(np.float32)
    return put_in_order(seen, voiced, np.ones(frames, np.bool_) if allowed is None else allowed, FOOTAGE)


def test_the_last_eighth_of_the_speech_is_held_out_with_a_gap() -> None:
    material = ordered(watched(), spoken_until=400)
    assert material.held_out.stop == 400
    assert material.held_out.stop - material.held_out.start == 75  # at least three seconds
    assert not material.learnable[400 - 75 - 8 : 400 + 8].any()
    assert material.learnable[: 400 - 75 - 8].all()
    assert material.learnable[408:].all()


def test_frames_that_are_not_allowed_are_neither_learned_nor_shown() -> None:
    allowed = _allowed((Span(0.0, 6.0), Span(12.0, 20.0)), FRAMES)
    material = ordered(watched(), allowed=allowed)
    assert not material.shown[150:300].any()
    assert not material.learnable[150:300].any()
    assert material.shown[:150].all()
    assert material.shown[300:].all()


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
