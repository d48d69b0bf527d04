"""Workspaces, their people, how often they may ask, and the record of what they did."""

from __future__ import annotations

import pytest

from countenance.errors import CountenanceError
from countenance.service.accounts import audit, members, workspaces
from countenance.service.accounts.actor import Actor
from countenance.service.accounts.errors import MEMBER_UNKNOWN, WORKSPACE_UNKNOWN
from countenance.service.accounts.limits import Limiter
from countenance.service.accounts.window import Window
from countenance.service.credits.account import balance
from countenance.service.credits.ledger import TRAINING, VIDEO_SECOND
from countenance.service.db.database import Database
from countenance.service.errors import REQUEST_INVALID
from countenance.settings import Settings


@pytest.fixture
def backend() -> str:
    """What differs between the databases says so itself."""
    return "sqlite"


def test_a_new_workspace_has_its_first_grant(database: Database) -> None:
    with database.transaction() as session:
        granted = workspaces.create(session, Settings(first_grant_trainings=3, first_grant_video_seconds=0), " Ada ")
        assert granted.name == "Ada"
        assert balance(session, granted.id, TRAINING).available == 3
        assert balance(session, granted.id, VIDEO_SECOND).available == 0
        assert workspaces.listed(session) == [granted]
        assert workspaces.rename(session, granted.id, "Grace").name == "Grace"
        assert workspaces.keep_footage(session, granted.id, 1.5).keep_footage_days == 1.5
        assert workspaces.keep_footage(session, granted.id, None).keep_footage_days is None


def test_odd_workspaces_are_refused(database: Database, workspace: str) -> None:
    with database.transaction() as session:
        for name in ("", "  ", "x" * 256):
            with pytest.raises(CountenanceError) as caught:
                workspaces.create(session, Settings(), name)
            assert caught.value.finding.rule is REQUEST_INVALID
        for days in (-1.0, float("nan"), float("inf")):
            with pytest.raises(CountenanceError):
                workspaces.keep_footage(session, workspace, days)
        with pytest.raises(CountenanceError) as caught:
            workspaces.found(session, "w0")
        assert caught.value.finding.rule is WORKSPACE_UNKNOWN


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_members_and_who_is_written_to(database: Database, workspace: str) -> None:
    with database.transaction() as session:
        ada = members.add(session, workspace, " Ada@example.org ", "owner")
        members.add(session, workspace, "grace@example.org", notified=False)
        assert members.notified(session, workspace) == ["Ada@example.org"]
        assert members.add(session, workspace, "ada@EXAMPLE.org", "viewer").id == ada.id
        assert [(each.email, each.role) for each in members.listed(session, workspace)] == [
            ("ada@EXAMPLE.org", "viewer"),
            ("grace@example.org", "viewer"),
        ]
        other = workspaces.create(session, Settings(), "Other").id
        with pytest.raises(CountenanceError) as caught:
            members.remove(session, other, ada.id)
        assert caught.value.finding.rule is MEMBER_UNKNOWN
        members.remove(session, workspace, ada.id)
        assert members.notified(session, workspace) == []


@pytest.mark.parametrize(
    "email", ["", "ada", "ada@", "@b", "a@b@c", "a b@c", "a@b\nBcc: x@y", "<a@b>", "a@b,c@d", "a" * 65 + "@b"]
)
def test_what_is_no_address_is_no_member(database: Database, workspace: str, email: str) -> None:
    with pytest.raises(CountenanceError) as caught, database.transaction() as session:
        members.add(session, workspace, email)
    assert caught.value.finding.rule is REQUEST_INVALID


def test_requests_of_a_minute() -> None:
    clock = [1000.0]
    limiter = Limiter(Settings(requests_per_minute=3), lambda: clock[0])
    one, two = (Actor("w1", key, "viewer", frozenset()) for key in ("k1", "k2"))
    assert [limiter.check(one) for _ in range(3)] == [None] * 3
    clock[0] += 20
    assert limiter.check(one) == 40
    assert limiter.check(two) is None
    clock[0] += 41
    assert limiter.check(one) is None
    assert [Limiter(Settings(requests_per_minute=0)).check(one) for _ in range(5)] == [None] * 5


def test_who_did_not_ask_for_a_minute_is_forgotten() -> None:
    clock = [1000.0]
    window = Window(lambda: clock[0])
    for number in range(20_000):
        window.hit(f"name {number}", 5)
    clock[0] += 30
    window.hit("name 0", 5)
    assert len(window) == 20_000
    clock[0] += 31
    window.hit("name 1", 5)
    assert len(window) == 2
    clock[0] += 61
    window.hit("another", 5)
    assert len(window) == 1


def test_one_that_guesses_keeps_nobody_back() -> None:
    limiter = Limiter(Settings(requests_per_minute=3), lambda: 1000.0)
    assert [limiter.note_guess("2001:db8::7") for _ in range(21)] == [None] * 20 + [60]
    assert limiter.note_guess("2001:db8::8") == 60, "one connection has a whole network"
    assert limiter.note_guess("2001:db8:1::7") is None
    assert limiter.check_address("2001:db8::7") is None
    assert limiter.check_link("a hash") is None
    assert limiter.note_guess("") is None


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_the_audit_log_is_read_in_pages(database: Database, workspace: str) -> None:
    with database.transaction() as session:
        for number in range(7):
            audit.record(session, "key:k1", workspace, "replica.read", "replica", f"r{number % 2}", "192.0.2.1", "q")
        audit.record(session, "command", "w-other", "replica.read", "replica", "r0")
        session.flush()
        seen, before = [], None
        while True:
            page = audit.listed(session, workspace, limit=3, before=before)
            seen += [entry.subject_id for entry in page.entries]
            before = page.before
            if before is None:
                break
        assert seen == ["r0", "r1", "r0", "r1", "r0", "r1", "r0"]
        assert len(audit.listed(session, workspace, subject_id="r1").entries) == 3
        assert len(audit.listed(session, workspace, limit=7).entries) == 7
        assert audit.listed(session, workspace, limit=7).before is None
        long = audit.record(session, "k" * 99, workspace, "a" * 99, "s" * 99, "i" * 99, "x" * 99, "y" * 99)
        session.flush()
        assert len(long.subject_id) == 40
