"""Write docs/errors.md from the rules of all rooms.

`python scripts/write_error_catalogue.py` writes it, `--check` only says whether it is up to date (exit code 1 if not).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from countenance.cli.errors import RULES as CLI
from countenance.client.errors import RULES as CLIENT
from countenance.errors import Rule
from countenance.portal.help.catalogue import ROOMS, Room, limit_of
from countenance.server.errors import RULES as SERVER

TARGET = Path(__file__).resolve().parents[1] / "docs" / "errors.md"

ABOVE: tuple[Room, ...] = (
    Room("server", "Starting a server", "What can keep a server from starting.", SERVER),
    Room("client", "Client", "What can be wrong with talking to a server.", CLIENT),
    Room("command-line", "Command line", "What can be wrong with a command.", CLI),
)
"""Of whom no page can speak: who meets these is at a terminal, or in a program."""

_INTRODUCTION = """\
# Errors, warnings and hints

Every problem that Countenance reports has an id from this catalogue. An **error** stops the work, a **warning** lowers
the quality or asks for a human's look, a **hint** is advice. The limit is what the measured value was held against;
whether it is a floor or a ceiling the sentence says. Where Tavus's API has a type for the same problem, it stands in
the last column. A server shows the catalogue at `/help/errors`, each rule at `/help/errors#` and its id.

This page is written by `scripts/write_error_catalogue.py`; change the rules in the code and run it.
"""


def catalogue() -> str:
    """The whole page."""
    return "\n".join([_INTRODUCTION, *map(_section, (*ROOMS, *ABOVE))])


def _section(room: Room) -> str:
    head = (
        "| id | severity | what it means | limit | how it is measured | what to do | Tavus |\n"
        "| --- | --- | --- | --- | --- | --- | --- |"
    )
    return "\n".join([f"## {room.title}", "", room.text, "", head, *map(_row, room.rules), ""])


def _row(rule: Rule) -> str:
    tavus = f"`{rule.tavus_type}`" if rule.tavus_type else ""
    cells = (f"`{rule.id}`", rule.severity.value, rule.title, limit_of(rule), rule.how, rule.remedy, tavus)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if the page is out of date")
    if parser.parse_args().check:
        return 0 if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == catalogue() else 1
    TARGET.write_text(catalogue(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
