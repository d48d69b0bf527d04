"""What is done again and again beside the work: expired credits, links, uploads and footage."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from countenance.service import retention
from countenance.service.accounts import sessions
from countenance.service.clock import now
from countenance.service.consent_requests import expiry
from countenance.service.context import Service
from countenance.service.credits import invariants, ledger
from countenance.service.notify.dispatch import dispatch
from countenance.service.replicas import revocations
from countenance.service.tasks import leftovers
from countenance.service.uploads import expire as uploads

_SECOND, _MINUTE, _HOUR = 1.0, 60.0, 3600.0
_PATIENCE_S = 2.0
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Chore:
    """Something that is done each `every_s` seconds."""

    name: str
    every_s: float
    do: Callable[[Service], Mapping[str, int] | int]
    """how much was done"""


def _expire_credits(service: Service) -> int:
    with service.database.reading() as session:
        accounts = ledger.due(session)
    count = 0
    for workspace_id, unit in accounts:
        with service.database.transaction() as session:
            count += ledger.expire(session, workspace_id, unit)
    return count


def _free_holds(service: Service) -> int:
    with service.database.transaction() as session:
        return invariants.sweep(session)


def _forget_sessions(service: Service) -> int:
    with service.database.transaction() as session:
        return sessions.sweep(session, service.settings)


AT_ONCE = (Chore("events are dispatched", _SECOND, dispatch),)
NOW_AND_THEN = (
    Chore("credits expire", _MINUTE, _expire_credits),
    Chore("forgotten holds are freed", _MINUTE, _free_holds),
    Chore("consent requests expire", _MINUTE, expiry.sweep),
    Chore("consents that were taken back end their replicas", _MINUTE, revocations.sweep),
    Chore("what trainings leave is deleted", 10 * _MINUTE, lambda service: leftovers.sweep(service, now())),
    Chore("sessions of browsers end", _HOUR, _forget_sessions),
    Chore("uploads expire", _HOUR, uploads.sweep),
    Chore("what is kept too long is deleted", _HOUR, lambda service: retention.sweep(service, now())),
)


@contextmanager
def housekeeping(service: Service) -> Iterator[None]:
    """Do the chores while the block lasts, those that people wait for in a thread of their own.

    Every worker may do them at once. One that fails is logged and tried again at its next time.
    """
    over = threading.Event()
    threads = [
        threading.Thread(target=_keep, args=(service, chores, over), name=name, daemon=True)
        for name, chores in (("dispatch", AT_ONCE), ("housekeeping", NOW_AND_THEN))
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join(_PATIENCE_S)  # what it does may be broken off: it is done again


def _keep(service: Service, chores: tuple[Chore, ...], over: threading.Event) -> None:
    due = {chore.name: time.monotonic() for chore in chores}
    while not over.wait(_SECOND):
        for chore in chores:
            if time.monotonic() < due[chore.name] or over.is_set():
                continue
            due[chore.name] = time.monotonic() + chore.every_s - _SECOND / 2
            try:
                done = chore.do(service)
            except Exception as error:  # such as a database that restarts
                _log.warning("chore failed", chore=chore.name, error=type(error).__name__)
                continue
            if any(done.values()) if isinstance(done, Mapping) else done:
                _log.info("chore done", chore=chore.name, done=done)
