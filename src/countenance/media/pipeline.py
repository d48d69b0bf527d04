"""Work on a row of pictures in several threads: each step runs a few pictures ahead of the next.

Decoders, encoders, OpenCV and numpy let go of the interpreter while they work, so that two steps fill two cores. Order
is kept, what waits between two steps is bounded, errors reach whoever waits, and no thread outlives its block.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")


@contextmanager
def ahead(source: Iterator[T], most: int = 4) -> Iterator[Iterator[T]]:
    """The items of `source`, taken in a thread of their own, at most `most` before they are asked for.

    `source` is used, and closed if it is a generator, in that thread alone. What it raises is raised where the item
    would have come. Leaving the block stops it, wherever it is.
    """
    line: _Line[T] = _Line(most)

    def take() -> None:
        try:
            for item in source:
                if not line.put(item):
                    break
            if isinstance(source, Generator):
                source.close()
        except BaseException as error:  # it is raised in the thread that waits
            line.end(error)
        else:
            line.end()

    thread = threading.Thread(target=take, name="ahead", daemon=True)
    thread.start()
    try:
        yield iter(line)
    finally:
        line.stop()
        thread.join()


@contextmanager
def behind(work: Callable[[T], None], most: int = 4) -> Iterator[Callable[[T], None]]:
    """A function that hands an item to a thread, which calls `work` with one after another; it waits behind `most`.

    At the end of the block everything has been worked on. What `work` raises, the next call raises or the end of the
    block. If the block itself raises, what still waits is left.
    """
    line: _Line[T] = _Line(most)
    failed: list[BaseException] = []

    def run() -> None:
        try:
            for item in line:
                work(item)
        except BaseException as error:  # it is raised in the thread that hands over
            failed.append(error)
            line.stop()

    def put(item: T) -> None:
        if not line.put(item) and failed:
            raise failed[0]

    thread = threading.Thread(target=run, name="behind", daemon=True)
    thread.start()
    try:
        yield put
        line.end()
        thread.join()
    finally:
        line.stop()
        thread.join()
    if failed:
        raise failed[0]


class _Line(Generic[T]):
    """A bounded row of items between two threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._items: deque[T] = deque()
        self._changed = threading.Condition()
        self._ended = self._stopped = False
        self._error: BaseException | None = None

    def put(self, item: T) -> bool:
        """Wait for room; False if nobody wants it any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or len(self._items) < self._most)
            if not self._stopped:
                self._items.append(item)
                self._changed.notify_all()
            return not self._stopped

    def __iter__(self) -> Iterator[T]:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._stopped or self._ended or bool(self._items))
                if self._stopped or not self._items:
                    break
                item = self._items.popleft()
                self._changed.notify_all()
            yield item
        if self._error is not None:
            raise self._error

    def end(self, error: BaseException | None = None) -> None:
        """Nothing more will come, perhaps because of an error."""
        with self._changed:
            self._ended, self._error = True, error
            self._changed.notify_all()

    def stop(self) -> None:
        """Nothing more is wanted."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
