"""Credits: how many there are, and what became of them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import MAXYEAR, UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from countenance.api.call import ReadCredits
from countenance.api.paging import Part
from countenance.service.credits import account
from countenance.service.db.tables import CreditGrant, CreditHold
from countenance.wire.credits import BalanceBody, GrantBody, HoldBody, LineBody
from countenance.wire.message import Page
from countenance.wire.patterns import MONTH
from countenance.wire.times import iso_ms

router = APIRouter(prefix="/v2/credits", tags=["credits"])


@router.get("")
def balance(call: ReadCredits) -> Page[BalanceBody]:
    """What there is of each unit."""
    with call.reading() as session:
        found = account.balances(session, call.workspace_id)
        holds = account.open_holds(session, call.workspace_id)
        grants = account.open_grants(session, call.workspace_id)
        sums = account.sums(session, call.workspace_id)
    told = [
        BalanceBody(
            **asdict(each),
            holds=[_hold(row) for row in holds.get(each.unit, ())],
            grants=[_grant(row) for row in grants.get(each.unit, ())],
            sums=dict(sums[each.unit]),
        )
        for each in found
    ]
    return Page(data=told, total_count=len(told))


@router.get("/statement")
def movements(
    call: ReadCredits,
    part: Part,
    unit: str | None = None,
    month: Annotated[str | None, Query(description="Of one month (UTC), such as `2026-11`.", pattern=MONTH)] = None,
) -> Page[LineBody]:
    """Every movement, the latest first."""
    since, until = span_of(month)
    if month and since is None:
        return Page(data=[], total_count=0)
    with call.reading() as session:
        lines, total = account.statement(
            session,
            call.workspace_id,
            unit=unit or None,
            since=since,
            until=until,
            offset=part.offset,
            limit=part.limit,
        )
    return Page(data=[LineBody(**asdict(line)) for line in lines], total_count=total)


def span_of(month: str | None) -> tuple[datetime | None, datetime | None]:
    """From its first moment to that of the next month, if there is one; nothing of no month, or of one that no calendar
    has."""
    try:
        since = datetime.strptime(month or "", "%Y-%m").replace(tzinfo=UTC)
    except ValueError:
        return None, None
    if (since.year, since.month) == (MAXYEAR, 12):
        return since, None
    return since, since.replace(year=since.year + since.month // 12, month=since.month % 12 + 1)


def _hold(row: CreditHold) -> HoldBody:
    return HoldBody(
        amount=row.amount,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        created_at=iso_ms(row.created_at),
    )


def _grant(row: CreditGrant) -> GrantBody:
    return GrantBody(
        grant_id=row.id,
        amount=row.amount,
        remaining=row.remaining,
        reason=row.reason,
        created_at=iso_ms(row.created_at),
        expires_at=iso_ms(row.expires_at) if row.expires_at else None,
    )
