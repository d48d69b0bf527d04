"""Credits: how many there are, and what became of them."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter

from countenance.api.call import ReadCredits
from countenance.api.paging import Part
from countenance.service.credits.account import balances, statement
from countenance.wire.credits import BalanceBody, LineBody
from countenance.wire.message import Page

router = APIRouter(prefix="/v2/credits", tags=["credits"])


@router.get("")
def balance(call: ReadCredits) -> Page[BalanceBody]:
    """What there is of each unit."""
    with call.reading() as session:
        found = balances(session, call.workspace_id)
    return Page(data=[BalanceBody(**asdict(each)) for each in found], total_count=len(found))


@router.get("/statement")
def movements(call: ReadCredits, part: Part, unit: str | None = None) -> Page[LineBody]:
    """Every movement, the latest first."""
    with call.reading() as session:
        lines, total = statement(session, call.workspace_id, unit=unit or None, offset=part.offset, limit=part.limit)
    return Page(data=[LineBody(**asdict(line)) for line in lines], total_count=total)
