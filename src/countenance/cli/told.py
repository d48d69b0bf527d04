"""How the answers of a server are shown: to a person in words, to a program as one JSON object."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from countenance.cli.exits import Exit
from countenance.cli.output import console, print_findings, print_json, print_pairs, printable

if TYPE_CHECKING:
    from pydantic import BaseModel
    from rich.table import Table

_ISO = re.compile(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*$")
_TO_COPY = 40
"""characters, in one word"""


def tell(subject: str, made: BaseModel, *, as_json: bool, title: str = "") -> Exit:
    """Show one thing."""
    data = made.model_dump(mode="json")
    if as_json:
        print_json({"ok": True, subject: data})
        return Exit.OK
    target = console()
    facts = _facts(data)
    to_copy = {name: value for name, value in facts.items() if len(value) > _TO_COPY and " " not in value}
    short = {name: value for name, value in facts.items() if name not in to_copy}
    if short:
        print_pairs(target, title or subject.replace("_", " ").capitalize(), short)
    for name, value in to_copy.items():  # links and keys stay in one piece, however long
        target.print(f"{name}: {printable(value)}", soft_wrap=True)
    if findings := getattr(made, "findings", None):
        from countenance.client.errors import as_finding

        print_findings(target, [as_finding(found) for found in findings])
    return Exit.OK


def tell_list(subject: str, data: Sequence[BaseModel], columns: Sequence[str], *, as_json: bool, **more: Any) -> Exit:
    """Show part of a list; `more` is what else the answer says."""
    rows = [each.model_dump(mode="json") for each in data]
    if as_json:
        print_json({"ok": True, subject: rows, **more})
        return Exit.OK
    total = more.get("total_count")
    title = subject.replace("_", " ").capitalize()
    target = console()
    target.print(f"{title}: {len(rows)} of {total}" if total is not None else title, style="bold")
    target.print(_table(rows, columns))
    return Exit.OK


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> Table:
    """Ids stay in one piece, to be copied; what else is too long is folded."""
    from rich.table import Table

    table = Table(show_header=True, header_style="", box=None, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column.replace("_", " "), overflow="fold", no_wrap=column.endswith("_id"))
    for row in rows:
        table.add_row(*(printable(_short(column, row.get(column))) for column in columns))
    return table


def tell_done(text: str, *, as_json: bool, **facts: Any) -> Exit:
    """Say that something was done."""
    if as_json:
        print_json({"ok": True, **facts})
    else:
        console().print(text, soft_wrap=True)
    return Exit.OK


def _facts(data: Mapping[str, Any]) -> dict[str, str]:
    """What fits in a line each."""
    return {
        name.replace("_", " "): _cell(value)
        for name, value in data.items()
        if value not in (None, "", [], {}) and not (isinstance(value, dict) or _is_of_objects(value))
    }


def _is_of_objects(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(each, dict) for each in value)


def _short(column: str, value: object) -> str:
    """A moment to the minute, so that a row fits in a line."""
    if column == "at" or column.endswith("_at"):
        return _ISO.sub(r"\1 \2", _cell(value))
    return _cell(value)


def _cell(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
