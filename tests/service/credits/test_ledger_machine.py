"""Credits under whatever order of events: given, held, settled twice, deleted, swept, expired, crashed anywhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import event
from sqlalchemy.orm import Session

from countenance.errors import CountenanceError
from countenance.service.clock import now
from countenance.service.credits.account import balance
from countenance.service.credits.invariants import faults, sweep
from countenance.service.credits.ledger import TRAINING, capture, expire, grant, hold, release
from countenance.service.db.database import Database
from countenance.service.db.tables import CreditGrant, Job, Replica, Workspace


class _Crash(Exception):
    """The power went."""


def _replica(job_id: str, workspace_id: str) -> Replica:
    """What a job is for; it has the job's id."""
    return Replica(
        id=job_id,
        workspace_id=workspace_id,
        name="",
        status="training",
        material="footage",
        subject="self",
        declarations=[],
        model_name="phoenix-4",
        properties={},
        job_id=job_id,
        created_at=now(),
        updated_at=now(),
    )


def _succeed(session: Session, job_id: str) -> bool:
    """What it is for is complete, if it can be paid for, and the other way round."""
    settled = capture(session, job_id)
    if settled:
        session.get_one(Replica, job_id).status = "completed"
    return settled


class Ledger(RuleBasedStateMachine):
    """A workspace, its jobs, and a model of what each of them must cost."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.jobs: dict[str, str] = {}
        """how each job's hold must stand: held, captured or released"""
        self.amounts: dict[str, int] = {}
        self.crash_at: int | None = None
        self.count = 0

    def act(self, what: Callable[[Session], Any]) -> Any:
        """Do it in one transaction; the power may go before any statement, and then nothing happened."""
        statements = 0

        def before(*_: Any) -> None:
            nonlocal statements
            statements += 1
            if self.crash_at is not None and statements > self.crash_at:
                raise _Crash

        event.listen(self.database.engine, "before_cursor_execute", before)
        try:
            with self.database.transaction() as session:
                return what(session)
        finally:
            event.remove(self.database.engine, "before_cursor_execute", before)
            self.crash_at = None

    def survives(self, what: Callable[[Session], Any]) -> bool:
        try:
            self.act(what)
        except _Crash:
            return False
        return True

    @initialize()
    def begin(self) -> None:
        def fresh(session: Session) -> None:
            self.count = Ledger.serial = getattr(Ledger, "serial", 0) + 1
            session.add(Workspace(id=self.workspace, name="", created_at=now()))

        self.act(fresh)

    @property
    def workspace(self) -> str:
        return f"w{self.count}"

    @rule(at=st.integers(0, 12))
    def the_power_will_go(self, at: int) -> None:
        self.crash_at = at

    @rule(amount=st.integers(1, 3), expiring=st.booleans())
    def give(self, amount: int, expiring: bool) -> None:
        until = now() + timedelta(days=1) if expiring else None
        self.survives(lambda session: grant(session, self.workspace, TRAINING, amount, "a gift", until))

    @rule()
    def time_passes(self) -> None:
        def pass_on(session: Session) -> None:
            for given in session.query(CreditGrant).filter(CreditGrant.workspace_id == self.workspace):
                if given.expires_at is not None:
                    given.expires_at = now() - timedelta(seconds=1)
            expire(session, self.workspace, TRAINING)

        self.survives(pass_on)

    @rule(amount=st.integers(1, 2))
    def create(self, amount: int) -> None:
        job_id = f"j{self.workspace}-{len(self.jobs)}"

        def made(session: Session) -> None:
            hold(session, job_id, self.workspace, TRAINING, amount, "replica", job_id)
            session.add(_replica(job_id, self.workspace))
            session.add(
                Job(
                    id=job_id,
                    workspace_id=self.workspace,
                    subject_kind="replica",
                    subject_id=job_id,
                    state="running",
                    task="train",
                    created_at=now(),
                )
            )

        try:
            if self.survives(made):
                self.jobs[job_id] = "held"
                self.amounts[job_id] = amount
        except CountenanceError:
            assert self.free() < amount

    def free(self) -> int:
        return int(self.act(lambda session: balance(session, self.workspace, TRAINING).available))

    def ended(self, data: st.DataObject, state: str, settle: Callable[[Session, str], bool]) -> None:
        """A job ends; the same news may come to a job that has ended already."""
        job_id = data.draw(st.sampled_from(sorted(self.jobs)))

        def end(session: Session) -> None:
            settled = settle(session, job_id)
            assert settled == (self.jobs[job_id] == "held")

        if self.survives(end) and self.jobs[job_id] == "held":
            self.jobs[job_id] = state

    @precondition(lambda self: self.jobs)
    @rule(data=st.data())
    def complete(self, data: st.DataObject) -> None:
        self.ended(data, "captured", _succeed)

    @precondition(lambda self: self.jobs)
    @rule(data=st.data(), why=st.sampled_from(["error", "cancelled", "deleted"]))
    def fail(self, data: st.DataObject, why: str) -> None:
        self.ended(data, "released", lambda session, job_id: release(session, job_id, why))

    @precondition(lambda self: self.jobs)
    @rule(data=st.data(), forget=st.booleans())
    def end_without_settling(self, data: st.DataObject, forget: bool) -> None:
        """A fault elsewhere: the job is over, or its row is gone, and nobody told the ledger. The sweep does."""
        job_id = data.draw(st.sampled_from(sorted(self.jobs)))

        def lost(session: Session) -> None:
            job = session.get(Job, job_id)
            if job is not None and forget:
                session.delete(job)
            elif job is not None:
                job.state = "failed"

        if self.survives(lost) and self.survives(sweep) and self.jobs[job_id] == "held":
            self.jobs[job_id] = "released"

    @rule()
    def sweep_all(self) -> None:
        def swept(session: Session) -> list[str]:
            ended = [
                job_id
                for job_id, state in self.jobs.items()
                if state == "held"
                and ((job := session.get(Job, job_id)) is None or job.state in ("done", "failed", "cancelled"))
            ]
            sweep(session)
            return ended

        try:
            for job_id in self.act(swept):
                self.jobs[job_id] = "released"
        except _Crash:
            pass

    @invariant()
    def the_books_are_right(self) -> None:
        if not self.count:
            return
        kept, self.crash_at = self.crash_at, None

        def look(session: Session) -> None:
            broken = faults(session)
            broken.pop("orphaned_holds")
            assert not any(broken.values()), broken
            found = balance(session, self.workspace, TRAINING)
            assert found.held == sum(self.amounts[job] for job, state in self.jobs.items() if state == "held")
            assert found.spent == sum(self.amounts[job] for job, state in self.jobs.items() if state == "captured")
            assert min(found.available, found.held, found.spent, found.expired) >= 0

        self.act(look)
        self.crash_at = kept


def test_no_order_of_events_makes_the_books_wrong(database: Database) -> None:
    machine = type("LedgerHere", (Ledger,), {"database": database})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20 if database.is_sqlite else 8,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
