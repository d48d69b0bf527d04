"""Trainings raced by deletes and by workers that are killed: nobody pays for what did not succeed, nothing is lost.

`COUNTENANCE_RACE_TRAININGS=200` races as many as that.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from countenance.consent.receipt_content import Material
from countenance.errors import CountenanceError
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.credits.account import balance
from countenance.service.credits.invariants import faults
from countenance.service.credits.ledger import TRAINING, grant
from countenance.service.db.tables import CreditHold, CreditPosting, Job, OutboxEvent, Replica, Upload, Workspace
from countenance.service.jobs.worker import FENCED
from countenance.service.replicas import life
from countenance.service.replicas.wanted import NewReplica
from countenance.service.tasks.sources import MediaRef

_TRAININGS = int(os.environ.get("COUNTENANCE_RACE_TRAININGS", "20"))
_WORKER = Path(__file__).with_name("race_worker.py")
_OPEN = ("waiting", "queued", "running")
_PATIENCE_S = 30 + 3.0 * _TRAININGS


class Workers:
    """Two worker processes, one of which dies now and then."""

    def __init__(self, log: Path) -> None:
        self.log = log.open("a")
        self.processes = [self._start() for _ in range(2)]
        self.kills = 0

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen([sys.executable, str(_WORKER)], stdout=subprocess.DEVNULL, stderr=self.log, text=True)

    def kill_one(self, chance: random.Random) -> None:
        number = chance.randrange(2)
        self.processes[number].kill()
        self.processes[number].wait()
        self.processes[number] = self._start()
        self.kills += 1

    def mend(self) -> None:
        """As whoever supervises workers does: one that lost its lease is begun anew."""
        for number, process in enumerate(self.processes):
            if process.poll() == FENCED:
                self.processes[number] = self._start()

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
        self.log.close()


@contextmanager
def _workers(log: Path) -> Iterator[Workers]:
    workers = Workers(log)
    try:
        yield workers
    finally:
        workers.end()


@pytest.fixture
def hurried(service: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    """The installation with short leases, for this process and for the workers."""
    wanted = {"lease_s": 4.0, "poll_s": 0.1, "trainings_at_once": 3, "attempts": 100}
    for name, value in wanted.items():
        monkeypatch.setenv(f"COUNTENANCE_{name.upper()}", str(value))
    settings = service.settings.model_copy(update=wanted)
    return Service(settings, service.database, service.objects, service.queue)


def _begin(service: Service, tmp_path: Path) -> None:
    footage = tmp_path / "footage.mp4"
    footage.write_bytes(b"footage " * 100)
    service.objects.put("uploads/u1", footage)
    with service.database.transaction() as session:
        session.add(Workspace(id="w1", name="", created_at=now()))
        session.flush()
        grant(session, "w1", TRAINING, _TRAININGS + 5, "a race")
        upload = Upload(
            id="u1",
            workspace_id="w1",
            filename="footage.mp4",
            bytes=800,
            part_bytes=8 << 20,
            state="complete",
            object_key="uploads/u1",
            content_type="video/mp4",
            created_at=now(),
            expires_at=now(),
        )
        session.add(upload)


def _create(service: Service) -> str:
    wanted = NewReplica(
        name="Rio",
        material=Material.SYNTHETIC,
        footage=MediaRef(upload_id="u1"),
        declarations=("ai-generated", "likeness"),
    )
    with service.database.transaction() as session:
        return life.create(session, service, "w1", wanted).id


def _delete(service: Service, replica_id: str, *, hard: bool) -> bool:
    try:
        life.delete_and_cancel(service, "w1", replica_id, hard=hard)
    except CountenanceError:
        return False
    return True


def _open_jobs(service: Service) -> int:
    with service.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Job).where(Job.state.in_(_OPEN))) or 0


def test_nobody_pays_for_what_did_not_succeed_and_nothing_is_lost(hurried: Service, tmp_path: Path) -> None:
    _begin(hurried, tmp_path)
    chance = random.Random(7)  # noqa: S311 - the same race each time
    deleted: set[str] = set()
    made: list[str] = []
    with _workers(tmp_path / "workers.log") as workers:
        until = time.monotonic() + _PATIENCE_S
        kill_at = time.monotonic() + 4
        while (len(made) < _TRAININGS or _open_jobs(hurried)) and time.monotonic() < until:
            if len(made) < _TRAININGS and _open_jobs(hurried) < 12:
                made.append(_create(hurried))
            if made and chance.random() < 0.25 and len(deleted) < 0.6 * _TRAININGS:
                victim = chance.choice(made[-12:])
                if _delete(hurried, victim, hard=chance.random() < 0.3):
                    deleted.add(victim)
            if time.monotonic() > kill_at and workers.kills < max(3, _TRAININGS // 15):
                workers.kill_one(chance)
                kill_at = time.monotonic() + chance.uniform(3, 8)
            time.sleep(0.05)
        assert workers.kills >= 1
    assert len(made) == _TRAININGS
    _check_the_books(hurried, made)


def test_a_database_that_is_away_for_a_while_loses_nothing(
    hurried: Service, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if hurried.database.is_sqlite:
        pytest.skip("SQLite is a file, and is never away")
    _begin(hurried, tmp_path)
    with _workers(tmp_path / "workers.log") as workers:
        made = [_create(hurried) for _ in range(6)]
        until = time.monotonic() + _PATIENCE_S
        while _open_jobs(hurried) > 4 and time.monotonic() < until:
            time.sleep(0.1)
        request.getfixturevalue("outage")(3.0)
        hurried.database.dispose()
        while _open_jobs(hurried) and time.monotonic() < until:
            workers.mend()
            time.sleep(0.2)
    _check_the_books(hurried, made)


def _check_the_books(service: Service, made: list[str]) -> None:
    with service.database.transaction() as session:
        states = Counter(session.scalars(select(Job.state)))
        assert sum(states.values()) == len(made)
        assert not set(states) & set(_OPEN), states
        assert not any(faults(session).values()), faults(session)
        replicas = {replica.id: replica for replica in session.scalars(select(Replica))}
        holds = session.scalars(select(CreditHold)).all()
        assert len(holds) == len(made)
        for hold in holds:
            succeeded = replicas[hold.subject_id].completed_at is not None
            assert hold.state == ("captured" if succeeded else "released"), hold.subject_id
        spent = sum(hold.captured for hold in holds)
        found = balance(session, "w1", TRAINING)
        assert (found.spent, found.held, found.available) == (spent, 0, found.granted - spent)
        captures = Counter(session.scalars(select(CreditPosting.hold_id).where(CreditPosting.target == "spent")))
        assert all(count == 1 for count in captures.values())
        ends = Counter(
            session.scalars(
                select(OutboxEvent.subject_id).where(OutboxEvent.type.in_(("replica.completed", "replica.error")))
            )
        )
        assert all(count == 1 for count in ends.values())
        assert spent > 0
