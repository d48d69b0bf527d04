"""The commands on credits: show what a workspace has, and give it more."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Optional

import typer

from countenance.cli.exits import Exit
from countenance.cli.operator import Data, WorkspaceId, opened, workspace_of
from countenance.cli.options import Json
from countenance.cli.output import console, print_json, print_rows

app = typer.Typer(name="credits", help="Credits of a workspace, on the machine of the server.", no_args_is_help=True)

_UNITS = ("training", "video_second")
"""`service.credits.ledger.UNITS`, which is imported only where a command needs it."""


def _unit(value: str) -> str:
    if value not in _UNITS:
        raise typer.BadParameter(f"must be one of {', '.join(_UNITS)}")
    return value


@app.command()
def show(
    lines: Annotated[int, typer.Option(min=0, max=1000, help="How many of the latest movements to show.")] = 20,
    workspace: WorkspaceId = None,
    data: Data = None,
    json: Json = False,
) -> Exit:
    """Show what a workspace has, and its latest movements."""
    from countenance.service.credits.account import balances, statement

    with opened(data) as service, service.database.reading() as session:
        workspace_id = workspace_of(session, workspace).id
        found = balances(session, workspace_id)
        moved, total = statement(session, workspace_id, limit=lines) if lines else ([], 0)
    if json:
        told = {"balances": [one.as_dict() for one in found], "lines": [line.as_dict() for line in moved]}
        print_json({"ok": True, "workspace": workspace_id, **told, "total_count": total})
        return Exit.OK
    target = console()
    columns = ("unit", "available", "held", "spent", "expired")
    print_rows(target, "Credits", [columns, *(tuple(str(getattr(one, column)) for column in columns) for one in found)])
    if moved:
        rows = [
            (line.at, line.unit, line.kind, f"{line.change:+d}", line.subject_id or "", line.reason) for line in moved
        ]
        print_rows(target, "Movements", [("at", "unit", "what", "change", "for", "why"), *rows])
    return Exit.OK


@app.command()
def grant(
    amount: Annotated[int, typer.Argument(min=1, max=1_000_000_000, help="How many.", show_default=False)],
    unit: Annotated[str, typer.Option(help="training or video_second.", callback=_unit)] = "training",
    reason: Annotated[str, typer.Option(help="Why, for the statement.")] = "granted by the operator",
    days: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(min=0.001, help="After how many days what is left of them expires.", show_default=False),
    ] = None,
    workspace: WorkspaceId = None,
    data: Data = None,
    json: Json = False,
) -> Exit:
    """Give a workspace credits."""
    from countenance.service.accounts import audit
    from countenance.service.clock import now
    from countenance.service.credits import ledger
    from countenance.service.credits.account import balance

    if not 0 < len(reason) <= 255:
        raise typer.BadParameter("--reason must have 1 to 255 characters")
    until = None if days is None else now() + timedelta(days=days)
    with opened(data) as service, service.database.transaction() as session:
        workspace_id = workspace_of(session, workspace).id
        given = ledger.grant(session, workspace_id, unit, amount, reason, until)
        audit.record(session, "command", workspace_id, "credits.grant", "grant", given.id)
        left = balance(session, workspace_id, unit)
    if json:
        print_json({"ok": True, "grant": given.id, "balance": left.as_dict()})
    else:
        console().print(f"{amount} granted; {left.available} of {unit} are available.", soft_wrap=True)
    return Exit.OK
