"""Jobs that a fake engine does, and workers for them in this process and in others."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import Job, Workspace
from countenance.service.jobs import life
from countenance.service.jobs.dbos_queue import DbosQueue
from countenance.service.jobs.worker import Worker
from countenance.service.jobs.workflow import Work

_HERE = Path(__file__).parent


def _load(name: str) -> ModuleType:
    specification = importlib.util.spec_from_file_location(name, _HERE / f"{name}.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


fake = _load("fake_worker")


class Bench:
    """What the tests of durable work share."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._processes: list[subprocess.Popen[str]] = []
        with service.database.transaction() as session:
            session.add(Workspace(id="w1", name="Studio", created_at=now()))

    def job(self, task: str = "train", **orders: dict[str, Any]) -> str:
        """A job of which a task is enqueued; `orders` say what each of its tasks does."""
        with self.service.database.transaction() as session:
            job = life.create(session, "w1", "replica", "r1", task)
            fake.orders_file(self.service, job.id).write_text(json.dumps(orders))
            life.hand_on(session, self.service.queue, job, task, task)
        return job.id

    def row(self, job_id: str) -> Job:
        """The job as it is now."""
        with self.service.database.transaction() as session:
            return session.get_one(Job, job_id)

    def notes(self, job_id: str) -> list[str]:
        """What happened to it."""
        return list(fake.notes(self.service, job_id))

    def folder(self, job_id: str) -> Path:
        """Where its files lie."""
        return self.service.settings.data_dir / "work" / job_id

    def trace(self, job_id: str) -> list[tuple[int, int]]:
        """(process, tick) of all that was done while the job is not over."""
        with contextlib.suppress(FileNotFoundError):
            lines = (self.folder(job_id) / "trace").read_text().splitlines()
            return [(int(pid), int(tick)) for pid, tick in (line.split() for line in lines if line.count(" ") == 1)]
        return []

    def until(self, true: Callable[[], bool], within_s: float = 30.0) -> float:
        """Wait for something; how long it took, in seconds."""
        began = time.monotonic()
        while not true():
            assert time.monotonic() - began < within_s, "it did not happen"
            time.sleep(0.05)
        return time.monotonic() - began

    def until_ended(self, job_id: str) -> Job:
        """Wait for the end of a job."""
        self.until(lambda: life.has_ended(self.row(job_id)))
        return self.row(job_id)

    @staticmethod
    def is_alive(pid: int) -> bool:
        """Whether the process still does anything."""
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except (FileNotFoundError, ProcessLookupError):
            return False

    @contextlib.contextmanager
    def worker(self, *queues: str, alone: bool = True) -> Iterator[Worker]:
        """A worker in this process, which its lease would end too: so it is long, or the worker is alone."""
        names = queues or ("check", "train", "notify")
        with Worker(self.service, fake.handlers(), names, alone=alone, command=fake.COMMAND) as worker:
            yield worker

    def worker_process(self, lease_s: float = 3.0) -> subprocess.Popen[str]:
        """A worker for trainings in a process of its own, which is at work."""
        command = [sys.executable, str(_HERE / "fake_worker.py"), "train"]
        environment = {**os.environ, "COUNTENANCE_LEASE_S": str(lease_s)}
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        self._processes.append(process)
        assert process.stdout is not None
        assert process.stdout.readline().startswith("ready")
        return process

    def close(self) -> None:
        """End all processes."""
        for process in self._processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


@pytest.fixture
def bench(service: Service) -> Iterator[Bench]:
    """See `Bench`."""
    bench = Bench(service)
    yield bench
    bench.close()


@pytest.fixture
def work(bench: Bench, queue: DbosQueue) -> Work:
    """The steps of a worker that has not begun."""
    return Work(bench.service, queue, fake.handlers(), "e1", fake.COMMAND)


@pytest.fixture
def deadline_s() -> float:
    """After which a task is given up."""
    return 30.0


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, deadline_s: float) -> None:
    """Leases of twelve seconds, a poll each tenth of a second, one further attempt."""
    monkeypatch.setenv("COUNTENANCE_LEASE_S", "12")
    monkeypatch.setenv("COUNTENANCE_POLL_S", "0.1")
    monkeypatch.setenv("COUNTENANCE_ATTEMPTS", "1")
    monkeypatch.setenv("COUNTENANCE_TRAINING_DEADLINE_S", str(deadline_s))
