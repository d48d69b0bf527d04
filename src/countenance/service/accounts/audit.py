"""Who looked at whose face or voice, and who changed who may. Entries are only ever added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from countenance.service.clock import now
from countenance.service.db.tables import AuditEntry

MOST = 200
"""Entries in one page."""
RECEIPT_REVOKED = "receipt.revoke"
"""The action by which a workspace goes on seeing a receipt whose replica is gone."""


@dataclass(frozen=True, slots=True)
class Page:
    """Entries, the newest first, and from where the older ones go on."""

    entries: tuple[AuditEntry, ...]
    before: int | None
    """for the next page; None where this is the last"""


def record(
    session: Session,
    actor: str,
    workspace_id: str,
    action: str,
    subject_kind: str,
    subject_id: str,
    address: str = "",
    request_id: str = "",
) -> AuditEntry:
    """Note an access: `actor` is `key:<id>`, `consent-link:<id>`, `share:<id>`, `link` or `command`; `action` like
    `replica.media.read`. Never a name, a URL or anything that was said.
    """
    entry = AuditEntry(
        at=now(),
        workspace_id=workspace_id,
        actor=actor[:64],
        action=action[:64],
        subject_kind=subject_kind[:32],
        subject_id=subject_id[:40],
        address=address[:64],
        request_id=request_id[:40],
    )
    session.add(entry)
    return entry


def is_noted(
    session: Session, actor: str, workspace_id: str, action: str, subject_id: str, address: str, within: timedelta
) -> bool:
    """Whether this was noted of this actor at this address a short while ago."""
    wanted = select(AuditEntry.id).where(
        AuditEntry.at >= now() - within,
        AuditEntry.workspace_id == workspace_id,
        AuditEntry.actor == actor[:64],
        AuditEntry.action == action,
        AuditEntry.subject_id == subject_id,
        AuditEntry.address == address[:64],
    )
    return session.scalar(wanted.limit(1)) is not None


def listed(
    session: Session, workspace_id: str, limit: int = 50, before: int | None = None, subject_id: str | None = None
) -> Page:
    """One page of a workspace's entries, of one subject if named; `limit` 1 to `MOST`."""
    limit = min(max(limit, 1), MOST)
    rows = select(AuditEntry).where(AuditEntry.workspace_id == workspace_id).order_by(AuditEntry.id.desc())
    if before is not None:
        rows = rows.where(AuditEntry.id < before)
    if subject_id is not None:
        rows = rows.where(AuditEntry.subject_id == subject_id)
    entries = tuple(session.scalars(rows.limit(limit + 1)))
    more = len(entries) > limit
    entries = entries[:limit]
    return Page(entries, entries[-1].id if more else None)
