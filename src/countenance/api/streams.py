"""Streams that are open: few for each key, none for ever, and none longer than its key is good."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from countenance.api.errors import STREAMS_OPEN
from countenance.errors import CountenanceError, Finding


@dataclass(slots=True)
class Streams:
    """How many there are by key, in this process, and how long they last."""

    longest_s: float = 900.0
    """Then a stream ends, and whoever still watches goes on with the id of the last event."""
    checked_every_s: float = 60.0
    """So often the key is asked for again."""
    _open: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def one_of(self, key_id: str) -> Iterator[None]:
        """A stream for the bearer of a key.

        Raises:
            CountenanceError: api.streams_open.
        """
        with self._lock:
            if self._open[key_id] >= (STREAMS_OPEN.limit or 0):
                raise CountenanceError(Finding(STREAMS_OPEN, measured=float(self._open[key_id])))
            self._open[key_id] += 1
        try:
            yield
        finally:
            with self._lock:
                self._open[key_id] -= 1
                if not self._open[key_id]:
                    del self._open[key_id]
