"""A job whose workflow is over without it fails once; what lies about goes."""

from __future__ import annotations

from typing import Any

import pytest

from countenance.service.db.tables import Job
from countenance.service.jobs.sweep import fail_abandoned, tidy
from countenance.service.jobs.work_folder import work_folder
from countenance.service.jobs.workflow import Work


def test_only_an_abandoned_job_fails_and_once(bench: Any, work: Work) -> None:
    enqueued, cancelled, absent, waiting = (bench.job(train={}) for _ in range(4))
    queue = work.queue
    queue.cancel([f"{job}:train" for job in (cancelled, absent, waiting)])
    queue.forget([f"{absent}:train"])
    with bench.service.database.transaction() as session:
        session.get_one(Job, waiting).state = "waiting"
    assert fail_abandoned(work) == 2
    assert fail_abandoned(work) == 0
    states = [bench.row(job).state for job in (enqueued, cancelled, absent, waiting)]
    assert states == ["queued", "failed", "failed", "waiting"]
    assert bench.notes(cancelled) == bench.notes(absent) == ["finish.train.service.crashed"]
    assert bench.notes(enqueued) == bench.notes(waiting) == []


def test_the_folder_of_a_job_at_which_nobody_works_goes(bench: Any, work: Work) -> None:
    queued, waiting = bench.job(train={}), bench.job(train={})
    with bench.service.database.transaction() as session:
        session.get_one(Job, waiting).state = "waiting"
    for job in (queued, waiting, "unknown"):
        (work_folder(bench.service.settings, job) / "face.jpg").touch()
    tidy(work)
    assert [bench.folder(job).exists() for job in (queued, waiting, "unknown")] == [True, False, False]


@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_job_of_a_task_that_nobody_knows_ends(bench: Any, work: Work) -> None:
    job = bench.job("unheard", unheard={})
    work.queue.cancel([f"{job}:unheard"])
    assert fail_abandoned(work) == 1
    assert bench.row(job).state == "failed"


def test_what_was_done_is_not_lost_with_its_workflow(bench: Any, work: Work) -> None:
    with bench.worker():
        job = bench.job(train={"ticks": 1})
        (bench.service.settings.data_dir / f"unsettled-{job}").touch()
        bench.until(lambda: work.queue.states([f"{job}:train"]) == {f"{job}:train": "ERROR"})
    assert bench.row(job).state == "running"
    assert fail_abandoned(work) == 1
    assert (bench.row(job).state, bench.notes(job)) == ("done", ["finish.train.done"])


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_database_that_is_away_for_minutes_is_waited_for(bench: Any) -> None:
    with bench.worker():
        job = bench.job(train={"ticks": 1})
        (bench.service.settings.data_dir / f"database-{job}").write_text("2")
        assert bench.until_ended(job).state == "done"
    assert bench.notes(job) == ["finish.train.done"]
