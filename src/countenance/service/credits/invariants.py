"""What must be true of the ledger at every moment, counted: anything but zero is a fault."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from countenance.service.credits.ledger import release
from countenance.service.db.tables import CreditAccount, CreditGrant, CreditHold, CreditPosting, Job

_ENDED = ("done", "failed", "cancelled")
_POCKETS = ("available", "held", "spent", "expired")
_Sums = Select[str, str, int]


def faults(session: Session) -> dict[str, int]:
    """How often each invariant is broken.

    `balances_off`: a balance is not what the postings add up to; `holds_off`: what is held is not the sum of open
    holds; `grants_off`: what is available is not what remains of the grants; `settled_twice`: a hold has other
    postings than its state says; `orphaned_holds`: a hold is open although its job ended or never was.
    """
    return {
        "balances_off": _balances_off(session),
        "holds_off": _off(session, "held", _open_holds()),
        "grants_off": _off(session, "available", _remains()),
        "settled_twice": _settled_twice(session),
        "orphaned_holds": len(_orphans(session)),
    }


def sweep(session: Session) -> int:
    """Release the holds of jobs that ended without settling them, or that are not there; how many those were."""
    return sum(release(session, hold_id, "swept") for hold_id in _orphans(session))


def _orphans(session: Session) -> list[str]:
    unfinished = (
        select(CreditHold.id)
        .outerjoin(Job, Job.id == CreditHold.id)
        .where(CreditHold.state == "held", Job.id.is_(None) | Job.state.in_(_ENDED))
    )
    return list(session.scalars(unfinished))


def _balances_off(session: Session) -> int:
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    posted = CreditPosting
    grouped = select(posted.workspace_id, posted.unit, posted.source, posted.target, func.sum(posted.amount)).group_by(
        posted.workspace_id, posted.unit, posted.source, posted.target
    )
    for workspace, unit, source, target, amount in session.execute(grouped):
        sums[workspace, unit, source] -= int(amount)
        sums[workspace, unit, target] += int(amount)
    off = 0
    for account in session.scalars(select(CreditAccount).execution_options(populate_existing=True)):
        of = account.workspace_id, account.unit
        off += any(getattr(account, pocket) != sums[*of, pocket] for pocket in _POCKETS)
    return off


def _open_holds() -> _Sums:
    held = select(CreditHold.workspace_id, CreditHold.unit, func.sum(CreditHold.amount))
    return held.where(CreditHold.state == "held").group_by(CreditHold.workspace_id, CreditHold.unit)


def _remains() -> _Sums:
    remains = select(CreditGrant.workspace_id, CreditGrant.unit, func.sum(CreditGrant.remaining))
    return remains.group_by(CreditGrant.workspace_id, CreditGrant.unit)


def _off(session: Session, pocket: str, wanted: _Sums) -> int:
    sums = {(workspace, unit): int(amount) for workspace, unit, amount in session.execute(wanted)}
    accounts = session.scalars(select(CreditAccount).execution_options(populate_existing=True))
    return sum(getattr(account, pocket) != sums.get((account.workspace_id, account.unit), 0) for account in accounts)


def _settled_twice(session: Session) -> int:
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    settled = select(CreditPosting.hold_id, CreditPosting.target, CreditPosting.amount).where(
        CreditPosting.source == "held"
    )
    for hold_id, target, amount in session.execute(settled):
        counts[hold_id or ""][target] += amount
    off = 0
    for hold in session.scalars(select(CreditHold).execution_options(populate_existing=True)):
        found = counts[hold.id]
        wanted = (0, 0) if hold.state == "held" else (hold.captured, hold.amount - hold.captured)
        off += (found["spent"], found["available"]) != wanted
    return off
