"""From presentation times as files have them to a clock that starts at zero and runs evenly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

_TOLERANCE_S = 0.002
"""Containers round times, WebM to whole milliseconds; a picture this late still counts as being on time."""
_RESET_S = 1.0
"""Times that jump back further than this start anew (recordings glued together); less is a stale picture."""


@dataclass(frozen=True, slots=True)
class Timed(Generic[T]):
    """An item that is on from `start_s` for `duration_s`."""

    start_s: float
    duration_s: float
    item: T

    @property
    def end_s(self) -> float:
        return self.start_s + self.duration_s


def steady(items: Iterable[Timed[T]], longest_gap_s: float) -> Iterator[Timed[T]]:
    """The items in rising order of time.

    Where the clock starts anew or leaps by more than `longest_gap_s`, the item follows its predecessor at once;
    an item from the recent past is dropped.
    """
    shift = 0.0
    last: Timed[T] | None = None
    for item in items:
        start = item.start_s + shift
        if last is not None:
            step = start - last.start_s
            if step < -_RESET_S or step > longest_gap_s:
                shift += last.end_s - start
                start = last.end_s
            elif step <= 0:
                continue
        last = Timed(start, item.duration_s, item.item)
        yield last


def constant_rate(
    items: Iterable[Timed[T]], fps: float, first: int = 0, stop: int | None = None
) -> Iterator[tuple[int, T]]:
    """What is on at i / fps for i = first, first + 1, ...: items are repeated or left out as needed.

    Before the first item there is the first item; the last stays until its end, rounded to whole ticks.
    Ends before `stop`, if given.
    """
    held: Timed[T] | None = None
    tick = first
    for item in items:
        if stop is not None and tick >= stop:
            return
        if held is not None:
            while tick / fps < item.start_s - _TOLERANCE_S and (stop is None or tick < stop):
                yield tick, held.item
                tick += 1
        held = item
    if held is None:
        return
    end = max(first + 1 if first == 0 else first, round(held.end_s * fps))
    for last in range(tick, end if stop is None else min(end, stop)):
        yield last, held.item
