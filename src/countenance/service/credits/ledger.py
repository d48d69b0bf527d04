"""The only place where credits move.

Credits are held when work begins, captured in the transaction in which it succeeds, and released at every other end.
A hold resolves at most once: settling is conditional on its state, so whoever comes second, twice or late changes
nothing. Postings are only ever added; the balances beside them are a cache that `invariants` recomputes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, CursorResult, Select, Update, func, nulls_last, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from countenance.service.clock import now
from countenance.service.credits.errors import OUT_OF_CREDITS
from countenance.service.db.tables import CreditAccount, CreditGrant, CreditHold, CreditPosting, HoldShare
from countenance.service.errors import refused
from countenance.service.ids import new_id

TRAINING = "training"
VIDEO_SECOND = "video_second"
UNITS = (TRAINING, VIDEO_SECOND)
_NAMES = {TRAINING: "replica trainings", VIDEO_SECOND: "seconds of video"}


def grant(
    session: Session,
    workspace_id: str,
    unit: str,
    amount: int,
    reason: str,
    expires_at: datetime | None = None,
) -> CreditGrant:
    """Give credits.

    Raises:
        ValueError: for an unknown unit or an amount that is not positive.
    """
    _check(unit, amount)
    _locked(session, workspace_id, unit)
    given = CreditGrant(
        id=new_id("g"),
        workspace_id=workspace_id,
        unit=unit,
        amount=amount,
        remaining=amount,
        reason=reason,
        created_at=now(),
        expires_at=expires_at,
    )
    session.add(given)
    _move(session, workspace_id, unit, available=amount)
    _post(session, f"grant:{given.id}", workspace_id, unit, "granted", "available", amount, grant=given.id)
    session.flush()
    return given


def hold(
    session: Session,
    hold_id: str,
    workspace_id: str,
    unit: str,
    amount: int,
    subject_kind: str,
    subject_id: str,
) -> CreditHold:
    """Set credits aside for the job `hold_id`; those that expire first are used first.

    Raises:
        CountenanceError: service.out_of_credits.
        ValueError: for an unknown unit or an amount that is not positive.
    """
    _check(unit, amount)
    account = _locked(session, workspace_id, unit)
    _expire(session, workspace_id, unit)
    enough = update(CreditAccount).where(_is(workspace_id, unit), CreditAccount.available >= amount)
    if not _changed(
        session, enough.values(available=CreditAccount.available - amount, held=CreditAccount.held + amount)
    ):
        session.refresh(account)
        detail = f"It needs {amount} {_NAMES[unit]}; {account.available} are left and {account.held} are held."
        raise refused(OUT_OF_CREDITS, detail, account.available)
    held = CreditHold(
        id=hold_id,
        workspace_id=workspace_id,
        unit=unit,
        amount=amount,
        subject_kind=subject_kind,
        subject_id=subject_id,
        created_at=now(),
    )
    session.add(held)
    session.flush()
    left = amount
    for given in session.scalars(_open_grants(workspace_id, unit)):
        share = min(left, given.remaining)
        given.remaining -= share
        session.add(HoldShare(hold_id=hold_id, grant_id=given.id, amount=share))
        left -= share
        if left == 0:
            break
    if left:
        raise AssertionError("grants do not add up to the balance")
    _post(session, f"hold:{hold_id}", workspace_id, unit, "available", "held", amount, hold=hold_id)
    session.flush()
    return held


def capture(session: Session, hold_id: str, amount: int | None = None, reason: str = "completed") -> bool:
    """Spend a hold, or `amount` of it (0 to all), and free the rest; whether this call did it.

    Call it only in the transaction in which the work is declared complete.
    """
    return _settle(session, hold_id, "captured", amount, reason)


def release(session: Session, hold_id: str, reason: str) -> bool:
    """Free a hold; whether this call did it. A hold that is unknown or settled stays as it is."""
    return _settle(session, hold_id, "released", 0, reason)


def due(session: Session, moment: datetime | None = None) -> list[tuple[str, str]]:
    """The accounts, by workspace and unit, in which something is left of a grant that has expired."""
    rows = select(CreditGrant.workspace_id, CreditGrant.unit).where(
        CreditGrant.remaining > 0, CreditGrant.expires_at <= (moment or now())
    )
    return [(workspace_id, unit) for workspace_id, unit in session.execute(rows.distinct())]


def expire(session: Session, workspace_id: str, unit: str, moment: datetime | None = None) -> int:
    """Take back what is left of an account's grants that have expired; how many grants that were.

    One account in a transaction: whoever locks several in one may wait for somebody who does so the other way round.
    """
    _locked(session, workspace_id, unit)
    return _expire(session, workspace_id, unit, moment)


def _settle(session: Session, hold_id: str, state: str, amount: int | None, reason: str) -> bool:
    open_one = update(CreditHold).where(CreditHold.id == hold_id, CreditHold.state == "held")
    if not _changed(session, open_one.values(state=state, reason=reason, settled_at=now())):
        return False
    held = session.get_one(CreditHold, hold_id, populate_existing=True)
    spent = held.amount if amount is None else min(max(amount, 0), held.amount)
    held.captured = spent
    freed = held.amount - spent
    _locked(session, held.workspace_id, held.unit)
    _move(session, held.workspace_id, held.unit, available=freed, held=-held.amount, spent=spent)
    if spent:
        _post(session, f"capture:{hold_id}", held.workspace_id, held.unit, "held", "spent", spent, hold=hold_id)
    if freed:
        _post(session, f"release:{hold_id}", held.workspace_id, held.unit, "held", "available", freed, hold=hold_id)
        _give_back(session, hold_id, freed)
        session.flush()
        _expire(session, held.workspace_id, held.unit)
    session.flush()
    return True


def _give_back(session: Session, hold_id: str, freed: int) -> None:
    """To the grants that last longest first: what expires first was spent first."""
    shares = (
        select(HoldShare, CreditGrant)
        .join(CreditGrant, CreditGrant.id == HoldShare.grant_id)
        .where(HoldShare.hold_id == hold_id)
        .order_by(CreditGrant.expires_at.is_(None).desc(), CreditGrant.expires_at.desc(), CreditGrant.id.desc())
    )
    for share, given in session.execute(shares).all():
        back = min(freed, share.amount)
        given.remaining += back
        freed -= back


def _expire(session: Session, workspace_id: str, unit: str, moment: datetime | None = None) -> int:
    """Under the account's lock. A grant may be taken from again, after a hold has given something back to it."""
    over = select(CreditGrant).where(
        CreditGrant.workspace_id == workspace_id,
        CreditGrant.unit == unit,
        CreditGrant.remaining > 0,
        CreditGrant.expires_at <= (moment or now()),
    )
    grants = session.scalars(over).all()
    for given in grants:
        left, given.remaining = given.remaining, 0
        taken = (
            select(func.count())
            .select_from(CreditPosting)
            .where(CreditPosting.grant_id == given.id, CreditPosting.target == "expired")
        )
        key = f"expire:{given.id}:{session.scalar(taken) or 0}"
        _move(session, workspace_id, unit, available=-left, expired=left)
        _post(session, key, workspace_id, unit, "available", "expired", left, grant=given.id)
        session.flush()
    return len(grants)


