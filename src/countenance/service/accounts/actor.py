"""Who asks: from a key that was presented to what its bearer may do."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from countenance.service.accounts.errors import ADDRESS_NOT_ALLOWED, KEY_EXPIRED, KEY_INVALID, SCOPE_MISSING
from countenance.service.accounts.key_text import parse
from countenance.service.accounts.scopes import SCOPES, granted
from countenance.service.clock import now
from countenance.service.db.tables import ApiKey
from countenance.service.errors import refused

_NOBODY = "0" * 64
"""Compared with where there is no such key, so that it takes the same time."""
_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who may do something in a workspace."""

    workspace_id: str
    key_id: str
    role: str
    scopes: frozenset[str]

    @property
    def text(self) -> str:
        """As the audit log names them."""
        return f"key:{self.key_id}"


def authenticate(session: Session, presented: str, address: str) -> Actor:
    """Whose key this is. `address` is where the request comes from, as a text, empty where that is not known.

    That the key was used is noted in the caller's transaction, at most once a minute.

    Raises:
        CountenanceError: service.key_invalid, service.key_expired, service.address_not_allowed.
    """
    key = parse(presented)
    if key is None:
        raise refused(KEY_INVALID)
    row = session.get(ApiKey, key.public_id)
    same = hmac.compare_digest(row.secret_sha256 if row else _NOBODY, key.sha256())
    # Whoever does not know the secret is not told either whether the key was revoked or where it may be used.
    if row is None or not same:
        raise refused(KEY_INVALID)
    return bearer(session, row, address)


def bearer(session: Session, row: ApiKey, address: str) -> Actor:
    """Who has shown that they bear this key, now and from `address`; see `authenticate`."""
    if row.revoked_at is not None:
        raise refused(KEY_INVALID)
    if row.expires_at is not None and row.expires_at <= now():
        raise refused(KEY_EXPIRED)
    if not _is_allowed(address, row.allowed_addresses):
        raise refused(ADDRESS_NOT_ALLOWED)
    _note_use(session, row)
    return Actor(row.workspace_id, row.id, row.role, granted(row.role, row.scopes))


def require(actor: Actor, scope: str) -> None:
    """Raises CountenanceError service.scope_missing, and ValueError for what is no scope at all."""
    if scope not in SCOPES:
        raise ValueError(f"{scope!r} is no scope")
    if scope not in actor.scopes:
        raise refused(SCOPE_MISSING, f"It needs `{scope}`.")


def _is_allowed(address: str, networks: Iterable[str]) -> bool:
    networks = list(networks)
    if not networks:
        return True
    try:
        where = ip_address(address)
    except ValueError:
        return False
    if isinstance(where, IPv6Address) and where.ipv4_mapped is not None:
        where = where.ipv4_mapped  # how a socket for both versions names an IPv4 address
    return any(where in ip_network(network) for network in networks)


def _note_use(session: Session, row: ApiKey) -> None:
    long_ago = now() - _NOTED_EVERY
    if row.last_used_at is not None and row.last_used_at > long_ago:
        return
    # Of many requests at once one notes it; the others do not wait for it.
    due = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at <= long_ago)
    mine = select(ApiKey).where(ApiKey.id == row.id, due).with_for_update(skip_locked=True)
    locked = session.scalars(mine).first()
    if locked is not None:
        locked.last_used_at = now()
