"""How long work tells how far it is: one overall fraction that never falls, and the time that is left."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_ETA_AFTER_S = 1.0
_ETA_SMOOTHING = 0.3


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the work stands."""

    stage: str
    """What is being done, in a word or two: `track faces`."""
    fraction: float
    """Of the whole work, 0 to 1; never falls."""
    seconds_left: float | None = None
    """Estimated time to the end of the whole work; None while there is nothing to estimate from."""


ProgressCallback = Callable[[Progress], None]


class StageProgress:
    """Turns each stage's own 0..1 into one overall monotonic fraction with an estimate of the time left.

    `weights` gives the stages in order with their share of the time (any unit; measured seconds are best). A stage
    reported late or twice never moves the fraction back, and a stage that is skipped counts as done.
    """

    def __init__(
        self,
        weights: Mapping[str, float],
        callback: ProgressCallback | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not weights or any(weight < 0 for weight in weights.values()) or sum(weights.values()) <= 0:
            raise ValueError("weights need at least one stage and a positive sum")
        total = sum(weights.values())
        self._spans: dict[str, tuple[float, float]] = {}
        start = 0.0
        for stage, weight in weights.items():
            self._spans[stage] = (start, weight / total)
            start += weight / total
        self._callback = callback
        self._clock = clock
        self._began = clock()
        self._fraction = 0.0
        self._rate: float | None = None

    def update(self, stage: str, fraction: float, shown: str | None = None) -> None:
        """Report that `stage` (one of the weights' names) is `fraction` (0..1) done, `shown` under another name."""
        start, share = self._spans[stage]
        overall = start + share * min(max(fraction, 0.0), 1.0)
        self._fraction = min(max(self._fraction, overall), 1.0)
        if self._callback is not None:
            self._callback(Progress(shown or stage, self._fraction, self._seconds_left()))

    def stage(self, name: str) -> Callable[[float], None]:
        """A function that takes only the stage's own fraction, for code that knows nothing of other stages."""
        self.update(name, 0.0)
        return lambda fraction: self.update(name, fraction)

    def nested(self, name: str) -> ProgressCallback:
        """A callback for work that reports a whole `Progress`: it fills the stage `name`, under names of its own."""
        return lambda inner: self.update(name, inner.fraction, shown=inner.stage)

    def done(self) -> None:
        """Report that everything is finished."""
        self._fraction = 1.0  # shares that were added up may miss it by a bit
        self.update(next(reversed(self._spans)), 1.0)

    def _seconds_left(self) -> float | None:
        if self._fraction >= 1.0:
            return 0.0
        elapsed = self._clock() - self._began
        if elapsed < _ETA_AFTER_S or self._fraction <= 0.0:
            return None
        # Smoothed, because a stage whose weight is off would make the number jump at its end.
        rate = self._fraction / elapsed
        self._rate = rate if self._rate is None else self._rate + _ETA_SMOOTHING * (rate - self._rate)
        return (1.0 - self._fraction) / self._rate
