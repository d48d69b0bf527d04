from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from countenance.media.timeline import Timed, constant_rate, steady


def _items(starts: list[float], last_s: float = 0.04) -> list[Timed[int]]:
    ends = [*starts[1:], starts[-1] + last_s]
    return [Timed(start, end - start, i) for i, (start, end) in enumerate(zip(starts, ends, strict=True))]


_steps = st.lists(st.integers(min_value=1, max_value=400), min_size=1, max_size=60)


@settings(deadline=None)
@given(_steps, st.sampled_from([10, 24, 25, 30, 50]))
def test_each_tick_shows_what_is_on_at_its_time(steps_ms: list[int], fps: int) -> None:
    starts = [0.0]
    for step in steps_ms:
        starts.append(starts[-1] + step / 1000)
    ticks = list(constant_rate(_items(starts), fps))

    assert [tick for tick, _ in ticks] == list(range(len(ticks)))
    assert abs(len(ticks) - (starts[-1] + 0.04) * fps) < 1
    for tick, item in ticks:
        assert starts[item] <= tick / fps + 0.002 + 1e-9
        following = starts[item + 1] if item + 1 < len(starts) else float("inf")
        assert following > tick / fps + 0.002 - 1e-9


@settings(deadline=None)
@given(_steps, st.integers(0, 100), st.integers(0, 100))
def test_a_part_equals_the_same_part_of_the_whole(steps_ms: list[int], first: int, length: int) -> None:
    starts = [0.0]
    for step in steps_ms:
        starts.append(starts[-1] + step / 1000)
    whole = list(constant_rate(_items(starts), 25))
    assert list(constant_rate(_items(starts), 25, first, first + length)) == whole[first : first + length]


def test_times_rounded_to_milliseconds_neither_repeat_nor_drop() -> None:
    starts = [round(i / 30, 3) for i in range(90)]
    assert [item for _, item in constant_rate(_items(starts), 30)] == list(range(90))


def test_nothing_in_nothing_out() -> None:
    assert list(constant_rate([], 25)) == []


@settings(deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), max_size=50))
def test_steady_always_rises(starts: list[float]) -> None:
    out = [item.start_s for item in steady([Timed(start, 0.04, None) for start in starts], 100.0)]
    assert all(0 < b - a <= 100.0 + 0.04 for a, b in pairwise(out))


def test_steady_continues_where_the_clock_starts_anew() -> None:
    twice = [*_items([0.0, 0.04, 0.08]), *_items([0.0, 0.04, 0.08])]
    starts = [
        round(item.start_s, 2)
        for item in steady(
            [Timed(item.start_s + (2.0 if i < 3 else 0.0), item.duration_s, i) for i, item in enumerate(twice)], 100.0
        )
    ]
    assert starts == [2.0, 2.04, 2.08, 2.12, 2.16, 2.2]
