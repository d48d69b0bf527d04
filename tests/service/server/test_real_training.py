"""A training with the real engine, whose worker freezes, and whose database then restarts."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from countenance.consent.receipt_content import Material
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.credits.invariants import faults
from countenance.service.credits.ledger import TRAINING, grant
from countenance.service.db.tables import CreditHold, Job, OutboxEvent, Replica, Workspace
from countenance.service.jobs.worker import FENCED
from countenance.service.replicas import life
from countenance.service.replicas.wanted import NewReplica
from countenance.service.tasks.sources import MediaRef
from countenance.service.uploads import bring
from countenance.work.train import CHECKPOINTS

_LEASE_S = 6.0
_PATIENCE_S = 240.0
_COMMAND = (sys.executable, "-m", "countenance", "worker", "--queue", "check", "--queue", "train")


class Workers:
    """Worker processes that have everything the command's have."""

    def __init__(self, log: Path) -> None:
        self.log = log.open("a")
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        """One more."""
        process = subprocess.Popen(_COMMAND, stdout=subprocess.DEVNULL, stderr=self.log)
        self.processes.append(process)
        return process

    def supervise(self) -> None:
        """As whatever supervises workers does: when the last one has ended, another is begun."""
        if all(process.poll() is not None for process in self.processes):
            self.start()

    def end(self) -> None:
        """All of them."""
        for process in self.processes:
            process.kill()
            process.wait()
        self.log.close()


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Workers]:
    """None yet."""
    workers = Workers(tmp_path / "workers.log")
    yield workers
    workers.end()


@pytest.fixture
def service(service: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    """The installation, with short leases, for this process and for the workers; mouths are not refined."""
    wanted = {"lease_s": _LEASE_S, "poll_s": 0.2, "refine_s": 0.0, "personal_voice": False}
    for name, value in wanted.items():
        monkeypatch.setenv(f"COUNTENANCE_{name.upper()}", str(value))
    return Service(service.settings.model_copy(update=wanted), service.database, service.objects, service.queue)


def _create(service: Service, footage: Path) -> str:
    """The id of the job of a new replica."""
    media = bring.put(service, "u1", footage)
    wanted = NewReplica(
        name="Rio",
        material=Material.SYNTHETIC,
        footage=MediaRef(upload_id="u1"),
        declarations=("ai-generated", "likeness"),
    )
    with service.database.transaction() as session:
        session.add(Workspace(id="w1", name="", created_at=now()))
        session.flush()
        grant(session, "w1", TRAINING, 2, "a training")
        bring.note(session, "w1", "u1", footage, media)
        life.create(session, service, "w1", wanted)
        return session.query(Job).one().id


def _job(service: Service, job_id: str) -> Job:
    with service.database.reading() as session:
        return session.get_one(Job, job_id)


def _until(service: Service, job_id: str, so: Callable[[Job], bool]) -> Job:
    end = time.monotonic() + _PATIENCE_S
    while not so(job := _job(service, job_id)):
        assert time.monotonic() < end, (job.state, job.stage, job.fraction, job.attempt, job.findings)
        time.sleep(0.2)
    return job


def _checkpoints(service: Service, job_id: str) -> dict[str, int]:
    """Their names, and when each was written."""
    folder = service.settings.data_dir / "work" / job_id / CHECKPOINTS
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("*.safetensors")}


def _has_learned(job: Job) -> bool:
    return job.task == "train" and job.stage in ("learn", "measure")


@pytest.mark.parametrize("backend", ["postgresql"])  # with SQLite there is one worker at a time, and no server
def test_a_training_outlives_a_frozen_worker_and_a_restarted_database(
    service: Service, workers: Workers, short_footage: Path, outage: Callable[[float], None]
) -> None:
    job_id = _create(service, short_footage)
    first = workers.start()
    _until(service, job_id, _has_learned)
    first.send_signal(signal.SIGSTOP)
    frozen, kept = _job(service, job_id), _checkpoints(service, job_id)
    assert kept
    workers.start()
    taken_over = _until(service, job_id, lambda job: job.attempt > frozen.attempt and job.state == "running")
    assert taken_over.executor_id != frozen.executor_id
    assert taken_over.fraction >= frozen.fraction > 0
    first.send_signal(signal.SIGCONT)
    assert first.wait(30) == FENCED

    _until(service, job_id, lambda job: job.attempt == taken_over.attempt and _has_learned(job))
    before = _job(service, job_id)
    assert before.state == "running"
    assert kept.items() <= _checkpoints(service, job_id).items(), "what was done is done again"
    outage(1.0)
    service.database.dispose()

    def is_over(job: Job) -> bool:
        workers.supervise()
        return job.state not in ("queued", "running")

    ended = _until(service, job_id, is_over)
    assert (ended.state, ended.findings) == ("done", None)
    _check_the_books(service)


def _check_the_books(service: Service) -> None:
    with service.database.reading() as session:
        assert not any(faults(session).values()), faults(session)
        hold = session.query(CreditHold).one()
        assert (hold.state, hold.captured) == ("captured", 1)
        assert session.query(Replica).one().completed_at is not None
        assert session.query(OutboxEvent).filter_by(type="replica.completed").count() == 1
