"""Credits: what is held, spent, freed and taken back, told by examples."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from countenance.errors import CountenanceError
from countenance.service.clock import now
from countenance.service.credits.account import balance, open_grants, open_holds, statement, sums
from countenance.service.credits.errors import OUT_OF_CREDITS
from countenance.service.credits.invariants import faults, sweep
from countenance.service.credits.ledger import TRAINING, VIDEO_SECOND, capture, due, expire, grant, hold, release
from countenance.service.db.database import Database
from countenance.service.db.tables import CreditGrant, Workspace


@pytest.fixture
def workspace(database: Database) -> str:
    with database.transaction() as session:
        session.add(Workspace(id="w1", name="Harbour Films", created_at=now()))
    return "w1"


def _pockets(session: Session, unit: str = TRAINING) -> tuple[int, int, int, int]:
    found = balance(session, "w1", unit)
    return found.available, found.held, found.spent, found.expired


def test_a_hold_is_spent_or_freed_once(database: Database, workspace: str) -> None:
    with database.transaction() as session:
        grant(session, workspace, TRAINING, 3, "a plan")
        hold(session, "j1", workspace, TRAINING, 1, "replica", "r1")
        hold(session, "j2", workspace, TRAINING, 1, "replica", "r2")
        assert _pockets(session) == (1, 2, 0, 0)
    with database.transaction() as session:
        assert capture(session, "j1")
        assert not capture(session, "j1")
        assert not release(session, "j1", "error")
        assert release(session, "j2", "error")
        assert not release(session, "j2", "error")
        assert not capture(session, "j2")
        assert not release(session, "nobody", "error")
        assert _pockets(session) == (2, 0, 1, 0)


def test_nothing_is_held_that_is_not_there(database: Database, workspace: str) -> None:
    with database.transaction() as session:
        grant(session, workspace, TRAINING, 1, "a plan")
        hold(session, "j1", workspace, TRAINING, 1, "replica", "r1")
    with pytest.raises(CountenanceError) as caught, database.transaction() as session:
        hold(session, "j2", workspace, TRAINING, 1, "replica", "r2")
    assert caught.value.finding.rule is OUT_OF_CREDITS
    assert "0 are left and 1 are held" in str(caught.value)
    with pytest.raises(CountenanceError), database.transaction() as session:
        hold(session, "j3", workspace, VIDEO_SECOND, 5, "video", "v1")


def test_less_than_was_held_may_be_spent(database: Database, workspace: str) -> None:
    with database.transaction() as session:
        grant(session, workspace, VIDEO_SECOND, 100, "a plan")
        hold(session, "j1", workspace, VIDEO_SECOND, 60, "video", "v1")
        capture(session, "j1", 42)
        hold(session, "j2", workspace, VIDEO_SECOND, 10, "video", "v2")
        capture(session, "j2", 11)
        hold(session, "j3", workspace, VIDEO_SECOND, 10, "video", "v3")
        capture(session, "j3", 0)
        assert _pockets(session, VIDEO_SECOND) == (48, 0, 52, 0)
        broken = {name: count for name, count in faults(session).items() if count}
        assert broken == {"captured_without_success": 2}, "there are no videos here"


def test_what_expires_first_is_spent_first_and_what_was_freed_too_late_expires(
    database: Database, workspace: str
) -> None:
    soon = now() + timedelta(days=1)
    with database.transaction() as session:
        lasting = grant(session, workspace, TRAINING, 5, "a plan").id
        brief = grant(session, workspace, TRAINING, 3, "a gift", expires_at=soon).id
        hold(session, "j1", workspace, TRAINING, 4, "replica", "r1")
        remaining = {given.id: given.remaining for given in session.scalars(select(CreditGrant))}
        assert remaining == {lasting: 4, brief: 0}
        release(session, "j1", "error")
        hold(session, "j2", workspace, TRAINING, 2, "replica", "r2")
    with database.transaction() as session:
        session.get_one(CreditGrant, brief).expires_at = now() - timedelta(seconds=1)
    with database.transaction() as session:
        assert due(session) == [(workspace, TRAINING)]
        assert expire(session, workspace, TRAINING) == 1
        assert expire(session, workspace, TRAINING) == 0
        assert due(session) == []
        assert _pockets(session) == (5, 2, 0, 1)
        release(session, "j2", "cancelled")
        assert _pockets(session) == (5, 0, 0, 3)
        assert not any(faults(session).values())


def test_a_grant_may_be_taken_from_twice_though_clocks_differ(database: Database, workspace: str) -> None:
    """Another machine, whose clock is late, gives something back to a grant that has expired here."""
    ahead = now() + timedelta(hours=1)
    with database.transaction() as session:
        grant(session, workspace, TRAINING, 3, "a gift", expires_at=now() + timedelta(minutes=30))
        hold(session, "j1", workspace, TRAINING, 1, "replica", "r1")
        hold(session, "j2", workspace, TRAINING, 1, "replica", "r2")
        assert expire(session, workspace, TRAINING, ahead) == 1
        release(session, "j1", "error")
        assert expire(session, workspace, TRAINING, ahead) == 1
        release(session, "j2", "error")
        assert expire(session, workspace, TRAINING, ahead) == 1
        assert _pockets(session) == (0, 0, 0, 3)
        assert not any(faults(session).values())


@pytest.mark.parametrize(("unit", "amount"), [("training", 0), ("training", -1), ("hours", 1)])
def test_what_is_no_amount_is_refused(database: Database, workspace: str, unit: str, amount: int) -> None:
    with database.transaction() as session:
        for act in (
            lambda: grant(session, workspace, unit, amount, ""),
            lambda: hold(session, "j1", workspace, unit, amount, "replica", "r1"),
        ):
            with pytest.raises(ValueError, match="no such credits"):
                act()


def test_the_sweep_frees_what_no_job_will(database: Database, workspace: str) -> None:
    with database.transaction() as session:
        grant(session, workspace, TRAINING, 1, "a plan")
        hold(session, "j1", workspace, TRAINING, 1, "replica", "r1")
        assert faults(session)["orphaned_holds"] == 1
        assert sweep(session) == 1
        assert sweep(session) == 0
        assert _pockets(session) == (1, 0, 0, 0)


def test_a_statement_tells_every_movement(database: Database, workspace: str) -> None:
    with database.transaction() as session:
        grant(session, workspace, TRAINING, 2, "a plan")
        hold(session, "j1", workspace, TRAINING, 1, "replica", "r1")
        release(session, "j1", "error")
        grant(session, workspace, VIDEO_SECOND, 9, "a plan")
        lines, total = statement(session, workspace, unit=TRAINING)
        assert [(line.kind, line.change, line.after, line.subject_id, line.reason) for line in lines] == [
            ("release", 1, 2, "r1", "error"),
            ("hold", -1, 1, "r1", ""),
            ("grant", 2, 2, None, "a plan"),
        ]
        assert total == 3
        assert statement(session, workspace, limit=1)[1] == 4
        assert [line.after for line in statement(session, workspace, offset=1, limit=2)[0]] == [2, 1]
        tomorrow = now() + timedelta(days=1)
        assert statement(session, workspace, since=tomorrow) == ([], 0)
        assert statement(session, workspace, until=tomorrow)[1] == 4
        assert open_holds(session, workspace) == {}
        assert [(row.remaining, row.reason) for row in open_grants(session, workspace)[VIDEO_SECOND]] == [(9, "a plan")]


def test_a_statement_adds_up_to_what_is_available(database: Database, workspace: str) -> None:
    with database.transaction() as session:
        grant(session, workspace, TRAINING, 5, "for a day", now() + timedelta(days=1))
        grant(session, workspace, TRAINING, 1, "a plan")
        for job in ("j1", "j2", "j3"):
            hold(session, job, workspace, TRAINING, 1, "replica", job)
        capture(session, "j1")
        release(session, "j2", "error")
        expire(session, workspace, TRAINING, now() + timedelta(days=2))
        added = sums(session, workspace)[TRAINING]
        found = balance(session, workspace, TRAINING)
        assert added == {"grant": 6, "hold": 3, "capture": 1, "release": 1, "expire": 3}
        assert added["grant"] - added["hold"] + added["release"] - added["expire"] == found.available
        assert statement(session, workspace, unit=TRAINING)[0][0].after == found.available
        assert [row.id for row in open_holds(session, workspace)[TRAINING]] == ["j3"]
