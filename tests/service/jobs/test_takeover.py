"""What a dead worker was doing, another goes on with; what a frozen one was doing is not done twice."""

from __future__ import annotations

import asyncio
import signal
from typing import Any

import pytest
from sqlalchemy import update

from countenance.service.clock import now
from countenance.service.db.tables import Lease
from countenance.service.jobs import lease
from countenance.service.jobs.worker import FENCED
from countenance.service.jobs.workflow import Work

ORDERS = {"ticks": 45, "tick_s": 0.25}
"""A training of eleven seconds."""


def test_a_killed_workers_training_goes_on_in_another(bench: Any) -> None:
    first = bench.worker_process()
    job = bench.job(train=ORDERS)
    bench.until(lambda: len(bench.trace(job)) >= 4)
    with bench.worker("train", alone=False):
        first.kill()
        child = bench.trace(job)[0][0]
        bench.until(lambda: not bench.is_alive(child), within_s=2)
        ticks = len(bench.trace(job))
        bench.until(lambda: len(bench.trace(job)) > ticks + 1)
        resumed = bench.trace(job)[ticks:]
        row = bench.row(job)
    assert resumed[0][0] != child
    assert resumed[0][1] in (ticks, ticks + 1)
    assert (row.state, row.attempt) == ("running", 2)


@pytest.mark.parametrize("backend", ["postgresql"])  # SQLite has one worker at a time
def test_a_frozen_workers_child_ends_and_the_worker_too(bench: Any) -> None:
    first = bench.worker_process()
    job = bench.job(train={**ORDERS, "outlives": True})
    bench.until(lambda: len(bench.trace(job)) >= 4)
    child = bench.trace(job)[0][0]
    with bench.worker("train", alone=False):
        first.send_signal(signal.SIGSTOP)
        bench.until(lambda: any(pid != child for pid, _ in bench.trace(job)))
        assert not bench.is_alive(child)
        first.send_signal(signal.SIGCONT)
        assert first.wait(10) == FENCED
        row = bench.until_ended(job)
    assert (row.state, row.attempt) == ("done", 2)
    assert bench.notes(job) == ["finish.train.done"]


@pytest.mark.parametrize("backend", ["sqlite"])
def test_who_is_alone_goes_on_at_once_after_a_restart(bench: Any) -> None:
    first = bench.worker_process(lease_s=3600)
    job = bench.job(train=ORDERS)
    bench.until(lambda: len(bench.trace(job)) >= 4)
    first.kill()
    first.wait()
    with bench.worker("train"):
        bench.until(lambda: bench.row(job).attempt == 2)


@pytest.mark.parametrize("backend", ["sqlite"])
def test_who_is_alone_works_although_its_lease_expired_in_its_sleep(bench: Any) -> None:
    with bench.worker("train"):
        with bench.service.database.transaction() as session:
            session.execute(update(Lease).values(expires_at=now()))
        job = bench.job(train={"ticks": 1, "crash_at": 1})
        assert bench.until_ended(job).state == "done"


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_task_waits_for_a_lease_and_not_for_ever(bench: Any, work: Work) -> None:
    job = bench.job(train={"ticks": 1})

    async def executed() -> Any:
        doing = asyncio.ensure_future(work.execute(job, "train"))
        await asyncio.sleep(0.3)
        assert bench.row(job).attempt == 0
        with bench.service.database.transaction() as session:
            lease.take(session, "e1", ["train"], 60)
        return await asyncio.wait_for(doing, 10)

    assert asyncio.run(executed()) == {"done": {"published": True}}
