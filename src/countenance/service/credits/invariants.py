"""What must be true of the ledger at every moment, counted: anything but zero is a fault."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session

from countenance.service.credits.ledger import release
from countenance.service.db.tables import (
    CreditAccount,
    CreditGrant,
    CreditHold,
    CreditPosting,
    Job,
    Lipsync,
    Replica,
    Video,
)

_ENDED = ("done", "failed", "cancelled")
_POCKETS = ("available", "held", "spent", "expired")
_Sums = Select[str, str, int]
_Row = type[Replica | Video | Lipsync]
_SUCCESS: tuple[tuple[_Row, ColumnElement[bool], ColumnElement[bool]], ...] = (
    (Replica, Replica.status == "completed", true()),
    (Video, Video.status == "ready", Video.duration_s > 0),
    (Lipsync, Lipsync.status == "ready", Lipsync.duration_s > 0),
)
"""What credits are spent on: its row when it has succeeded, which deleting and purging leave as it is, and whether
that costs anything."""


def faults(session: Session) -> dict[str, int]:
    """How often each invariant is broken.

    `balances_off`: a balance is not what the postings add up to; `holds_off`: what is held is not the sum of open
    holds; `grants_off`: what is available is not what remains of the grants; `settled_twice`: a hold has other
    postings than its state says; `orphaned_holds`: a hold is open although its job ended or never was;
    `captured_without_success`: something was paid for that did not succeed; `completed_without_capture`: something
    succeeded that was not paid for; `negative_balances`: less than nothing is available, held, spent or expired.
    """
    posted = _posted(session)
    return {
        "balances_off": _balances_off(session, posted),
        "holds_off": _off(session, "held", _open_holds()),
        "grants_off": _off(session, "available", _remains()),
        "settled_twice": _settled_twice(session),
        "orphaned_holds": len(_orphans(session)),
        "captured_without_success": _captured_without_success(session),
        "completed_without_capture": _completed_without_capture(session),
        "negative_balances": _negative_balances(session, posted),
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


def _captured_without_success(session: Session) -> int:
    """By the postings, which are the truth: whether a hold says so, or is there at all, does not matter.

    A healthy training that was cancelled is paid for where the settings said so at that time; the hold says it.
    """
    succeeded = [_is_of(table).where(success).exists() for table, success, _ in _SUCCESS]
    cancelled = _is_of(Replica).where(
        CreditHold.reason == "cancelled", Replica.status.in_(("training", "preview")), Replica.deleted_at.is_not(None)
    )
    spent = select(func.count()).select_from(CreditPosting)
    spent = spent.outerjoin(CreditHold, CreditHold.id == CreditPosting.hold_id)
    unearned = spent.where(CreditPosting.target == "spent", ~or_(*succeeded, cancelled.exists()))
    return session.scalar(unearned) or 0


def _is_of(table: _Row) -> Select[str]:
    """The row that a hold is of."""
    return (
        select(table.id).where(table.id == CreditHold.subject_id, table.job_id == CreditHold.id).correlate(CreditHold)
    )


def _completed_without_capture(session: Session) -> int:
    """Stock replicas, which nobody trained, have no job; nor has a video of a replica that had failed."""
    unpaid = 0
    for table, success, costs in _SUCCESS:
        paid = and_(CreditHold.id == table.job_id, CreditHold.state == "captured", CreditHold.captured > 0)
        made = select(func.count()).select_from(table).outerjoin(CreditHold, paid)
        unpaid += session.scalar(made.where(success, costs, table.job_id.is_not(None), CreditHold.id.is_(None))) or 0
    return unpaid


def _negative_balances(session: Session, posted: dict[tuple[str, str, str], int]) -> int:
    """Accounts, by what they say or by their postings."""
    negative = {(of, unit) for (of, unit, pocket), amount in posted.items() if pocket in _POCKETS and amount < 0}
    below = or_(*(getattr(CreditAccount, pocket) < 0 for pocket in _POCKETS))
    for of, unit in session.execute(select(CreditAccount.workspace_id, CreditAccount.unit).where(below)):
        negative.add((of, unit))
    return len(negative)


def _posted(session: Session) -> dict[tuple[str, str, str], int]:
    """What the postings add up to in each pocket of each account."""
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    posted = CreditPosting
    grouped = select(posted.workspace_id, posted.unit, posted.source, posted.target, func.sum(posted.amount)).group_by(
        posted.workspace_id, posted.unit, posted.source, posted.target
    )
    for workspace, unit, source, target, amount in session.execute(grouped):
        sums[workspace, unit, source] -= int(amount)
        sums[workspace, unit, target] += int(amount)
    return sums


def _balances_off(session: Session, posted: dict[tuple[str, str, str], int]) -> int:
    off = 0
    for account in session.scalars(select(CreditAccount).execution_options(populate_existing=True)):
        of = account.workspace_id, account.unit
        off += any(getattr(account, pocket) != posted.get((*of, pocket), 0) for pocket in _POCKETS)
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
