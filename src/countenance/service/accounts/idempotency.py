"""The same request twice is one request: whoever repeats it is given the first answer.

    answer = claim(session, workspace_id, key, method, path, body)
    if answer is None:
        ...the work...
        keep(session, workspace_id, key, status, text)

Claim, work and answer belong into one transaction: then a crash, or a request that is refused, leaves nothing behind
and the key is free again, and a second request that comes meanwhile waits for the first one's end and is given its
answer. Work that cannot be one transaction commits its claim first: the second request is told to come back, until
the claim is so old that whoever made it must have died.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from countenance.service.accounts.errors import (
    IDEMPOTENCY_GONE,
    IDEMPOTENCY_KEY_INVALID,
    IDEMPOTENCY_MISMATCH,
    IDEMPOTENCY_RUNNING,
)
from countenance.service.clock import now
from countenance.service.db.tables import IdempotencyKey
from countenance.service.errors import refused

KEPT = timedelta(days=7)
ABANDONED = timedelta(minutes=15)
"""Longer than any request can take, uploads included."""
_AT_ONCE = 100
_KEY = re.compile(r"[!-~]{1,255}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the first request was answered."""

    status: int
    body: str = field(repr=False)


def claim(session: Session, workspace_id: str, key: str, method: str, path: str, body: bytes) -> Answer | None:
    """The answer that is given again, or None: then this is the first, and it has claimed the key.

    Raises:
        CountenanceError: service.idempotency_key_invalid, service.idempotency_mismatch, service.idempotency_running,
            service.idempotency_gone.
    """
    if not _KEY.fullmatch(key):
        raise refused(IDEMPOTENCY_KEY_INVALID)
    seal = fingerprint(method, path, body)
    row = _inserted(session, workspace_id, key, seal)
    if row is None:
        return None
    kept = row.created_at > now() - KEPT  # otherwise the sweep has not been here yet
    if kept and row.fingerprint != seal:
        raise refused(IDEMPOTENCY_MISMATCH)
    if kept and row.status is not None:
        if not row.body:
            raise refused(IDEMPOTENCY_GONE)
        return Answer(row.status, row.body)
    if row.created_at <= now() - ABANDONED:
        row.fingerprint, row.status, row.body, row.created_at = seal, None, None, now()
        return None
    raise refused(IDEMPOTENCY_RUNNING)


def is_known(session: Session, workspace_id: str, key: str) -> bool:
    """Whether a request with this key was answered: then another is answered from what is kept, or refused."""
    row = session.get(IdempotencyKey, (workspace_id, key))
    return row is not None and row.status is not None and row.created_at > now() - KEPT


def keep(session: Session, workspace_id: str, key: str, status: int, body: str) -> None:
    """Keep the answer. Never one with a secret in it, such as a new key's: it would be stored as it is."""
    row = session.get_one(IdempotencyKey, (workspace_id, key))
    row.status, row.body = status, body


def free(session: Session, workspace_id: str, key: str) -> None:
    """Give a claim back that was committed before its work failed; an answer that was kept stays."""
    session.execute(
        delete(IdempotencyKey).where(
            IdempotencyKey.workspace_id == workspace_id, IdempotencyKey.key == key, IdempotencyKey.status.is_(None)
        )
    )


def forget(session: Session, workspace_id: str, ids: Sequence[str]) -> None:
    """Forget the answers that name one of these, which are deleted; their keys stay used."""
    for start in range(0, len(ids), _AT_ONCE):
        mentions = or_(*(IdempotencyKey.body.contains(each) for each in ids[start : start + _AT_ONCE]))
        rows = update(IdempotencyKey).where(IdempotencyKey.workspace_id == workspace_id, mentions)
        session.execute(rows.values(body="").execution_options(synchronize_session=False))


def forget_old(session: Session, at: datetime) -> int:
    """Delete what is older than seven days; how many."""
    old = delete(IdempotencyKey).where(IdempotencyKey.created_at <= at - KEPT)
    return len(session.scalars(old.returning(IdempotencyKey.key)).all())


def fingerprint(method: str, path: str, body: bytes) -> str:
    """SHA-256, hex, of what makes two requests the same; `path` with its query."""
    digest = hashlib.sha256()
    for part in (method.upper().encode(), path.encode(), body):
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return digest.hexdigest()


def _inserted(session: Session, workspace_id: str, key: str, seal: str) -> IdempotencyKey | None:
    """The row that is there already; None if it was put there now."""
    row = IdempotencyKey(workspace_id=workspace_id, key=key, fingerprint=seal, status=None, body=None, created_at=now())
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        # Locked, so that of two that find an abandoned claim only one takes it over.
        there = session.get(IdempotencyKey, (workspace_id, key), with_for_update=True, populate_existing=True)
        if there is None:
            raise
        return there
    return None
