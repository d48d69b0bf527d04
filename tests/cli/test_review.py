"""Doubts about who agreed stop the training until a human has looked."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from countenance.clearance import Clearance, Request
from countenance.consent import claim_rules
from countenance.consent import rules as consent_rules
from countenance.consent.policy import Subject
from countenance.consent.receipt_content import Material
from countenance.errors import Finding, Rule, Severity

ADVICE = Rule("footage.short", "It is short.", "Record more.", severity=Severity.WARNING)


def cleared(*, footage: list[Finding], consent: list[Finding], reviewed_by: str | None = None) -> Clearance:
    def part(findings: list[Finding]) -> Any:
        return cast(Any, SimpleNamespace(findings=tuple(findings)))

    request = Request(Path("me.mp4"), Material.FOOTAGE, Subject.SELF, reviewed_by=reviewed_by)
    return Clearance(request, part(footage), part(consent), part([]), None)


@pytest.mark.parametrize(
    "rule",
    [
        consent_rules.VOICE_UNSURE,
        consent_rules.FACE_UNSURE,
        consent_rules.NAME_UNSURE,
        claim_rules.LOOKS_LIKE,
        claim_rules.REVIEWED[claim_rules.CLAIM_CAMERA.id],
    ],
)
def test_a_doubt_about_the_person_waits_for_a_human(rule: Rule) -> None:
    doubt = Finding(rule)
    assert cleared(footage=[], consent=[doubt]).blocking == (doubt,)
    assert cleared(footage=[], consent=[doubt], reviewed_by="ada").ok


@pytest.mark.parametrize("rule", [consent_rules.OTHER_FACE, claim_rules.OPTED_OUT, claim_rules.CLAIM_CAMERA])
def test_no_human_may_wave_an_error_through(rule: Rule) -> None:
    other = Finding(rule)
    assert cleared(footage=[], consent=[other], reviewed_by="ada").blocking == (other,)


def test_advice_on_footage_stops_nothing() -> None:
    assert cleared(footage=[Finding(ADVICE)], consent=[]).ok
