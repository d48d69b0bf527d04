"""What a finding says to a person."""

from __future__ import annotations

import pytest

from countenance.cli.output import _facts
from countenance.errors import Finding, Rule, amount, figure


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (22_000, "22,000"),
        (20_000.0, "20,000"),
        (12_345.6, "12,346"),
        (999_999.5, "1,000,000"),
        (-1_234.5, "-1,234"),
        (38.2468, "38.25"),
        (30.0, "30"),
        (0.1, "0.1"),
        (0.00012, "0.00012"),
        (0, "0"),
        (float("inf"), "inf"),
        (True, "True"),
    ],
)
def test_figures_are_as_people_write_them(value: float, told: str) -> None:
    assert figure(value) == told


def test_a_measurement_and_its_limit() -> None:
    rule = Rule(id="voice.script_too_long", title="Too long.", remedy="Split it.", limit=20_000, unit="characters")
    finding = Finding(rule, measured=22_000)
    assert finding.message() == "Too long. Measured 22,000 characters, limit 20,000 characters. Split it."
    assert _facts(finding) == [("Measured", "22,000 characters"), ("Limit", "20,000 characters")]
    assert Finding(rule, measured=3.0, limit=1.5).message().count("Measured 3 characters, limit 1.5 characters.") == 1


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (1.0, "parts", "1 part"),
        (2.0, "parts", "2 parts"),
        (1.5, "parts", "1.5 parts"),
        (1, "dictionaries", "1 dictionary"),
        (1, "stored faces", "1 stored face"),
        (1, "pictures/s", "1 picture/s"),
        (1, "parts of the face", "1 part of the face"),
        (1, "s of speech", "1 s of speech"),
        (1, "% of the words", "1 % of the words"),
        (1, "likeness to the main voice", "1 likeness to the main voice"),
        (1, "", "1"),
        ("unknown", "", "unknown"),
    ],
)
def test_one_of_something_is_no_more(value: float | str, unit: str, told: str) -> None:
    assert amount(value, unit) == told
    if not isinstance(value, str):
        rule = Rule(id="test.odd", title="Odd.", remedy="", limit=value, unit=unit)
        assert f"Measured {told}, limit {told}." in Finding(rule, measured=value).message()
        assert _facts(Finding(rule, measured=value))[-2:] == [("Measured", told), ("Limit", told)]


@pytest.mark.parametrize(
    ("file", "told"), [("a/b.mp4", "b.mp4: Odd."), (".", ".: Odd."), ("/", "/: Odd."), ("", "Odd.")]
)
def test_a_message_begins_with_the_name_of_the_file(file: str, told: str) -> None:
    assert Finding(Rule("test.odd", "Odd.", ""), file=file).message().strip() == told
