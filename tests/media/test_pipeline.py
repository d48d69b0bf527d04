"""Steps in threads: order, bounds, errors in both directions, and nothing left running."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from countenance.media.pipeline import ahead, behind


@pytest.fixture(autouse=True)
def no_thread_stays() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


def test_items_come_in_order_and_from_another_thread() -> None:
    threads: set[int] = set()

    def source() -> Iterator[int]:
        for number in range(200):
            threads.add(threading.get_ident())
            yield number

    done: list[int] = []
    with ahead(source(), 3) as items, behind(done.append, 3) as put:
        for item in items:
            put(item)
    assert done == list(range(200))
    assert threads
    assert threading.get_ident() not in threads


def test_no_more_than_asked_for_is_taken_ahead() -> None:
    taken: list[int] = []
    full = threading.Event()

    def source() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            if number == 5:
                full.set()  # the first was given out, four wait, and this one finds no room
            yield number

    with ahead(source(), 4) as items:
        assert next(items) == 0
        assert full.wait(60)
        time.sleep(0.05)
        assert len(taken) == 6


def test_an_early_end_closes_the_source_in_its_own_thread() -> None:
    closed: list[int] = []

    def source() -> Iterator[int]:
        try:
            yield from range(1000)
        finally:
            closed.append(threading.get_ident())

    with ahead(source()) as items:
        assert next(items) == 0
    assert len(closed) == 1
    assert closed[0] != threading.get_ident()


def test_what_the_source_raises_comes_in_its_place() -> None:
    def source() -> Iterator[int]:
        yield 1
        yield 2
        raise LookupError("torn")

    with ahead(source()) as items:
        assert [next(items), next(items)] == [1, 2]
        with pytest.raises(LookupError, match="torn"):
            next(items)


def test_what_the_work_raises_stops_whoever_hands_over() -> None:
    def work(number: int) -> None:
        if number == 3:
            raise OSError("disk full")

    def hand(numbers: range, handed: list[int]) -> None:
        with behind(work, 2) as put:
            for number in numbers:
                put(number)
                handed.append(number)

    handed: list[int] = []
    with pytest.raises(OSError, match="disk full"):
        hand(range(10_000), handed)
    assert len(handed) < 10
    with pytest.raises(OSError, match="disk full"):
        hand(range(3, 4), [])


def test_an_error_in_the_block_leaves_what_waits() -> None:
    done: list[int] = []
    all_wait = threading.Event()

    def work(number: int) -> None:
        assert all_wait.wait(60)
        time.sleep(0.02)
        done.append(number)

    def fail() -> None:
        with behind(work, 50) as put:
            for number in range(50):
                put(number)
            all_wait.set()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert len(done) < 10
