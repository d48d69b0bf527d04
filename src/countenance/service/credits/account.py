"""What a workspace has, and what moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from countenance.service.credits.ledger import UNITS
from countenance.service.db.tables import CreditAccount, CreditGrant, CreditHold, CreditPosting
from countenance.wire.times import iso_ms

KINDS = ("grant", "hold", "capture", "release", "expire")
"""What a movement may be."""
_CHANGE = case(
    (CreditPosting.target == "available", CreditPosting.amount),
    (CreditPosting.source == "available", -CreditPosting.amount),
    else_=0,
)
"""What a movement does to what is available."""


@dataclass(frozen=True, slots=True)
class Balance:
    """Credits of one unit; `granted` is the sum of all others."""

    unit: str
    granted: int
    available: int
    held: int
    spent: int
    expired: int

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; the shape is part of the public interface."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Line:
    """One movement of a statement; `change` is what it did to what is available."""

    id: int
    at: str
    unit: str
    kind: str
    """`grant`, `hold`, `capture`, `release` or `expire`"""
    amount: int
    change: int
    after: int
    """what of this unit was available then, as all movements until this one add up"""
    subject_kind: str | None
    subject_id: str | None
    reason: str
    """why it was given, or how the work ended"""

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; the shape is part of the public interface."""
        return asdict(self)


def balance(session: Session, workspace_id: str, unit: str) -> Balance:
    """What there is of one unit; all zero of a workspace that never had any."""
    account = session.get(CreditAccount, (workspace_id, unit), populate_existing=True)
    if account is None:
        return Balance(unit, 0, 0, 0, 0, 0)
    granted = account.available + account.held + account.spent + account.expired
    return Balance(unit, granted, account.available, account.held, account.spent, account.expired)


def balances(session: Session, workspace_id: str) -> tuple[Balance, ...]:
    """What there is of every unit."""
    return tuple(balance(session, workspace_id, unit) for unit in UNITS)


def sums(session: Session, workspace_id: str) -> Mapping[str, Mapping[str, int]]:
    """What the movements of each unit add up to, by kind: so that anybody can compare them with the balance."""
    added = select(CreditPosting.unit, CreditPosting.source, CreditPosting.target, func.sum(CreditPosting.amount))
    mine = added.where(CreditPosting.workspace_id == workspace_id)
    found = {unit: dict.fromkeys(KINDS, 0) for unit in UNITS}
    for unit, source, target, amount in session.execute(
        mine.group_by(CreditPosting.unit, CreditPosting.source, CreditPosting.target)
    ):
        found[unit][_KIND_OF[source, target]] += int(amount)
    return found


def open_holds(session: Session, workspace_id: str) -> Mapping[str, Sequence[CreditHold]]:
    """What is held by work in progress, by unit, the latest first."""
    mine = select(CreditHold).where(CreditHold.workspace_id == workspace_id, CreditHold.state == "held")
    found: dict[str, list[CreditHold]] = defaultdict(list)
    for row in session.scalars(mine.order_by(CreditHold.created_at.desc(), CreditHold.id)):
        found[row.unit].append(row)
    return found


def open_grants(session: Session, workspace_id: str) -> Mapping[str, Sequence[CreditGrant]]:
    """The grants of which something is left to take, by unit; what expires first, and is used first, comes first."""
    mine = select(CreditGrant).where(CreditGrant.workspace_id == workspace_id, CreditGrant.remaining > 0)
    found: dict[str, list[CreditGrant]] = defaultdict(list)
    for row in session.scalars(mine.order_by(CreditGrant.expires_at.is_(None), CreditGrant.expires_at, CreditGrant.id)):
        found[row.unit].append(row)
    return found


def statement(
    session: Session,
    workspace_id: str,
    *,
    unit: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    offset: int = 0,
    limit: int | None = 100,
) -> tuple[Sequence[Line], int]:
    """The latest movements first, and how many there are in all; `since` a moment and before `until` another."""
    after = func.sum(_CHANGE).over(partition_by=CreditPosting.unit, order_by=CreditPosting.id)
    all_of_them = select(CreditPosting.id, after.label("after")).where(CreditPosting.workspace_id == workspace_id)
    if unit is not None:
        all_of_them = all_of_them.where(CreditPosting.unit == unit)
    running = all_of_them.subquery()
    wanted = select(CreditPosting).join(running, running.c.id == CreditPosting.id)
    if since is not None:
        wanted = wanted.where(CreditPosting.at >= since)
    if until is not None:
        wanted = wanted.where(CreditPosting.at < until)
    total = session.scalar(wanted.with_only_columns(func.count(CreditPosting.id))) or 0
    rows = session.execute(
        wanted.add_columns(running.c.after, CreditHold, CreditGrant.reason)
        .outerjoin(CreditHold, CreditHold.id == CreditPosting.hold_id)
        .outerjoin(CreditGrant, CreditGrant.id == CreditPosting.grant_id)
        .order_by(CreditPosting.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [_line(posting, int(after), hold, why) for posting, after, hold, why in rows], total


_KIND_OF = {
    ("granted", "available"): "grant",
    ("available", "held"): "hold",
    ("held", "spent"): "capture",
    ("held", "available"): "release",
    ("available", "expired"): "expire",
}


def _line(posting: CreditPosting, after: int, hold: CreditHold | None, why: str | None) -> Line:
    gain = (posting.target == "available") - (posting.source == "available")
    kind = _KIND_OF[posting.source, posting.target]
    settled = hold.reason if hold and kind in ("capture", "release") else ""
    return Line(
        id=posting.id,
        at=iso_ms(posting.at),
        unit=posting.unit,
        kind=kind,
        amount=posting.amount,
        change=gain * posting.amount,
        after=after,
        subject_kind=hold.subject_kind if hold else None,
        subject_id=hold.subject_id if hold else None,
        reason=settled or why or "",
    )
