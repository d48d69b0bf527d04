"""Keys: what is stored of them, who comes in with them, from where, and until when."""

from __future__ import annotations

import logging
import string
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from countenance.errors import CountenanceError, Rule
from countenance.service.accounts import keys
from countenance.service.accounts.actor import Actor, authenticate, require
from countenance.service.accounts.errors import (
    ADDRESS_NOT_ALLOWED,
    KEY_EXPIRED,
    KEY_INVALID,
    KEY_UNKNOWN,
    SCOPE_MISSING,
)
from countenance.service.accounts.key_text import KeyText, generate, parse
from countenance.service.accounts.scopes import ROLES, SCOPES, check_scopes, granted
from countenance.service.accounts.workspaces import create as create_workspace
from countenance.service.clock import now
from countenance.service.db.database import Database
from countenance.service.db.tables import ApiKey
from countenance.service.errors import REQUEST_INVALID
from countenance.settings import Settings


@pytest.fixture
def backend() -> str:
    """What differs between the databases says so itself."""
    return "sqlite"


def _refusal(database: Database, presented: str, address: str = "203.0.113.9") -> Rule:
    with pytest.raises(CountenanceError) as caught, database.transaction() as session:
        authenticate(session, presented, address)
    return caught.value.finding.rule


def test_a_key_opens_its_workspace_and_its_secret_is_nowhere(
    database: Database, workspace: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with database.transaction() as session:
        new = keys.create(session, workspace, "  laptop ", "editor")
        secret = new.text.split("_")[2]
    with database.transaction() as session:
        actor = authenticate(session, new.text, "203.0.113.9")
        row = keys.found(session, workspace, new.row.id)
        stored = " ".join(str(value) for value in session.execute(text("SELECT * FROM api_keys")).one())
    assert actor == Actor(workspace, new.row.id, "editor", SCOPES - {"account:write"})
    assert actor.text == f"key:{new.row.id}"
    assert row.name == "laptop"
    assert row.last_used_at is not None
    for place in (stored, repr(new), repr(parse(new.text)), str(row), caplog.text):
        assert secret not in place


@given(st.integers(0, 82), st.sampled_from(string.ascii_letters + string.digits + "_-é\n"))
def test_a_key_with_one_wrong_character_is_none(position: int, character: str) -> None:
    whole = generate().text()
    assert len(whole) == 4 + 17 + 1 + 43 + 1 + 8
    position %= len(whole)
    changed = whole[:position] + character + whole[position + 1 :]
    assert (parse(changed) is None) == (changed != whole)


@given(st.text() | st.builds("cnt_{}_{}_{}".format, st.text(), st.text(), st.text()))
def test_whatever_is_presented_is_a_key_or_none(presented: str) -> None:
    assert parse(presented) is None


@given(st.sampled_from(["", " ", "\n", "_"]), st.integers(0, 73))
def test_a_key_is_whole_or_none(around: str, length: int) -> None:
    key = generate()
    assert parse(key.text()) == key
    assert parse(key.text()[:length]) is None
    assert not around or parse(key.text() + around) is None
    assert not around or parse(around + key.text()) is None


def test_wrong_unknown_and_revoked_keys_are_told_the_same(database: Database, workspace: str) -> None:
    with database.transaction() as session:
        one = keys.create(session, workspace, "one", "owner")
        other = keys.create(session, workspace, "other", "owner", allowed_addresses=["192.0.2.1"])
        gone = keys.create(session, workspace, "gone", "owner")
        keys.revoke(session, workspace, gone.row.id)
    mixed = parse(one.text)
    assert mixed is not None
    stolen_id = KeyText(other.row.id, mixed.secret).text()
    presented = ("", "cnt_", "Bearer x", generate().text(), stolen_id, gone.text)
    assert [_refusal(database, each) for each in presented] == [KEY_INVALID] * len(presented)


def test_a_revoked_key_stays_revoked(database: Database, workspace: str) -> None:
    with database.transaction() as session:
        new = keys.create(session, workspace, "laptop", "viewer")
        first = keys.revoke(session, workspace, new.row.id).revoked_at
    with database.transaction() as session:
        assert keys.revoke(session, workspace, new.row.id).revoked_at == first
        assert [row.id for row in keys.listed(session, workspace)] == [new.row.id]


def test_a_key_ends(database: Database, workspace: str) -> None:
    with database.transaction() as session:
        brief = keys.create(session, workspace, "brief", "viewer", expires_at=now() + timedelta(hours=1))
        long = keys.create(session, workspace, "long", "viewer")
        keys.expire(session, workspace, brief.row.id, now() + timedelta(days=9))
        assert brief.row.expires_at is not None
        assert brief.row.expires_at < now() + timedelta(hours=2)
        authenticate(session, brief.text, "")
        keys.expire(session, workspace, long.row.id, now())
        maker = keys.create(session, workspace, "maker", "owner")
        made = keys.create(session, workspace, "made", "viewer", by=authenticate(session, maker.text, ""))
        keys.expire(session, workspace, maker.row.id, now())
    assert [_refusal(database, each.text) for each in (long, maker, made)] == [KEY_EXPIRED] * 3
    with pytest.raises(CountenanceError), database.transaction() as session:
        keys.create(session, workspace, "past", "viewer", expires_at=now())


@pytest.mark.parametrize(
    ("networks", "address", "allowed"),
    [
        ([], "", True),
        (["10.1.0.0/16"], "10.1.255.3", True),
        (["10.1.0.0/16"], "::ffff:10.1.2.3", True),
        (["10.1.2.3/16"], "10.1.9.9", True),
        (["10.1.0.0/16"], "10.2.0.1", False),
        (["192.0.2.7"], "192.0.2.7", True),
        (["192.0.2.7", "2001:db8::/32"], "2001:db8::5", True),
        (["2001:db8::/32"], "2001:db9::5", False),
        (["0.0.0.0/0"], "2001:db8::5", False),
        (["10.1.0.0/16"], "", False),
        (["10.1.0.0/16"], "10.1.2.3, 192.0.2.1", False),
    ],
)
def test_a_key_is_for_its_networks(
    database: Database, workspace: str, networks: list[str], address: str, allowed: bool
) -> None:
    with database.transaction() as session:
        new = keys.create(session, workspace, "office", "viewer", allowed_addresses=networks)
    if not allowed:
        assert _refusal(database, new.text, address) is ADDRESS_NOT_ALLOWED
        return
    with database.transaction() as session:
        assert authenticate(session, new.text, address).key_id == new.row.id


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_use_is_noted_once_a_minute(database: Database, workspace: str) -> None:
    with database.transaction() as session:
        new = keys.create(session, workspace, "busy", "viewer")
        authenticate(session, new.text, "")
        first = new.row.last_used_at
        authenticate(session, new.text, "")
        assert new.row.last_used_at == first
        new.row.last_used_at = now() - timedelta(seconds=61)
        session.flush()
        authenticate(session, new.text, "")
        assert new.row.last_used_at is not None
        assert new.row.last_used_at > now() - timedelta(seconds=10)


def test_roles_and_scopes(database: Database, workspace: str) -> None:
    assert granted("owner", ()) == SCOPES
    assert granted("nobody", ()) == frozenset()
    assert not [scope for scope in granted("viewer", ()) if scope.endswith(":write")]
    assert granted("viewer", ()) < granted("editor", ()) < granted("owner", ())
    with database.transaction() as session:
        new = keys.create(session, workspace, "narrow", "editor", ["videos:write", "videos:read", "videos:read"])
        assert new.row.scopes == ["videos:read", "videos:write"]
        actor = authenticate(session, new.text, "")
    require(actor, "videos:read")
    with pytest.raises(CountenanceError, match="replicas:read") as caught:
        require(actor, "replicas:read")
    assert caught.value.finding.rule is SCOPE_MISSING
    with pytest.raises(ValueError, match="no scope"):
        require(actor, "videos:watch")


@given(st.sampled_from(ROLES), st.sets(st.sampled_from(sorted(SCOPES))))
def test_scopes_never_widen_a_role(role: str, scopes: set[str]) -> None:
    assert granted(role, scopes) <= granted(role, ())
    if scopes <= granted(role, ()):
        assert check_scopes(role, scopes) == sorted(scopes)
    else:
        with pytest.raises(CountenanceError):
            check_scopes(role, scopes)


def test_a_key_gives_away_no_more_than_it_has(database: Database, workspace: str) -> None:
    with database.transaction() as session:
        first = keys.create(session, workspace, "keeper", "owner", ["account:write", "videos:read"])
        keeper = authenticate(session, first.text, "")
        made = keys.create(session, workspace, "reader", "viewer", ["videos:read"], by=keeper)
        assert authenticate(session, made.text, "").scopes == {"videos:read"}
    for role, scopes in (("owner", []), ("viewer", []), ("editor", ["videos:write"])):
        with pytest.raises(CountenanceError) as caught, database.transaction() as session:
            keys.create(session, workspace, "more", role, scopes, by=keeper)
        assert caught.value.finding.rule is SCOPE_MISSING


def test_a_key_with_limits_makes_none_without(database: Database, workspace: str) -> None:
    soon = now() + timedelta(hours=1)
    with database.transaction() as session:
        first = keys.create(session, workspace, "office", "owner", (), ["10.1.0.0/16", "2001:db8::/32"], soon)
        office = authenticate(session, first.text, "10.1.2.3")
        late = soon + timedelta(days=1)
        made = [
            keys.create(session, workspace, "any", "owner", by=office).row,
            keys.create(session, workspace, "late", "owner", (), ["10.1.2.0/24", "2001:db8:1::/48"], late, office).row,
            keys.create(session, workspace, "brief", "owner", expires_at=soon - timedelta(minutes=9), by=office).row,
        ]
    assert [row.allowed_addresses for row in made] == [
        ["10.1.0.0/16", "2001:db8::/32"],
        ["10.1.2.0/24", "2001:db8:1::/48"],
        ["10.1.0.0/16", "2001:db8::/32"],
    ]
    assert [row.expires_at for row in made] == [soon, soon, soon - timedelta(minutes=9)]
    assert {row.made_by for row in made} == {first.row.id}
    for networks in (["10.0.0.0/8"], ["0.0.0.0/0"], ["::/0"], ["10.1.2.0/24", "192.0.2.1"], ["::ffff:10.1.2.3"]):
        with pytest.raises(CountenanceError) as caught, database.transaction() as session:
            keys.create(session, workspace, "wide", "owner", (), networks, by=office)
        assert caught.value.finding.rule is SCOPE_MISSING


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_with_a_key_go_those_that_it_made(database: Database, workspace: str) -> None:
    with database.transaction() as session:
        stolen = keys.create(session, workspace, "stolen", "owner")
        thief = authenticate(session, stolen.text, "")
        child = keys.create(session, workspace, "child", "owner", by=thief)
        grandchild = keys.create(session, workspace, "grandchild", "viewer", by=authenticate(session, child.text, ""))
        other = keys.create(session, workspace, "other", "owner")
    with database.transaction() as session:
        keys.revoke(session, workspace, stolen.row.id)
    assert [_refusal(database, each.text) for each in (stolen, child, grandchild)] == [KEY_INVALID] * 3
    with database.transaction() as session:
        authenticate(session, other.text, "")
        with pytest.raises(CountenanceError) as caught:
            keys.create(session, workspace, "late", "viewer", by=thief)
    assert caught.value.finding.rule is KEY_INVALID


def test_odd_keys_are_refused_and_others_keys_unknown(database: Database, workspace: str) -> None:
    odd: tuple[tuple[str, str, list[str], list[str]], ...] = (
        ("", "owner", [], []),
        ("x" * 256, "owner", [], []),
        ("x", "root", [], []),
        ("x", "owner", ["everything"], []),
        ("x", "viewer", ["videos:write"], []),
        ("x", "owner", [], ["everywhere"]),
        ("x", "owner", [], ["10.0.0.0/8"] * 101),
    )
    for name, role, scopes, networks in odd:
        with pytest.raises(CountenanceError) as caught, database.transaction() as session:
            keys.create(session, workspace, name, role, scopes, networks)
        assert caught.value.finding.rule is REQUEST_INVALID
    with database.transaction() as session:
        other = create_workspace(session, Settings(), "Other").id
        theirs = keys.create(session, other, "theirs", "owner").row.id
    for act in (keys.found, keys.revoke):
        with pytest.raises(CountenanceError) as caught, database.transaction() as session:
            act(session, workspace, theirs)
        assert caught.value.finding.rule is KEY_UNKNOWN
    with database.transaction() as session:
        assert session.get_one(ApiKey, theirs).revoked_at is None
