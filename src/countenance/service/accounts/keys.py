"""API keys of a workspace: made, shown once, listed, revoked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_network

from sqlalchemy import select
from sqlalchemy.orm import Session

from countenance.service.accounts.actor import Actor
from countenance.service.accounts.errors import KEY_INVALID, KEY_UNKNOWN, SCOPE_MISSING
from countenance.service.accounts.key_text import generate
from countenance.service.accounts.scopes import check_scopes, granted
from countenance.service.accounts.workspaces import found as workspace_found
from countenance.service.clock import now
from countenance.service.db.tables import ApiKey
from countenance.service.errors import REQUEST_INVALID, refused
from countenance.wire.patterns import is_blank

_MOST_NETWORKS = 100


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key at the only moment at which its text is known."""

    row: ApiKey
    text: str = field(repr=False)


def create(
    session: Session,
    workspace_id: str,
    name: str,
    role: str,
    scopes: Iterable[str] = (),
    allowed_addresses: Iterable[str] = (),
    expires_at: datetime | None = None,
    by: Actor | None = None,
) -> NewKey:
    """Make a key; `by` whom, if by another key, which cannot give away more than it has: no wider scopes and networks
    than its own, which are the new key's where none are named, and no longer life.

    Raises:
        CountenanceError: service.workspace_unknown, service.request_invalid, service.scope_missing; service.key_invalid
            where the key that makes it was revoked meanwhile.
    """
    workspace_found(session, workspace_id)
    wanted = check_scopes(role, scopes)
    if by is not None and not granted(role, wanted) <= by.scopes:
        raise refused(SCOPE_MISSING, "A key can only make keys that may do no more than itself.")
    if is_blank(name) or len(name.strip()) > 255:
        raise refused(REQUEST_INVALID, "The name of a key has 1 to 255 characters.")
    if expires_at is not None and expires_at <= now():
        raise refused(REQUEST_INVALID, "The expiry lies in the past.")
    networks = _networks(allowed_addresses)
    if by is not None:
        maker = _maker(session, by)
        networks = _within(networks, maker.allowed_addresses)
        expires_at = min(filter(None, (expires_at, maker.expires_at)), default=None)
    key = generate()
    row = ApiKey(
        id=key.public_id,
        workspace_id=workspace_id,
        name=name.strip(),
        secret_sha256=key.sha256(),
        role=role,
        scopes=wanted,
        allowed_addresses=networks,
        made_by=by.key_id if by is not None else None,
        created_at=now(),
        expires_at=expires_at,
        revoked_at=None,
        last_used_at=None,
    )
    session.add(row)
    session.flush()
    return NewKey(row, key.text())


def listed(session: Session, workspace_id: str) -> list[ApiKey]:
    """All keys of a workspace, the newest first, also those that expired or were revoked."""
    rows = select(ApiKey).where(ApiKey.workspace_id == workspace_id).order_by(ApiKey.created_at.desc(), ApiKey.id)
    return list(session.scalars(rows))


def found(session: Session, workspace_id: str, key_id: str) -> ApiKey:
    """Raises CountenanceError service.key_unknown."""
    row = session.get(ApiKey, key_id)
    if row is None or row.workspace_id != workspace_id:
        raise refused(KEY_UNKNOWN)
    return row


def revoke(session: Session, workspace_id: str, key_id: str) -> ApiKey:
    """From the end of the transaction on nobody comes in with it, nor with a key that was made with it, or with one of
    those: whoever stole it may have made some. Once revoked, always revoked.

    Raises:
        CountenanceError: service.key_unknown.
    """
    found(session, workspace_id, key_id)
    family = _family(session, key_id)
    for row in family:
        row.revoked_at = row.revoked_at or now()
    return family[0]


def expire(session: Session, workspace_id: str, key_id: str, at: datetime) -> ApiKey:
    """Let a key end at a moment, so that its successor can be put in place; those that were made with it end no later.

    A life is only ever shortened.

    Raises:
        CountenanceError: service.key_unknown.
    """
    found(session, workspace_id, key_id)
    family = _family(session, key_id)
    for row in family:
        row.expires_at = at if row.expires_at is None else min(at, row.expires_at)
    return family[0]


def _family(session: Session, key_id: str) -> list[ApiKey]:
    """A key, those that were made with it, and those that were made with them.

    Locked, as `create` locks its maker: what is being made meanwhile is among them, or knows what became of its maker.
    """
    family: list[ApiKey] = []
    some: Sequence[str] = [key_id]
    while some:
        rows = select(ApiKey).where(ApiKey.id.in_(some)).order_by(ApiKey.id).with_for_update()
        family += session.scalars(rows.execution_options(populate_existing=True))
        some = session.scalars(select(ApiKey.id).where(ApiKey.made_by.in_(some))).all()
    return family


def _maker(session: Session, by: Actor) -> ApiKey:
    """The key that makes another, as it is now."""
    row = session.get(ApiKey, by.key_id, with_for_update=True, populate_existing=True)
    if row is None or row.revoked_at is not None:
        raise refused(KEY_INVALID)
    return row


def _within(wanted: list[str], own: Sequence[str]) -> list[str]:
    """The networks that a key is given by one that is limited to its own; those where none are named."""
    if not own:
        return wanted
    if not all(any(_is_part(ip_network(each), ip_network(whole)) for whole in own) for each in wanted):
        raise refused(SCOPE_MISSING, "A key can only make keys for the networks that it may be used from itself.")
    return wanted or list(own)


def _is_part(network: IPv4Network | IPv6Network, whole: IPv4Network | IPv6Network) -> bool:
    if isinstance(network, IPv4Network) and isinstance(whole, IPv4Network):
        return network.subnet_of(whole)
    return isinstance(network, IPv6Network) and isinstance(whole, IPv6Network) and network.subnet_of(whole)


def _networks(texts: Iterable[str]) -> list[str]:
    texts = list(texts)
    if len(texts) > _MOST_NETWORKS:
        raise refused(REQUEST_INVALID, f"A key is for at most {_MOST_NETWORKS} networks.")
    try:
        return [str(ip_network(text.strip(), strict=False)) for text in texts]
    except ValueError as error:
        raise refused(
            REQUEST_INVALID, "An allowed address is an IP address or a network such as 10.1.0.0/16."
        ) from error
