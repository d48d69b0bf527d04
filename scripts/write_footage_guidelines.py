"""Write docs/footage-guidelines.md from the rules for footage and pictures.

`python scripts/write_footage_guidelines.py` writes it, `--check` only says whether it is up to date (exit code 1 if
not).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from countenance.errors import Rule, Severity
from countenance.footage.guidelines import Group, groups

TARGET = Path(__file__).resolve().parents[1] / "docs" / "footage-guidelines.md"

_INTRODUCTION = """\
# Recording for a replica

What a replica can do is what it has seen. This page says what is asked of a recording, or of a picture, and how it is
checked. `countenance check FILE --report FOLDER` applies all of it and writes a page that shows what was found, where,
and what to do.

- An **error** forbids training until it is mended.
- A **warning** costs quality. Where single parts of a recording are at fault they are cut out, and training goes on
  with the rest while enough of it is good.
- A **hint** is advice.

The limit is what the measured value is held against; whether it is a floor or a ceiling the sentence says. In the last
column stands the type that Tavus's API gives to the same problem, where it has one.

This page is written by `scripts/write_footage_guidelines.py`; change the rules in the code and run it.
"""
_ORDER = list(Severity)


def page() -> str:
    """The whole page."""
    return "\n".join([_INTRODUCTION, *(_section(group) for group in groups() if group.rules)])


def _section(group: Group) -> str:
    rules = sorted(group.rules, key=lambda rule: _ORDER.index(rule.severity))
    head = "| what is wrong | how grave | limit | what to do | Tavus |\n| --- | --- | --- | --- | --- |"
    parts = [f"## {group.title}", "", group.asked, "", head, *map(_row, rules), ""]
    measured = [f"- `{rule.id}`: {rule.how}" for rule in rules if rule.how]
    if measured:
        parts += ["How it is measured:", "", *measured, ""]
    return "\n".join(parts)


def _row(rule: Rule) -> str:
    limit = "" if rule.limit is None else f"{_number(rule.limit)} {rule.unit}".strip()
    tavus = f"`{rule.tavus_type}`" if rule.tavus_type else ""
    cells = (f"{rule.title} `{rule.id}`", rule.severity.value, limit, rule.remedy, tavus)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 1000 else f"{value:.4g}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if the page is out of date")
    if parser.parse_args().check:
        return 0 if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == page() else 1
    TARGET.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
