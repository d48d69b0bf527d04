"""Findings as a person and as a program read them."""

from __future__ import annotations

import json

import pytest

from countenance.cli.output import report_failure
from countenance.errors import Finding, Rule, Severity, Span

SMALL = Rule(id="footage.face_too_small", title="The face is too small.", remedy="Come closer.", limit=64.0, unit="px")
DIM = Rule(id="footage.dim", title="It is dim.", remedy="Add light.", severity=Severity.WARNING)
FINDINGS = (
    Finding(
        SMALL,
        file="/a folder/my [clip].mp4",
        detail="Seen most of the time.",
        measured=31.5,
        spans=tuple(Span(10.0 * i, 10.0 * i + 5) for i in range(7)),
    ),
    Finding(DIM),
)


def test_a_person_reads_what_where_how_much_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    report_failure(FINDINGS, as_json=False)
    out, err = capsys.readouterr()
    assert out == ""
    told = " ".join(line.strip("│ ") for line in err.splitlines())
    for wanted in (
        "error: footage.face_too_small",
        "The face is too small.",
        "Seen most of the time.",
        "/a folder/my [clip].mp4",
        "31.5 px",
        "64 px",
        "00:10-00:15",
        "and 2 more",
        "Come closer.",
        "warning: footage.dim",
        "Add light.",
    ):
        assert wanted in told


def test_a_program_reads_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    report_failure(FINDINGS, as_json=True, more=1)
    out, err = capsys.readouterr()
    assert err == ""
    data = json.loads(out)
    assert data["ok"] is False
    assert data["error"] == json.loads(json.dumps(FINDINGS[0].as_dict()))
    assert [finding["rule"] for finding in data["findings"]] == ["footage.face_too_small", "footage.dim"]
    assert data["more"] == 1
