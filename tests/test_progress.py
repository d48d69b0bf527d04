"""Overall progress: monotonic, ends at one, and its estimate comes true for steady work."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.progress import Progress, StageProgress


class _Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_weights_give_each_stage_its_share() -> None:
    seen: list[Progress] = []
    progress = StageProgress({"read": 1, "train": 3}, seen.append)
    progress.update("read", 1.0)
    progress.update("train", 0.5)
    progress.done()
    assert [round(p.fraction, 3) for p in seen] == [0.25, 0.625, 1.0]
    assert seen[-1].seconds_left == 0.0


def test_estimate_of_steady_work_comes_true() -> None:
    clock = _Clock()
    seen: list[Progress] = []
    progress = StageProgress({"only": 1}, seen.append, clock)
    for second in range(1, 10):
        clock.now = float(second)
        progress.update("only", second / 10)
    assert [round(p.seconds_left or 0) for p in seen] == [9, 8, 7, 6, 5, 4, 3, 2, 1]


def test_no_estimate_before_there_is_something_to_estimate_from() -> None:
    clock = _Clock()
    seen: list[Progress] = []
    progress = StageProgress({"only": 1}, seen.append, clock)
    progress.update("only", 0.01)
    assert seen[0].seconds_left is None


def test_unknown_stage_and_useless_weights_are_refused() -> None:
    with pytest.raises(KeyError):
        StageProgress({"a": 1}, None).update("b", 0.5)
    for weights in ({}, {"a": 0.0}, {"a": -1.0, "b": 2.0}):
        with pytest.raises(ValueError, match="weights"):
            StageProgress(weights, None)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(-2, 3)), min_size=1))
def test_never_falls_and_stays_in_range(reports: list[tuple[str, float]]) -> None:
    seen: list[Progress] = []
    progress = StageProgress({"a": 1, "b": 5, "c": 0.5}, seen.append)
    for stage, fraction in reports:
        progress.update(stage, fraction)
    fractions = [p.fraction for p in seen]
    assert fractions == sorted(fractions)
    assert 0 <= fractions[0] <= fractions[-1] <= 1


def test_nested_work_fills_one_stage_under_its_own_names() -> None:
    seen: list[Progress] = []
    progress = StageProgress({"check": 1, "train": 1}, seen.append)
    progress.nested("train")(Progress("inner", 0.5))
    progress.stage("train")(0.75)
    assert [(p.stage, p.fraction) for p in seen] == [("inner", 0.75), ("train", 0.75), ("train", 0.875)]