def _open_grants(workspace_id: str, unit: str) -> Select[CreditGrant]:
    mine = select(CreditGrant).where(
        CreditGrant.workspace_id == workspace_id, CreditGrant.unit == unit, CreditGrant.remaining > 0
    )
    return mine.order_by(nulls_last(CreditGrant.expires_at.asc()), CreditGrant.created_at, CreditGrant.id)


def _locked(session: Session, workspace_id: str, unit: str) -> CreditAccount:
    """The account, made if it is new; until the transaction ends nobody else moves its credits."""
    insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert(CreditAccount)
    values = {"workspace_id": workspace_id, "unit": unit, "available": 0, "held": 0, "spent": 0, "expired": 0}
    session.execute(insert.values(values).on_conflict_do_nothing())
    wanted = select(CreditAccount).where(_is(workspace_id, unit)).with_for_update()
    return session.execute(wanted.execution_options(populate_existing=True)).scalar_one()


def _move(
    session: Session,
    workspace_id: str,
    unit: str,
    *,
    available: int = 0,
    held: int = 0,
    spent: int = 0,
    expired: int = 0,
) -> None:
    change = update(CreditAccount).where(_is(workspace_id, unit))
    session.execute(
        change.values(
            available=CreditAccount.available + available,
            held=CreditAccount.held + held,
            spent=CreditAccount.spent + spent,
            expired=CreditAccount.expired + expired,
        ).execution_options(synchronize_session=False)
    )


def _post(
    session: Session,
    key: str,
    workspace_id: str,
    unit: str,
    source: str,
    target: str,
    amount: int,
    *,
    hold: str | None = None,
    grant: str | None = None,
) -> None:
    session.add(
        CreditPosting(
            key=key,
            workspace_id=workspace_id,
            unit=unit,
            source=source,
            target=target,
            amount=amount,
            hold_id=hold,
            grant_id=grant,
            at=now(),
        )
    )


def _is(workspace_id: str, unit: str) -> ColumnElement[bool]:
    return (CreditAccount.workspace_id == workspace_id) & (CreditAccount.unit == unit)


def _changed(session: Session, statement: Update) -> bool:
    result = session.execute(statement.execution_options(synchronize_session=False))
    return isinstance(result, CursorResult) and result.rowcount == 1


def _check(unit: str, amount: int) -> None:
    units: Sequence[str] = UNITS
    if unit not in units or amount <= 0:
        raise ValueError(f"no such credits: {amount} of {unit!r}")
