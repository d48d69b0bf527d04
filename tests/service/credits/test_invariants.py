"""What must be true of the ledger: a true history is no fault, and each fault that is made behind its back is seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from countenance.service.clock import now
from countenance.service.credits.invariants import faults
from countenance.service.credits.ledger import TRAINING, VIDEO_SECOND, capture, grant, hold, release
from countenance.service.db.database import Database
from countenance.service.db.tables import Job, Lipsync, Replica, Video, Workspace

_REPLICA: dict[str, Any] = {
    "material": "footage",
    "subject": "self",
    "declarations": [],
    "model_name": "phoenix-4",
    "properties": {},
}


@pytest.fixture
def history(database: Database) -> Database:
    """One of everything that truly happens."""
    with database.transaction() as session:
        session.add(Workspace(id="w1", name="Harbour Films", created_at=now()))
        session.flush()
        grant(session, "w1", TRAINING, 10, "a plan")
        grant(session, "w1", VIDEO_SECOND, 100, "a plan")
        _made(session, Replica, "stock", "completed", None, workspace_id=None, **_REPLICA)
        _replica(session, "training", "training", "running")
        _replica(session, "completed", "completed", "done", capture)
        _replica(session, "purged", "completed", "done", capture, deleted_at=now(), purged_at=now())
        _replica(session, "failed", "error", "failed", _free)
        _replica(session, "preview", "preview_only", "failed", _free)
        _replica(session, "deleted", "training", "cancelled", _free, deleted_at=now())
        _replica(session, "charged", "preview", "cancelled", _charge, deleted_at=now())
        _film(session, Video, "spoken", "ready", "done", capture, duration_s=2.4)
        _film(session, Video, "empty", "ready", "done", _nothing, duration_s=0.0)
        _film(session, Video, "mute", "error", "failed", _free)
        _film(session, Lipsync, "synced", "ready", "done", capture, duration_s=2.4)
        _film(session, Lipsync, "waiting", "queued", "queued")
    return database


def _free(session: Session, hold_id: str) -> bool:
    return release(session, hold_id, "error")


def _charge(session: Session, hold_id: str) -> bool:
    return capture(session, hold_id, reason="cancelled")


def _nothing(session: Session, hold_id: str) -> bool:
    return capture(session, hold_id, 0)


_Settle = Callable[[Session, str], bool]


def _replica(session: Session, name: str, status: str, job: str, settle: _Settle | None = None, **more: Any) -> None:
    """A replica `name` with a job `j-name`, and what it held settled."""
    _job(session, "replica", name, job, TRAINING, 1, settle)
    _made(session, Replica, name, status, f"j-{name}", **_REPLICA, **more)


def _film(
    session: Session, table: Any, name: str, status: str, job: str, settle: _Settle | None = None, **more: Any
) -> None:
    kind = "video" if table is Video else "lipsync"
    _job(session, kind, name, job, VIDEO_SECOND, 3, settle)
    own = {"replica_id": "stock", "properties": {}} if table is Video else {"claim": {}}
    _made(session, table, name, status, f"j-{name}", **own, **more)


def _job(
    session: Session, kind: str, name: str, state: str, unit: str, amount: int, settle: _Settle | None = None
) -> None:
    job = {"workspace_id": "w1", "subject_kind": kind, "subject_id": name, "task": "work", "created_at": now()}
    session.add(Job(id=f"j-{name}", state=state, **job))
    hold(session, f"j-{name}", "w1", unit, amount, kind, name)
    assert settle is None or settle(session, f"j-{name}")


def _made(session: Session, table: Any, name: str, status: str, job_id: str | None, **more: Any) -> None:
    given = {"workspace_id": "w1", "name": name, "created_at": now(), "updated_at": now(), **more}
    session.add(table(id=name, status=status, job_id=job_id, **given))
    session.flush()


def _broken(session: Session) -> set[str]:
    return {name for name, count in faults(session).items() if count}


@contextmanager
def _unchecked(session: Session) -> Iterator[None]:
    """The database itself lets nothing be negative; as if it did, until the transaction is rolled back."""
    if session.get_bind().dialect.name == "postgresql":
        for pocket in ("available", "held", "spent", "expired"):
            name = f"ck_credit_accounts_{pocket}_not_negative"
            session.execute(text(f"ALTER TABLE credit_accounts DROP CONSTRAINT {name}"))
        yield
        return
    session.execute(text("PRAGMA ignore_check_constraints = ON"))
    try:
        yield
    finally:
        session.execute(text("PRAGMA ignore_check_constraints = OFF"))


def test_a_true_history_is_no_fault(history: Database) -> None:
    with history.reading() as session:
        assert _broken(session) == set()


@pytest.mark.parametrize(
    ("harm", "seen"),
    [
        ("UPDATE credit_accounts SET available = available + 1", {"balances_off", "grants_off"}),
        ("UPDATE credit_accounts SET held = -1", {"balances_off", "holds_off", "negative_balances"}),
        ("UPDATE credit_postings SET amount = 99 WHERE key = 'hold:j-training'", {"balances_off", "negative_balances"}),
        ("UPDATE credit_holds SET amount = 2 WHERE id = 'j-training'", {"holds_off"}),
        (
            "UPDATE credit_holds SET state = 'captured', captured = 1 WHERE id = 'j-training'",
            {"holds_off", "settled_twice"},
        ),
        ("UPDATE jobs SET state = 'failed' WHERE id = 'j-training'", {"orphaned_holds"}),
        ("DELETE FROM jobs WHERE id = 'j-training'", {"orphaned_holds"}),
        ("UPDATE replicas SET status = 'error' WHERE id = 'completed'", {"captured_without_success"}),
        ("UPDATE replicas SET status = 'preview_only' WHERE id = 'purged'", {"captured_without_success"}),
        ("UPDATE replicas SET job_id = 'j-other' WHERE id = 'charged'", {"captured_without_success"}),
        ("UPDATE replicas SET deleted_at = NULL WHERE id = 'charged'", {"captured_without_success"}),
        ("UPDATE replicas SET status = 'checking' WHERE id = 'charged'", {"captured_without_success"}),
        ("UPDATE credit_holds SET reason = 'error' WHERE id = 'j-charged'", {"captured_without_success"}),
        ("DELETE FROM replicas WHERE id = 'completed'", {"captured_without_success"}),
        ("UPDATE videos SET status = 'error' WHERE id = 'spoken'", {"captured_without_success"}),
        ("UPDATE lipsyncs SET status = 'generating' WHERE id = 'synced'", {"captured_without_success"}),
        (
            "UPDATE credit_postings SET hold_id = 'nobody' WHERE key = 'capture:j-completed'",
            {"captured_without_success", "settled_twice"},
        ),
        ("UPDATE replicas SET status = 'completed' WHERE id = 'failed'", {"completed_without_capture"}),
        ("UPDATE replicas SET status = 'completed' WHERE id = 'training'", {"completed_without_capture"}),
        ("UPDATE replicas SET job_id = 'j-other' WHERE id = 'stock'", {"completed_without_capture"}),
        ("UPDATE videos SET status = 'ready', duration_s = 2 WHERE id = 'mute'", {"completed_without_capture"}),
        ("UPDATE videos SET duration_s = 2 WHERE id = 'empty'", {"completed_without_capture"}),
        ("UPDATE lipsyncs SET status = 'ready', duration_s = 2 WHERE id = 'waiting'", {"completed_without_capture"}),
    ],
)
def test_faults_are_seen(history: Database, harm: str, seen: set[str]) -> None:
    with history.transaction() as session:
        with _unchecked(session):
            session.execute(text(harm))
            assert _broken(session) == seen
        session.rollback()


def test_paying_for_a_training_that_failed_is_seen(history: Database) -> None:
    with history.transaction() as session:
        session.get_one(Replica, "training").status = "error"
        session.get_one(Job, "j-training").state = "failed"
        assert capture(session, "j-training")
        assert _broken(session) == {"captured_without_success"}
        assert faults(session)["captured_without_success"] == 1
