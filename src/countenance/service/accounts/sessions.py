"""Browsers that are signed in: what they carry is a random token, and what it stands for is kept here.

A session belongs to a key and asks about it every time: a key that is revoked, or that ends, ends its sessions too.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import timedelta

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from countenance.service.accounts.actor import Actor, authenticate, bearer
from countenance.service.accounts.errors import SESSION_OVER, SIGN_IN_LINK_USED
from countenance.service.accounts.scopes import OWNER
from countenance.service.clock import now
from countenance.service.db.tables import ApiKey, BrowserSession, SignInLink
from countenance.service.errors import refused
from countenance.settings import Settings

PREFIX = "cns_"
"""By which a session's token is told from a key."""
LONGEST = timedelta(days=7)
"""Then a browser signs in again, however busy it was."""
LINK_VALID = timedelta(minutes=15)
_NOTED_EVERY = timedelta(minutes=1)


def begin(session: Session, presented: str, address: str) -> str:
    """Sign a browser in with a key; the answer is the token for its cookie.

    Raises:
        CountenanceError: service.key_invalid, service.key_expired, service.address_not_allowed.
    """
    return _begun(session, authenticate(session, presented, address))


def make_link(session: Session, key_id: str) -> str:
    """The token of a link that signs one browser in as the bearer of a key, once, within a quarter of an hour."""
    token = secrets.token_urlsafe(32)
    session.add(SignInLink(token_sha256=_hash(token), key_id=key_id, created_at=now(), expires_at=now() + LINK_VALID))
    return token


def redeem(session: Session, link_token: str, address: str) -> str:
    """Sign a browser in by a link; from now on the link is worth nothing.

    Raises:
        CountenanceError: service.sign_in_link_used; service.key_invalid, service.key_expired and
            service.address_not_allowed of the key that it stands for.
    """
    link = session.get(SignInLink, _hash(link_token), with_for_update=True)
    if link is None or link.expires_at <= now():
        raise refused(SIGN_IN_LINK_USED)
    key = session.get_one(ApiKey, link.key_id)
    session.delete(link)
    return _begun(session, bearer(session, key, address))


def actor_of(session: Session, settings: Settings, token: str, address: str, *, notes: bool = True) -> Actor:
    """Who is signed in. That they were seen is noted in the caller's transaction, at most once a minute, unless `notes`
    is false: what goes on by itself keeps nobody signed in.

    Raises:
        CountenanceError: service.session_over; service.key_expired and service.address_not_allowed of its key.
    """
    row = session.get(BrowserSession, _hash(token))
    if row is None or _is_over(row, settings):
        raise refused(SESSION_OVER)
    key = session.get_one(ApiKey, row.key_id)
    if key.revoked_at is not None:
        raise refused(SESSION_OVER)
    if notes and row.seen_at <= now() - _NOTED_EVERY:
        row.seen_at = now()
    return bearer(session, key, address)


def end(session: Session, token: str) -> None:
    """Sign a browser out; one that is not signed in stays so."""
    session.execute(delete(BrowserSession).where(BrowserSession.token_sha256 == _hash(token)))


def signed_in(session: Session, settings: Settings, key_ids: Iterable[str]) -> Mapping[str, int]:
    """How many browsers are signed in with each of these keys; of the others none is."""
    rows = session.execute(
        select(BrowserSession.key_id, func.count())
        .where(
            BrowserSession.key_id.in_([*key_ids]),
            BrowserSession.seen_at > now() - _idle(settings),
            BrowserSession.created_at > now() - LONGEST,
        )
        .group_by(BrowserSession.key_id)
    )
    return {key_id: int(count) for key_id, count in rows}


def sweep(session: Session, settings: Settings) -> int:
    """Forget what is over; the answer is how much that was."""
    unseen = BrowserSession.seen_at <= now() - _idle(settings)
    old = delete(BrowserSession).where(or_(unseen, BrowserSession.created_at <= now() - LONGEST))
    late = delete(SignInLink).where(SignInLink.expires_at <= now())
    return sum(session.execute(each).rowcount for each in (old, late))  # type: ignore[attr-defined]


def owners_key(session: Session, workspace_id: str) -> str | None:
    """The id of an owner's key of this workspace that is good from everywhere, the newest; None if there is none."""
    from countenance.service.accounts.keys import listed

    for row in listed(session, workspace_id):
        is_good = row.revoked_at is None and (row.expires_at is None or row.expires_at > now())
        if is_good and row.role == OWNER and not row.scopes and not row.allowed_addresses:
            return row.id
    return None


def _begun(session: Session, actor: Actor) -> str:
    token = PREFIX + secrets.token_urlsafe(32)
    session.add(BrowserSession(token_sha256=_hash(token), key_id=actor.key_id, created_at=now(), seen_at=now()))
    return token


def _is_over(row: BrowserSession, settings: Settings) -> bool:
    return row.seen_at <= now() - _idle(settings) or row.created_at <= now() - LONGEST


def _idle(settings: Settings) -> timedelta:
    return timedelta(hours=settings.session_hours)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
