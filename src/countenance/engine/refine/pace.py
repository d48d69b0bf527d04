"""How long a net is learned: a number of steps, or fewer where they do not fit into the seconds that there are.

The number is the same on every machine, and with it what is learned. Where time is short the rate of learning still
falls to its end, over the steps that fit at the speed seen so far; so a busy machine learns less, but nothing half.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping

Progress = Callable[[float, float | None], None]
"""Called with the share that is done, 0 to 1, and the seconds left if they can be told. It may raise, to stop."""

_PAIRING_SHARE = 0.15
_MOST_PAIRING_SHARE = 0.4
"""Of the whole time, what the making of pairs is thought to take, and what it may take of the seconds."""
_TRUSTED_STEPS = 10
"""After so many their speed is believed; the first are slower."""
_CHECKS = 8


def own_time(patience: float) -> Callable[[], float]:
    """A clock that stands still while others have the processor, but shows a `patience`-th of the time at least.

    It counts what the thread that reads it has of the processor.
    """
    began, worked = time.monotonic(), time.thread_time()
    return lambda: max(time.thread_time() - worked, (time.monotonic() - began) / patience)


class Pace:
    """Shares seconds and steps among pairing, learning and checking."""

    def __init__(
        self, steps: int, seconds: float, progress: Progress, now: Callable[[], float] = time.monotonic
    ) -> None:
        """At most so many `steps` and, by the clock `now`, `seconds` (infinite: all steps, however long)."""
        self._planned, self._most_s, self._progress, self._now = steps, seconds, progress, now
        self._began = self._learning_since = now()
        self._checks = 0
        self.steps = 0
        self.share = 0.0
        """of learning that is over"""

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return self._now() - self._began

    def pairing(self, share: float) -> None:
        """Report how far the making of pairs is."""
        self._progress(_PAIRING_SHARE * share, None)

    def late_for_learning(self) -> bool:
        """Whether the pairs have taken as much of the time as they may."""
        return self.seconds > _MOST_PAIRING_SHARE * self._most_s

    def begin_learning(self) -> None:
        self._learning_since = self._now()

    def notes(self) -> dict[str, float]:
        """Where learning is; see `go_on`."""
        learning_s = self._now() - self._learning_since
        return {"steps": self.steps, "share": self.share, "checks": self._checks, "learning_s": learning_s}

    def go_on(self, notes: Mapping[str, float]) -> None:
        """Learning begins where it was when these `notes` were taken, and what it took until then counts."""
        self.steps, self.share, self._checks = int(notes["steps"]), float(notes["share"]), int(notes["checks"])
        self._learning_since -= notes["learning_s"]
        self._began -= notes["learning_s"]

    def step_done(self) -> None:
        """Count a step, and report."""
        self.steps += 1
        each_s = (self._now() - self._learning_since) / self.steps
        left = float(self._planned - self.steps)
        if self.steps >= _TRUSTED_STEPS or self.seconds >= self._most_s:
            left = min(left, (self._most_s - self.seconds) / max(each_s, 1e-6))
        # What is left of the lesson is spread over the steps that are left, this one among them.
        self.share = 1.0 if left < 1.0 else self.share + (1.0 - self.share) / (left + 1.0)
        self._progress(_PAIRING_SHARE + (1.0 - _PAIRING_SHARE) * self.share, max(0.0, left) * each_s)

    def check_is_due(self) -> bool:
        """Whether the net should be judged now: some times on the way, and at the end."""
        passed = math.floor(self.share * _CHECKS)
        due, self._checks = passed > self._checks, passed
        return due
