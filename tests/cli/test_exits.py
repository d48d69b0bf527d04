"""Every rule of the product leads to the exit code that docs/cli.md promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from countenance.cli.exits import Exit, exit_for
from countenance.errors import Finding, Rule

MANUAL = (Path(__file__).parents[2] / "docs/cli.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("rule", "judging", "elsewhere"),
    [
        ("media.file_missing", Exit.INPUT, Exit.INPUT),
        ("media.cannot_write", Exit.INPUT, Exit.INPUT),
        ("media.undecodable", Exit.REFUSED, Exit.INPUT),
        ("media.empty_file", Exit.REFUSED, Exit.INPUT),
        ("footage.no_face", Exit.REFUSED, Exit.INPUT),
        ("engine.too_little_to_learn", Exit.REFUSED, Exit.INPUT),
        ("engine.place_taken", Exit.INPUT, Exit.INPUT),
        ("engine.out_of_time", Exit.INPUT, Exit.INPUT),
        ("picture.no_face", Exit.REFUSED, Exit.INPUT),
        ("consent.place_kept", Exit.INPUT, Exit.INPUT),
        ("voice.nothing_to_say", Exit.INPUT, Exit.INPUT),
        ("voice.unknown_voice", Exit.INPUT, Exit.INPUT),
        ("voice.plugin_failed", Exit.INTERNAL, Exit.INTERNAL),
        ("voice.program_failed", Exit.INTERNAL, Exit.INTERNAL),
        ("voice.service_failed", Exit.INTERNAL, Exit.INTERNAL),
        ("consent.name_missing", Exit.INPUT, Exit.INPUT),
        ("consent.unknown_language", Exit.INPUT, Exit.INPUT),
        ("consent.statement_file_invalid", Exit.INPUT, Exit.INPUT),
        ("consent.no_statement", Exit.REFUSED, Exit.REFUSED),
        ("consent.needed", Exit.REFUSED, Exit.REFUSED),
        ("cli.bad_setting", Exit.INPUT, Exit.INPUT),
        ("people.weight_missing", Exit.INTERNAL, Exit.INTERNAL),
        ("people.weight_altered", Exit.INTERNAL, Exit.INTERNAL),
    ],
)
def test_exit_of_a_rule(rule: str, judging: Exit, elsewhere: Exit) -> None:
    finding = Finding(Rule(id=rule, title="", remedy=""))
    assert exit_for(finding, judges_material=True) is judging
    assert exit_for(finding, judges_material=False) is elsewhere


def test_the_manual_lists_every_code() -> None:
    for code in Exit:
        assert f"\n| {code.value} |" in MANUAL
