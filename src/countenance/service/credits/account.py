"""What a workspace has, and what moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from countenance.service.credits.ledger import UNITS
from countenance.service.db.tables import CreditAccount, CreditHold, CreditPosting


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
    subject_kind: str | None
    subject_id: str | None
    reason: str

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


def statement(
    session: Session, workspace_id: str, *, unit: str | None = None, offset: int = 0, limit: int = 100
) -> tuple[Sequence[Line], int]:
    """The latest movements first, and how many there are in all."""
    mine = select(CreditPosting).where(CreditPosting.workspace_id == workspace_id)
    if unit is not None:
        mine = mine.where(CreditPosting.unit == unit)
    total = session.scalar(select(func.count()).select_from(mine.subquery())) or 0
    rows = session.execute(
        mine.add_columns(CreditHold)
        .outerjoin(CreditHold, CreditHold.id == CreditPosting.hold_id)
        .order_by(CreditPosting.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [_line(posting, hold) for posting, hold in rows], total


def _line(posting: CreditPosting, hold: CreditHold | None) -> Line:
    gain = (posting.target == "available") - (posting.source == "available")
    kind = posting.key.partition(":")[0]
    return Line(
        id=posting.id,
        at=posting.at.isoformat(timespec="milliseconds"),
        unit=posting.unit,
        kind=kind,
        amount=posting.amount,
        change=gain * posting.amount,
        subject_kind=hold.subject_kind if hold else None,
        subject_id=hold.subject_id if hold else None,
        reason=hold.reason if hold and kind in ("capture", "release") else "",
    )
