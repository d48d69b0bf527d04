"""The plan of the playing clip."""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from countenance.engine.atlas import CONTROL
from countenance.engine.playback import LONGEST_JOIN, SHORTEST_JOIN, Shot, plan
from countenance.engine.replica import BaseTrack


def base(lengths: list[int], *, gaps: int = 4, quiet: tuple[int, int] = (0, 0), seed: int = 0) -> BaseTrack:
    """A clip of stretches of such lengths, a few lost frames between them, silent in `quiet`."""
    stretch = np.concatenate([[index] * length + [-1] * gaps for index, length in enumerate(lengths)]).astype(np.int32)
    count = len(stretch)
    rng = np.random.default_rng(seed)
    sway = np.cumsum(rng.normal(0, 0.4, (count, 2)), axis=0)
    to_canonical = np.zeros((count, 2, 3), np.float32)
    to_canonical[:, 0, 0] = to_canonical[:, 1, 1] = 0.01
    to_canonical[:, :, 2] = 0.01 * sway
    to_canonical[stretch < 0] = np.nan
    speaking = np.ones(count, np.float32)
    speaking[slice(*quiet)] = 0.0
    return BaseTrack(
        stretch=stretch,
        to_canonical=to_canonical,
        control=np.zeros((count, len(CONTROL), 2), np.float32),
        pose=rng.normal(0, 1, (count, 3)).astype(np.float32),
        blink=np.zeros(count, np.float32),
        speaking=speaking,
        thumbnail=rng.integers(100, 110, (count, 18, 32, 3)).astype(np.uint8),
    )


def check(track: BaseTrack, shots: list[Shot]) -> None:
    """Only frames that may be shown, and nothing but joins between frames that do not follow each other."""
    for shot in shots:
        assert track.stretch[shot.frame] >= 0
        assert shot.other is None or track.stretch[shot.other] >= 0
    for before, after in pairwise(shots):
        if after.share > before.share:
            assert after.other is not None
            assert before.other in (None, after.other - 1)
            assert after.frame == before.frame + 1
        elif before.other is not None:
            assert after.frame == before.other + 1
        else:
            assert after.frame == before.frame + 1
            assert track.stretch[after.frame] == track.stretch[before.frame]
    for length in joins(shots)[:-1]:
        assert SHORTEST_JOIN <= length <= LONGEST_JOIN


def joins(shots: list[Shot]) -> list[int]:
    """How many frames each join lasts; the last one may be cut off by the end."""
    lengths: list[int] = []
    for before, after in pairwise([Shot(0), *shots]):
        if after.other is not None:
            lengths = [*lengths[:-1], lengths[-1] + 1] if after.share > before.share > 0 else [*lengths, 1]
    return lengths


@settings(deadline=None, max_examples=15)
@given(
    lengths=st.lists(st.integers(25, 90), min_size=1, max_size=5),
    frames=st.integers(1, 700),
    quiet=st.tuples(st.integers(0, 100), st.integers(0, 200)),
    seed=st.integers(0, 99),
)
def test_any_clip_plays_for_as_long_as_it_must(
    lengths: list[int], frames: int, quiet: tuple[int, int], seed: int
) -> None:
    track = base(lengths, quiet=quiet, seed=seed)
    speech = (np.sin(np.arange(frames) / 40 + seed) > -0.5).astype(np.float32)
    shots = plan(track, speech)
    assert len(shots) == frames
    check(track, shots)


def test_a_long_stretch_plays_without_a_join() -> None:
    shots = plan(base([40, 400, 40]), np.ones(300, np.float32))
    assert all(shot.other is None for shot in shots)


def test_it_never_begins_in_a_blink() -> None:
    track = base([200, 200])
    track.blink[:60] = 0.9
    track.blink[204:230] = 0.9
    first = plan(track, np.ones(100, np.float32))[0]
    assert track.blink[first.frame] < 0.4


def test_silence_shows_listening() -> None:
    track = base([400], quiet=(250, 400))
    speech = np.ones(200, np.float32)
    speech[90:] = 0.0
    shots = plan(track, speech)
    assert all(shot.frame < 250 for shot in shots[:60])
    listening = [shot for shot in shots[120:] if shot.other is None]
    assert len(listening) > 50
    assert all(shot.frame >= 250 for shot in listening)


def test_it_leaves_and_goes_on_where_the_pictures_are_alike() -> None:
    """The clip is twice the same sway; only once does the picture come back to where it was."""
    track = base([300])
    angle = np.arange(304) / 304 * 2 * np.pi
    track.to_canonical[:300, 0, 2] = (0.5 * np.sin(1.5 * angle))[:300]
    track.to_canonical[:300, 1, 2] = (0.5 * np.cos(1.5 * angle))[:300]
    track.pose[:] = 0.0
    track.thumbnail[:] = 100
    shots = plan(track, np.ones(600, np.float32))
    jumps = [shot for before, shot in pairwise(shots) if shot.other is not None and before.other is None]
    assert jumps
    for jump in jumps:
        assert jump.other is not None
        moved = track.to_canonical[jump.frame, :, 2] - track.to_canonical[jump.other, :, 2]
        assert np.abs(moved).max() < 0.05


def test_no_join_shows_a_blink() -> None:
    track = base([400, 300], seed=4)
    blinking = np.zeros(len(track.stretch), np.bool_)
    for start in range(10, 700, 61):
        blinking[start : start + 7] = True
    track.blink[:] = np.where(blinking, 0.9, 0.05)
    for shot in plan(track, np.ones(3000, np.float32)):
        if shot.other is not None:
            assert not blinking[shot.frame]
            assert not blinking[shot.other]


def test_silence_alone_is_played_from_listening() -> None:
    shots = plan(base([500], quiet=(100, 300)), np.zeros(900, np.float32))
    assert sum(100 <= shot.frame < 300 for shot in shots) > 700


def test_the_plan_of_ten_minutes_is_quick_and_always_the_same() -> None:
    track = base([75] * 40, seed=2)
    speech = (np.sin(np.arange(15_000) / 90) > -0.6).astype(np.float32)
    began = time.process_time()
    shots = plan(track, speech)
    assert time.process_time() - began < 8.0
    assert plan(track, speech[:600]) == plan(track, speech[:600])
    shown = np.bincount([shot.frame for shot in shots], minlength=len(track.stretch))
    assert (shown > 0).sum() > 0.5 * (track.stretch >= 0).sum()
