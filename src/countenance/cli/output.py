"""What a command says at its end: for a person in words, for a program as one JSON object."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from countenance.errors import Finding, Severity, amount, figure

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.HINT: "cyan"}
_SPANS_SHOWN = 5


def print_json(data: Mapping[str, Any]) -> None:
    """The one JSON object of a command, on stdout."""
    text = json.dumps(data, ensure_ascii=False, default=str)
    # Half a surrogate pair, as in names of files that are no text, is written as JSON writes it.
    sys.stdout.write(text.encode("utf-8", "backslashreplace").decode() + "\n")
    sys.stdout.flush()


def failure(findings: Sequence[Finding], **more: Any) -> dict[str, Any]:
    """The JSON of whatever did not succeed: `ok` false, the finding that stopped it, all findings."""
    return {
        "ok": False,
        "error": findings[0].as_dict(),
        "findings": [finding.as_dict() for finding in findings],
        **more,
    }


def report_failure(findings: Sequence[Finding], *, as_json: bool, **more: Any) -> None:
    """Say why a command did not succeed: JSON on stdout, or panels on stderr."""
    if as_json:
        print_json(failure(findings, **more))
        return
    print_findings(console(stderr=True), findings)


def print_findings(target: Console, findings: Sequence[Finding]) -> None:
    for finding in findings:
        target.print(_panel(finding))


def print_pairs(target: Console, title: str, pairs: Mapping[str, Any]) -> None:
    """A small table of names and values."""
    print_rows(target, title, [(name, _text(value)) for name, value in pairs.items()])


def print_rows(target: Console, title: str, rows: Sequence[Sequence[str]]) -> None:
    """A table under a title; long cells are folded, not cut."""
    from rich.table import Table

    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for _ in rows[0]:
        table.add_column(overflow="fold")
    for row in rows:
        table.add_row(*map(printable, row))
    target.print(title, style="bold")
    target.print(table)


def printable(text: str) -> str:
    """A text from outside without what a terminal would obey instead of showing it."""
    return "".join(character if character.isprintable() or character == "\n" else "\ufffd" for character in text)


def console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, markup=False, highlight=False, soft_wrap=False)


def _panel(finding: Finding) -> RenderableType:
    from rich.panel import Panel
    from rich.text import Text

    body = Text()
    for label, text in _facts(finding):
        body.append(f"{label}: " if label else "", style="bold")
        body.append(f"{printable(text)}\n")
    body.append("What to do: ", style="bold")
    body.append(finding.rule.remedy)
    colour = _COLOURS[finding.severity]
    title = Text(f"{finding.severity.value}: {finding.rule.id}")
    return Panel(
        Text.assemble((f"{finding.rule.title}\n", "bold"), body), title=title, title_align="left", style=colour
    )


def _facts(finding: Finding) -> list[tuple[str, str]]:
    facts = [("", finding.detail)] if finding.detail else []
    if finding.file:
        facts.append(("File", finding.file))
    shape = finding.as_dict()
    if finding.measured is not None:
        facts.append(("Measured", amount(finding.measured, shape["unit"])))
        if shape["limit"] is not None:
            facts.append(("Limit", amount(shape["limit"], shape["unit"])))
    if finding.spans:
        more = len(finding.spans) - _SPANS_SHOWN
        where = ", ".join(span.timecode() for span in finding.spans[:_SPANS_SHOWN])
        facts.append(("Where", f"{where} and {more} more" if more > 0 else where))
    return facts


def _text(value: object) -> str:
    return figure(value) if isinstance(value, float) else str(value)
