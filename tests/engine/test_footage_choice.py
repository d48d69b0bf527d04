"""Which parts of a long recording are learned from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from countenance.engine.footage_choice import Seen, choose_parts, without
from countenance.media.read import FPS, SAMPLE_RATE

Array = NDArray[np.float32]


def tone(hertz: float, seconds: float) -> Array:
    return (0.3 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE)).astype(np.float32)


def length(parts: list[tuple[int, int]]) -> int:
    return sum(end - start for start, end in parts)


def test_short_footage_is_learned_whole_and_watched_in_one_go() -> None:
    chosen, preview = choose_parts(tone(200, 30), np.ones(750, np.bool_), None)
    assert chosen == preview == [(0, 750)]
    assert without(chosen, preview) == []


def test_what_may_not_be_used_is_not_chosen() -> None:
    allowed = np.ones(1500, np.bool_)
    allowed[300:400] = False
    chosen, _ = choose_parts(tone(200, 60), allowed, None)
    assert chosen == [(0, 300), (400, 1500)]


def test_of_monotonous_footage_the_varied_part_is_chosen() -> None:
    """Nine minutes of one tone, and in them half a minute of many."""
    rng = np.random.default_rng(0)
    varied = np.concatenate([tone(hertz, 0.3) for hertz in rng.uniform(100, 4000, 100)])
    sound = np.concatenate([tone(200, 400), varied, tone(200, 110)])
    frames = 540 * FPS
    chosen, preview = choose_parts(sound, np.ones(frames, np.bool_), None, most_s=60.0)
    mask = np.zeros(frames, np.bool_)
    for start, end in chosen:
        mask[start:end] = True
    assert 60 * FPS <= mask.sum() <= 66 * FPS
    assert mask[400 * FPS : 430 * FPS].mean() > 0.95
    assert length(preview) == 40 * FPS
    assert all(mask[start:end].all() for start, end in preview)


def test_long_footage_of_short_spans_is_used_too() -> None:
    allowed = np.zeros(400 * FPS, np.bool_)
    for start in range(0, len(allowed), 2 * 40):
        allowed[start : start + 40] = True
    chosen, preview = choose_parts(tone(200, 400), allowed, None, most_s=60.0)
    assert length(chosen) >= 60 * FPS
    assert length(preview) == 40 * FPS


def test_lips_and_poses_count_where_they_are_known() -> None:
    frames = 300 * FPS
    gap = np.full(frames, 0.05, np.float32)
    yaw = np.zeros(frames, np.float32)
    lively = slice(100 * FPS, 140 * FPS)
    gap[lively] = np.random.default_rng(1).uniform(0, 0.3, 40 * FPS)
    yaw[lively] = np.linspace(-25, 25, 40 * FPS)
    seen = Seen(FPS, gap, yaw, np.zeros(frames, np.float32))
    chosen, preview = choose_parts(tone(200, 300), np.ones(frames, np.bool_), seen, most_s=60.0)
    for parts, least in ((chosen, 0.95), (preview, 0.9)):
        mask = np.zeros(frames, np.bool_)
        for start, end in parts:
            mask[start:end] = True
        assert mask[lively].mean() > least


def test_the_rest_is_all_but_the_preview() -> None:
    chosen, preview = choose_parts(tone(200, 100), np.ones(2500, np.bool_), None)
    rest = without(chosen, preview)
    assert length(rest) + length(preview) == length(chosen) == 2500
    assert not {frame for a, b in rest for frame in range(a, b)} & {f for a, b in preview for f in range(a, b)}
