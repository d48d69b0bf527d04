"""What is kept back from learning."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from countenance.engine.hold_out import hold_out, near, takes


@given(frames=st.integers(150, 5000), seed=st.integers(0, 100), jump=st.integers(1, 2000))
def test_a_seventh_or_a_fifth_is_held_out_with_a_gap(frames: int, seed: int, jump: int) -> None:
    rng = np.random.default_rng(seed)
    voiced = (np.convolve(rng.normal(size=frames), np.ones(50), "same") > -3).astype(np.float32)
    source = np.arange(frames)
    source[frames // 2 :] += jump
    held = hold_out(np.ones(frames, np.bool_), voiced, source)
    assert 0 < held.sum() <= max(0.2 * frames, 1)
    learned = source[~near(held, source)]
    assert np.abs(learned[:, None] - source[held][None, ::5]).min(initial=999) > 8


def test_the_end_of_the_speech_and_a_piece_of_the_middle_are_held_out() -> None:
    voiced = np.ones(3000, np.float32)
    voiced[2900:] = 0.0
    held = hold_out(np.ones(3000, np.bool_), voiced, np.arange(3000))
    middle, end = takes(held, np.arange(3000))
    assert end.stop == 2900
    assert end.stop - end.start > middle.stop - middle.start > 50
    assert middle.stop + 8 <= end.start
    assert 0.10 < held.mean() < 0.15


def test_who_speaks_for_a_moment_keeps_most_of_it() -> None:
    voiced = np.zeros(3000, np.float32)
    voiced[100:400] = 1.0
    held = hold_out(np.ones(3000, np.bool_), voiced, np.arange(3000))
    assert 0 < held[100:400].sum() <= 60


def test_the_order_of_watching_does_not_matter() -> None:
    """The best part is watched first; what is held out is the end of the footage, not of what was watched last."""
    source = np.concatenate([np.arange(1000, 2000), np.arange(1000)])
    held = hold_out(np.ones(2000, np.bool_), np.ones(2000, np.float32), source)
    assert held[999]
    assert not held[1999]
    assert sorted(source[held])[-1] == 1999


def test_takes_break_where_the_footage_does() -> None:
    source = np.array([5, 6, 7, 20, 21, 22, 23])
    held = np.array([False, True, True, True, True, False, True])
    assert takes(held, source) == [slice(1, 3), slice(3, 5), slice(6, 7)]
