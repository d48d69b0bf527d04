"""The fraction never falls; a silent task shows that it lives; a job that is not ours is let go."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from countenance.service.clock import now
from countenance.service.db.tables import Job
from countenance.service.jobs import life, progress
from countenance.service.jobs.progress import Reporter, standing


@pytest.mark.parametrize(
    ("state", "heard_s_ago", "expected"),
    [
        ("running", 10, "working"),
        ("running", 179, "working"),
        ("running", 181, "stalled"),
        ("queued", 9999, "waiting"),
        ("waiting", None, "waiting"),
        ("done", 9999, "ended"),
        ("cancelled", None, "ended"),
    ],
)
def test_what_people_are_shown(state: str, heard_s_ago: float | None, expected: str) -> None:
    moment = now()
    heard = None if heard_s_ago is None else moment - timedelta(seconds=heard_s_ago)
    job = Job(id="j1", state=state, heartbeat_at=heard, created_at=moment - timedelta(days=1), started_at=heard)
    assert standing(job, moment, lease_s=60) == expected


@pytest.mark.parametrize(("refined", "per_check"), [(False, 110 / 23), (True, 215 / 23)])
def test_the_fraction_of_the_job_grows_through_its_tasks(
    bench: Any, monkeypatch: pytest.MonkeyPatch, refined: bool, per_check: float
) -> None:
    job = bench.job("check", check={})
    _running(bench, job)
    _told(bench, job, "check", fraction=0.01, seconds_left=900.0)
    assert bench.row(job).seconds_left is None, "too little was seen to tell"
    monkeypatch.setattr(progress, "refines", lambda _: refined)
    _told(bench, job, "check", fraction=0.5, seconds_left=10.0)
    half = bench.row(job)
    assert half.fraction == pytest.approx(0.085)
    assert half.seconds_left == pytest.approx(10 + 20 * per_check)
    assert half.stage == "watch"
    with bench.service.database.transaction() as session:
        life.hand_on(session, bench.service.queue, session.get_one(Job, job), "train", "train")
    assert (bench.row(job).stage, bench.row(job).seconds_left) == ("queued", None)
    _running(bench, job)
    _told(bench, job, "train", fraction=0.5, seconds_left=40.0)
    _told(bench, job, "train", fraction=0.1, seconds_left=40.0)
    row = bench.row(job)
    assert row.fraction == pytest.approx(0.585)
    assert row.seconds_left == pytest.approx(40.0), "what this attempt still has to do"


def test_one_that_says_nothing_shows_signs_of_life(bench: Any) -> None:
    job = bench.job(train={})
    _running(bench, job)
    before = bench.row(job).heartbeat_at
    stop = threading.Event()
    with Reporter(bench.service, job, "train", "e1").at_work(stop):
        bench.until(lambda: bench.row(job).heartbeat_at != before, within_s=10)
    assert not stop.is_set()
    assert bench.row(job).fraction == 0


@pytest.mark.parametrize("change", [{"state": "cancelled"}, {"executor_id": "e2"}, {"task": "other"}])
@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_job_that_is_not_ours_any_more_is_let_go(bench: Any, change: dict[str, str]) -> None:
    job = bench.job(train={})
    _running(bench, job)
    stop = threading.Event()
    with Reporter(bench.service, job, "train", "e1").at_work(stop):
        with bench.service.database.transaction() as session:
            for name, value in change.items():
                setattr(session.get_one(Job, job), name, value)
        assert stop.wait(10)


def _running(bench: Any, job: str) -> None:
    with bench.service.database.transaction() as session:
        row = session.get_one(Job, job)
        row.state, row.executor_id = "running", "e1"


def _told(bench: Any, job: str, task: str, fraction: float, seconds_left: float) -> None:
    reporter = Reporter(bench.service, job, task, "e1")
    with reporter.at_work(threading.Event()):
        reporter.note({"event": "progress", "stage": "watch", "fraction": fraction, "seconds_left": seconds_left})
