"""Credits: what there is, what is held by what, and every movement, so that anybody can add them up."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from sqlalchemy import func, select
from starlette.responses import StreamingResponse

from countenance.api.paging import Paging
from countenance.api.routes import credits as api
from countenance.portal.fields import number
from countenance.portal.page import CreditsSeen, headers, render
from countenance.portal.subjects import subjects
from countenance.service.clock import now
from countenance.service.credits.account import Line, statement
from countenance.service.credits.ledger import UNITS
from countenance.service.db.tables import CreditPosting
from countenance.wire.credits import BalanceBody

router = APIRouter()
_LINES = 25
_COLUMNS = (
    *("id", "at", "unit", "kind", "amount", "change", "available_after"),
    *("subject_kind", "subject_id", "reason"),
)
_MOST_MONTHS = 60


@router.api_route("/credits", methods=["GET", "HEAD"])
def credits(request: Request, call: CreditsSeen, unit: str = "", month: str = "", page: str = "1") -> Response:
    """Balance, what is held, and the statement."""
    unit = unit if unit in UNITS else ""
    month = month if api.span_of(month)[0] else ""
    here = number(page)
    balances = api.balance(call).data
    lines = api.movements(call, Paging(_LINES, here), unit, month)
    with call.reading() as session:
        about = [(each.subject_kind, each.subject_id) for each in lines.data]
        about += [(hold.subject_kind, hold.subject_id) for each in balances for hold in each.holds]
        named = subjects(session, call.workspace_id, about)
        first = session.scalar(
            select(func.min(CreditPosting.at)).where(CreditPosting.workspace_id == call.workspace_id)
        )
    wishes = urlencode({name: value for name, value in (("unit", unit), ("month", month)) if value})
    return render(
        request,
        call,
        "account/credits.html",
        balances=balances,
        added={each.unit: added_up(each) for each in balances},
        lines=lines.data,
        subjects=named,
        unit=unit,
        month=month,
        months=months(first),
        wishes=wishes,
        page=here,
        pages=max(1, -(-lines.total_count // _LINES)),
        total=lines.total_count,
        costs_cancelled=call.service.settings.cancelled_training == "capture",
    )


@router.api_route("/credits/statement.csv", methods=["GET", "HEAD"])
def as_csv(request: Request, call: CreditsSeen, unit: str = "", month: str = "") -> Response:
    """The same lines as a table for other programs, all of them."""
    since, until = api.span_of(month)
    with call.reading() as session:
        lines, _ = statement(
            session, call.workspace_id, unit=unit if unit in UNITS else None, since=since, until=until, limit=None
        )
    name = "-".join(["credits", *(each for each in (unit if unit in UNITS else "", month if since else "") if each)])
    told = {
        **headers(request),
        "Content-Disposition": f'attachment; filename="{name}.csv"',
    }
    return StreamingResponse(_rows(lines), headers=told, media_type="text/csv; charset=utf-8")


def added_up(balance: BalanceBody) -> int:
    """What the movements of a unit make of nothing; the same as what is available, or something is wrong."""
    sums: Mapping[str, int] = balance.sums
    return sums["grant"] - sums["hold"] + sums["release"] - sums["expire"]


def months(first: datetime | None) -> list[tuple[str, str]]:
    """From this month back to that of a moment: `2026-11` and `November 2026`."""
    today = now()
    year, month = today.year, today.month
    found: list[tuple[str, str]] = []
    while first is not None and (year, month) >= (first.year, first.month) and len(found) < _MOST_MONTHS:
        found.append((f"{year}-{month:02d}", f"{datetime(year, month, 1):%B %Y}"))
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return found


def _rows(lines: Sequence[Line]) -> Iterator[str]:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for line in lines:
        writer.writerow(_row(line))
        if out.tell() > 1 << 16:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def _row(line: Line) -> tuple[object, ...]:
    # What begins like a formula would be one in programs for tables.
    reason = f"'{line.reason}" if line.reason[:1] in tuple("=+-@\t\r") else line.reason
    subject = (line.subject_kind or "", line.subject_id or "")
    return line.id, line.at, line.unit, line.kind, line.amount, line.change, line.after, *subject, reason
