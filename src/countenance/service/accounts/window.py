"""What was done in the last minute, counted by name, in the memory of one process."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from threading import Lock

_MINUTE_S = 60.0


class Window:
    """Counts by names; a name that was not heard of for a minute is forgotten.

    Args:
        clock: monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._times: dict[str, deque[float]] = {}
        self._lock = Lock()
        self._tidied = clock()

    def hit(self, name: str, most: int) -> int | None:
        """Count one more of a name: None where `most` (1 or more) in a minute are not exceeded by it; otherwise it is
        not counted, and these are the whole seconds after which another one may be, 1 to 60."""
        with self._lock:
            at = self._clock()
            self._tidy(at)
            times = self._times.setdefault(name, deque())
            while times and times[0] <= at - _MINUTE_S:
                times.popleft()
            if len(times) < most:
                times.append(at)
                return None
            return min(60, max(1, math.ceil(times[-most] + _MINUTE_S - at)))

    def __len__(self) -> int:
        """How many names there are in memory."""
        return len(self._times)

    def _tidy(self, at: float) -> None:
        """Once a minute all names are looked through, so that a hit costs the same however many there are."""
        if at - self._tidied < _MINUTE_S:
            return
        self._tidied = at
        for name in [name for name, times in self._times.items() if not times or times[-1] <= at - _MINUTE_S]:
            del self._times[name]
