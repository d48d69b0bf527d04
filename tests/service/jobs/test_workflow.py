"""A task is done, told of, and settled once, whatever breaks in between."""

from __future__ import annotations

from typing import Any

import pytest

from countenance.service.jobs import life, workflow
from countenance.service.jobs.queue import workflow_id

FINDING = {"rule": "footage.too_short", "title": "Too short."}


def test_a_check_is_followed_by_a_training(bench: Any) -> None:
    with bench.worker():
        job = bench.job("check", check={"ticks": 2}, train={"ticks": 3, "preview_at": 1})
        row = bench.until_ended(job)
    assert (row.state, row.fraction, row.attempt) == ("done", 1.0, 1)
    assert bench.notes(job) == ["finish.check.done", "event.preview", "finish.train.done"]
    assert not bench.folder(job).exists()


def test_a_child_that_crashes_goes_on_from_its_checkpoint(bench: Any) -> None:
    with bench.worker():
        job = bench.job(train={"ticks": 4, "crash_at": 3, "tick_s": 0.3})
        bench.until(lambda: bench.row(job).attempt == 2)
        ticks = [tick for _, tick in bench.trace(job)]
        row = bench.until_ended(job)
    assert (row.state, row.attempt) == ("done", 2)
    assert ticks[:2] == [1, 2]
    assert 1 not in ticks[2:]
    assert bench.notes(job) == ["finish.train.done"]


@pytest.mark.parametrize("backend", ["sqlite"])
def test_one_that_advances_is_not_given_up(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workflow, "_PAUSES_S", (0.0,))
    with bench.worker():
        job = bench.job(train={"ticks": 4, "crash_each": True})
        row = bench.until_ended(job)
    assert (row.state, row.attempt) == ("done", 5)


@pytest.mark.parametrize(
    ("orders", "rule", "deadline_s"),
    [
        ({"ticks": 1, "findings": [FINDING]}, "footage.too_short", 30.0),
        ({"ticks": 2, "crash_at": 2, "crashes": 9}, "service.crashed", 30.0),
        ({"ticks": 1, "mute": True}, "service.crashed", 30.0),
        ({"ticks": 1, "status": 74}, "service.cannot_store", 30.0),
        ({"ticks": 600, "tick_s": 0.1, "silent": True}, "service.deadline", 2.0),
    ],
    ids=["a user's problem", "a crash again and again", "no last word", "a full disk", "too late"],
)
@pytest.mark.parametrize("backend", ["sqlite"])
def test_it_fails_with_the_reason(bench: Any, orders: dict[str, Any], rule: str) -> None:
    with bench.worker():
        job = bench.job(train=orders)
        row = bench.until_ended(job)
    assert row.state == "failed"
    assert row.findings is not None
    assert row.findings[0]["rule"] == rule
    assert bench.notes(job) == [f"finish.train.{rule}"]
    assert not bench.folder(job).exists()


@pytest.mark.parametrize("backend", ["sqlite"])
def test_an_error_of_ours_ends_the_job_and_no_workflow_stays(bench: Any) -> None:
    with bench.worker():
        job = bench.job(train={})
        (bench.service.settings.data_dir / f"unready-{job}").touch()
        row = bench.until_ended(job)
        bench.until(lambda: bench.service.queue.states([workflow_id(job, "train")]).popitem()[1] == "SUCCESS")
    assert row.findings is not None
    assert row.findings[0]["rule"] == "service.internal"
    assert bench.notes(job) == ["finish.train.service.internal"]


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_store_that_is_away_for_a_while_costs_nothing(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workflow, "_PUBLISH_PAUSES_S", (0.1, 0.1))
    with bench.worker():
        job = bench.job(train={"ticks": 40, "tick_s": 0.05})
        away = bench.service.settings.data_dir / f"away-{job}"
        bench.until(lambda: bool(bench.trace(job)))
        away.write_text("2")
        row = bench.until_ended(job)
    assert (row.state, row.attempt, away.read_text()) == ("done", 1, "0")


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize(("times", "ends"), [(1, "done"), (9, "service.store_unreachable")])
def test_a_store_that_is_away_at_the_start_is_asked_again(bench: Any, times: int, ends: str) -> None:
    job = bench.job(train={"ticks": 1})
    (bench.service.settings.data_dir / f"away-{job}").write_text(str(times))
    with bench.worker():
        bench.until_ended(job)
    assert bench.notes(job) == [f"finish.train.{ends}"]


def test_a_cancelled_task_is_gone_within_two_seconds(bench: Any) -> None:
    with bench.worker():
        job = bench.job(train={"ticks": 100, "tick_s": 0.05, "stubborn": True})
        bench.until(lambda: len(bench.trace(job)) > 2)
        child = bench.trace(job)[0][0]
        with bench.service.database.transaction() as session:
            locked = life.locked(session, job)
            assert locked is not None
            life.end(locked, "cancelled")
        bench.service.queue.cancel([workflow_id(job, "train")])
        # One second to see it, one until the child that ignores SIGTERM is killed; the rest is this machine's.
        assert bench.until(lambda: not bench.is_alive(child)) < 3.5
        bench.until(lambda: not bench.folder(job).exists())
    assert bench.notes(job) == []
    assert bench.row(job).state == "cancelled"


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_job_that_has_ended_is_not_begun(bench: Any) -> None:
    job = bench.job(train={})
    with bench.service.database.transaction() as session:
        locked = life.locked(session, job)
        assert locked is not None
        life.end(locked, "cancelled")
    with bench.worker():
        bench.until(lambda: bench.service.queue.states([f"{job}:train"]) == {f"{job}:train": "SUCCESS"})
    assert bench.notes(job) == []
    assert bench.row(job).attempt == 0


def test_a_worker_that_stops_in_peace_costs_no_attempt(bench: Any) -> None:
    with bench.worker():
        job = bench.job(train={"ticks": 6, "tick_s": 0.2})
        bench.until(lambda: len(bench.trace(job)) > 1)
    row = bench.row(job)
    assert (row.state, row.attempt, row.stage, row.seconds_left) == ("queued", 0, "queued", None)
    with bench.worker():
        row = bench.until_ended(job)
    assert (row.state, row.attempt) == ("done", 1)
    assert bench.notes(job) == ["finish.train.done"]
