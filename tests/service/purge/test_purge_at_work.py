"""A hard deletion in the middle of the work: nothing of what the work was writing is left."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from countenance.service.accounts import workspaces
from countenance.service.context import Service
from countenance.service.db.tables import Job, Replica
from countenance.service.jobs.handlers import Handler, JsonObject, Outcome, registry
from countenance.service.jobs.queue import CHECK
from countenance.service.jobs.worker import Worker
from countenance.service.purge.actions import ACTIONS, ask
from countenance.service.replicas import life
from countenance.service.replicas.wanted import NewReplica
from countenance.service.tasks.sources import MediaRef

FACE = b"the very pixels of a face "
_WORK = f"""
import pathlib, sys, time
folder = pathlib.Path(sys.argv[2])
for number in range(10_000):
    (folder / f"{{number % 50}}.jpg").write_bytes({FACE!r} * 100)
    time.sleep(0.002)
"""
"""Writes for twenty seconds, unless it is stopped."""


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTENANCE_POLL_S", "0.1")


def test_it_ends_the_work_first(service: Service) -> None:
    with service.database.transaction() as session:
        workspace = workspaces.create(session, service.settings, "Harbour Films").id
        wanted = NewReplica(full_name="Grace Hopper", footage=MediaRef(url="https://films.example/f.mp4"))
        replica = life.create(session, service, workspace, wanted)
    checking = Handler("check", CHECK, _begin, _nothing, _publish, _finish)
    command = (sys.executable, "-c", _WORK)
    with Worker(service, registry(checking, *ACTIONS), ("check", "notify"), alone=True, command=command):
        _until(lambda: bool(_faces(service)))
        with service.database.transaction() as session:
            workflows = life.delete(session, service, workspace, replica.id, hard=True)
            ask(session, service, "replica", replica.id)
        service.queue.cancel(workflows)
        _until(lambda: _row(service, replica.id).purged_at is not None)
        assert _faces(service) == []
        time.sleep(0.3)
        assert _faces(service) == []
    assert service.objects.list("replicas") == []


def _begin(service: Service, job_id: str, folder: Path) -> JsonObject | None:
    with service.database.transaction() as session:
        replica_id = session.get_one(Job, job_id).subject_id
        return {} if life.begin(session, replica_id, "check") else None


def _nothing(service: Service, job_id: str, folder: Path, event: JsonObject) -> None: ...


def _publish(service: Service, job_id: str, folder: Path, result: JsonObject) -> JsonObject:
    raise AssertionError("it never comes to an end")


def _finish(session: Session, service: Service, job: Job, outcome: Outcome) -> None: ...


def _faces(service: Service) -> list[Path]:
    found = []
    for path in service.settings.data_dir.rglob("*.jpg"):
        try:
            found += [path] * (FACE in path.read_bytes())
        except FileNotFoundError:
            continue
    return found


def _row(service: Service, replica_id: str) -> Replica:
    with service.database.reading() as session:
        return session.get_one(Replica, replica_id)


def _until(true: Callable[[], bool], within_s: float = 30.0) -> None:
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < within_s, "it did not happen"
        time.sleep(0.05)
