"""What keeps a processor busy is done for a few requests at once; others are told to come back, not kept waiting."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from countenance.api.errors import BUSY
from countenance.errors import CountenanceError, Finding

_WAIT_S = 1.0
"""Every request that waits keeps one of the few threads that serve all of them."""


@contextmanager
def slot(slots: BoundedSemaphore) -> Iterator[None]:
    """Take a place, and give it back.

    Raises:
        CountenanceError: api.busy.
    """
    if not slots.acquire(timeout=_WAIT_S):
        raise CountenanceError(Finding(BUSY))
    try:
        yield
    finally:
        slots.release()
