"""Browsers that are signed in, and links that sign them in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from countenance.errors import CountenanceError
from countenance.service.accounts import keys, sessions, workspaces
from countenance.service.accounts.actor import Actor
from countenance.service.accounts.keys import NewKey
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import ApiKey, BrowserSession, SignInLink

HERE = "192.0.2.7"


@pytest.fixture
def key(service: Service) -> NewKey:
    with service.database.transaction() as session:
        workspace = workspaces.create(session, service.settings, "Studio")
        return keys.create(session, workspace.id, "browser", "owner")


def _begin(service: Service, key: NewKey) -> str:
    with service.database.transaction() as session:
        return sessions.begin(session, key.text, HERE)


def _who(service: Service, token: str, address: str = HERE) -> Actor:
    with service.database.transaction() as session:
        return sessions.actor_of(session, service.settings, token, address)


def _refusal(service: Service, token: str) -> str:
    with pytest.raises(CountenanceError) as refused:
        _who(service, token)
    return refused.value.finding.rule.id


def test_a_browser_may_do_what_its_key_may_and_no_longer(service: Service, key: NewKey) -> None:
    token = _begin(service, key)
    who = _who(service, token)
    assert (who.key_id, who.role, who.workspace_id) == (key.row.id, "owner", key.row.workspace_id)
    assert "account:write" in who.scopes
    with service.database.transaction() as session:
        keys.revoke(session, key.row.workspace_id, key.row.id)
    assert _refusal(service, token) == "service.session_over"


def test_an_expired_key_ends_its_sessions(service: Service, key: NewKey) -> None:
    token = _begin(service, key)
    with service.database.transaction() as session:
        session.get_one(ApiKey, key.row.id).expires_at = now() - timedelta(seconds=1)
    assert _refusal(service, token) == "service.key_expired"


def test_a_key_for_some_networks_is_for_them_in_a_browser_too(service: Service, key: NewKey) -> None:
    with service.database.transaction() as session:
        made = keys.create(session, key.row.workspace_id, "near", "editor", (), ["192.0.2.0/24"])
    token = _begin(service, made)
    assert _who(service, token).role == "editor"
    with pytest.raises(CountenanceError, match="may not be used from this address"):
        _who(service, token, "198.51.100.1")


@pytest.mark.parametrize(
    ("seen", "begun", "is_over"),
    [(0.9, 1, False), (1.1, 1.1, True), (0.1, 13.9, False), (0.1, 14.1, True)],
    ids=["busy", "idle", "old", "too old"],
)
def test_sessions_end_when_they_are_idle_or_old(
    service: Service, key: NewKey, seen: float, begun: float, is_over: bool
) -> None:
    """`seen` and `begun` in units of twelve hours: after one unseen it is over, and after fourteen in any case."""
    token = _begin(service, key)
    unit = timedelta(hours=service.settings.session_hours)
    with service.database.transaction() as session:
        row = session.query(BrowserSession).one()
        row.seen_at, row.created_at = now() - seen * unit, now() - begun * unit
    if is_over:
        assert _refusal(service, token) == "service.session_over"
    else:
        assert _who(service, token).key_id == key.row.id
    with service.database.transaction() as session:
        assert sessions.sweep(session, service.settings) == is_over
        assert session.query(BrowserSession).count() == (not is_over)


def test_what_is_kept_of_a_session_does_not_sign_anybody_in(service: Service, key: NewKey) -> None:
    token = _begin(service, key)
    with service.database.reading() as session:
        kept = session.query(BrowserSession).one().token_sha256
    assert token not in kept
    for other in (kept, sessions.PREFIX + kept, token[:-1], token + "A", "", sessions.PREFIX):
        assert _refusal(service, other) == "service.session_over"


def test_whoever_signs_out_is_out(service: Service, key: NewKey) -> None:
    token, other = _begin(service, key), _begin(service, key)
    with service.database.transaction() as session:
        sessions.end(session, token)
        sessions.end(session, "nobody")
    assert _refusal(service, token) == "service.session_over"
    assert _who(service, other).key_id == key.row.id


def test_a_link_signs_in_once(service: Service, key: NewKey) -> None:
    with service.database.transaction() as session:
        link = sessions.make_link(session, key.row.id)
    with service.database.transaction() as session:
        token = sessions.redeem(session, link, HERE)
    assert _who(service, token).key_id == key.row.id
    with service.database.transaction() as session, pytest.raises(CountenanceError, match="used already"):
        sessions.redeem(session, link, HERE)


def test_a_link_ends_after_a_quarter_of_an_hour_and_with_its_key(service: Service, key: NewKey) -> None:
    with service.database.transaction() as session:
        late = sessions.make_link(session, key.row.id)
        session.query(SignInLink).one().expires_at = now()
    with service.database.transaction() as session, pytest.raises(CountenanceError, match="has expired"):
        sessions.redeem(session, late, HERE)
    with service.database.transaction() as session:
        assert sessions.sweep(session, service.settings) == 1
        good = sessions.make_link(session, key.row.id)
        keys.revoke(session, key.row.workspace_id, key.row.id)
    with service.database.transaction() as session, pytest.raises(CountenanceError, match="not valid"):
        sessions.redeem(session, good, HERE)


def test_the_servers_link_is_of_an_owner_without_limits(service: Service, key: NewKey) -> None:
    workspace_id = key.row.workspace_id
    with service.database.transaction() as session:
        keys.create(session, workspace_id, "editor", "editor")
        keys.create(session, workspace_id, "narrow", "owner", ["videos:read"])
        keys.create(session, workspace_id, "near", "owner", (), ["10.0.0.0/8"])
        assert sessions.owners_key(session, workspace_id) == key.row.id
        keys.revoke(session, workspace_id, key.row.id)
        assert sessions.owners_key(session, workspace_id) is None
