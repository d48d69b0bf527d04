"""Hard deletion as durable work: asked for in the transaction that marks the row as deleted."""

from __future__ import annotations

from functools import partial

from sqlalchemy import update
from sqlalchemy.orm import Session

from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.jobs.handlers import Action
from countenance.service.jobs.queue import NOTIFY
from countenance.service.purge.purge import purge
from countenance.service.purge.traces import TABLES, TRANSCRIPTION


def ask(session: Session, service: Service, kind: str, subject_id: str) -> None:
    """Purge a `replica`, `video`, `lipsync` or `transcription` as soon as this transaction has ended.

    That it was asked for stays with the row: a queue gives up at some time, the sweep of what is to go does not.
    """
    table = TABLES[kind]
    if kind != TRANSCRIPTION:  # what is left of a deleted one is seen
        first = update(table).where(table.id == subject_id, table.purge_asked_at.is_(None))
        session.execute(first.values(purge_asked_at=now()))
    service.queue.enqueue(session, NOTIFY, subject_id, f"purge_{kind}")


def _run(service: Service, subject_id: str, kind: str) -> None:
    purge(service, kind, subject_id)


ACTIONS = tuple(Action(f"purge_{kind}", NOTIFY, partial(_run, kind=kind)) for kind in TABLES)
"""For the registry of a worker."""
