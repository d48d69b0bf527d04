"""A worker process with the fake engine and handlers that do nothing but take notes.

`python fake_worker.py QUEUE...` says `ready` when it works, and stops on SIGTERM.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.orm import Session

from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.database import open_database
from countenance.service.db.tables import AuditEntry, Job
from countenance.service.errors import refused
from countenance.service.jobs import life
from countenance.service.jobs.dbos_queue import DbosQueue
from countenance.service.jobs.handlers import Action, Done, Handler, Outcome, Registry, registry
from countenance.service.jobs.queue import CHECK, NOTIFY, TRAIN
from countenance.service.jobs.worker import Worker
from countenance.service.objects.errors import STORE_UNREACHABLE
from countenance.service.objects.open import open_objects
from countenance.settings import Settings

COMMAND = (sys.executable, str(Path(__file__).with_name("fake_work.py")))


def orders_file(service: Service, job_id: str) -> Path:
    """Where a test writes what is to happen to a job: `{task: {...}}`."""
    return service.settings.data_dir / f"orders-{job_id}.json"


def orders(service: Service, job_id: str, task: str) -> dict[str, Any]:
    """What is to happen."""
    return dict(json.loads(orders_file(service, job_id).read_text()).get(task, {}))


def handlers() -> Registry:
    """A check that hands on to a training, and an action that counts its calls."""
    return registry(
        Handler("check", CHECK, _prepare, _on_event, _publish, _finish),
        Handler("train", TRAIN, _prepare, _on_event, _publish, _finish),
        Action("ring", NOTIFY, _ring),
    )


def _prepare(service: Service, job_id: str, folder: Path) -> Mapping[str, Any] | None:
    if (service.settings.data_dir / f"unready-{job_id}").exists():
        raise ValueError("an error of ours")
    _store_answers(service, job_id)
    with service.database.transaction() as session:
        job = session.get_one(Job, job_id)
    return {"fake": orders(service, job_id, job.task)}


def _on_event(service: Service, job_id: str, folder: Path, event: Mapping[str, Any]) -> None:
    note(service, f"event.{event['event']}", job_id)


def _publish(service: Service, job_id: str, folder: Path, result: Mapping[str, Any]) -> Mapping[str, Any]:
    _store_answers(service, job_id)
    return {**result, "published": True}


def _store_answers(service: Service, job_id: str) -> None:
    """A file counts how often it still does not."""
    away = service.settings.data_dir / f"away-{job_id}"
    if away.exists() and (times := int(away.read_text())):
        away.write_text(str(times - 1))
        raise refused(STORE_UNREACHABLE)


def _finish(session: Session, service: Service, job: Job, outcome: Outcome) -> None:
    broken = service.settings.data_dir / f"unsettled-{job.id}"
    if broken.exists():
        broken.unlink()
        raise ValueError("an error of ours")
    away = service.settings.data_dir / f"database-{job.id}"
    if away.exists() and (times := int(away.read_text())):
        away.write_text(str(times - 1))
        session.execute(text("SELECT * FROM nowhere"))
    how = "done" if isinstance(outcome, Done) else str(outcome.findings[0]["rule"])
    session.add(_note(f"finish.{job.task}.{how}", job.id))
    if job.task == "check" and isinstance(outcome, Done):
        life.hand_on(session, service.queue, job, TRAIN, "train")


def _ring(service: Service, action_id: str) -> float | None:
    plan: list[float | str | None] = json.loads(orders_file(service, action_id).read_text())
    called = len(notes(service, action_id))
    note(service, "ring", action_id)
    after_s = plan[called]
    if isinstance(after_s, str):
        raise ValueError(after_s)
    return after_s


def note(service: Service, action: str, subject_id: str) -> None:
    """Remember that something happened."""
    with service.database.transaction() as session:
        session.add(_note(action, subject_id))


def notes(service: Service, subject_id: str) -> list[str]:
    """What happened, in order."""
    with service.database.transaction() as session:
        found = session.query(AuditEntry).filter_by(subject_id=subject_id).order_by(AuditEntry.id).all()
    return [entry.action for entry in found]


def _note(action: str, subject_id: str) -> AuditEntry:
    return AuditEntry(
        at=now(),
        workspace_id="w1",
        actor="worker",
        action=action,
        subject_kind="job",
        subject_id=subject_id,
        address="",
        request_id="",
    )


def main(queues: list[str]) -> None:
    """Work until told to stop."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    settings = Settings()
    database = open_database(settings)
    service = Service(settings, database, open_objects(settings), DbosQueue(database))
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with Worker(service, handlers(), queues, command=COMMAND) as worker:
        print("ready", worker.executor_id, flush=True)
        stop.wait()


if __name__ == "__main__":
    main(sys.argv[1:])
