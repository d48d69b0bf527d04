"""Doubts about who agreed stop the training until a human has looked."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
import typer

from countenance.cli.studio import _blocking, _consent_arguments
from countenance.consent import rules as consent_rules
from countenance.errors import Finding, Rule, Severity

ADVICE = Rule("footage.short", "It is short.", "Record more.", severity=Severity.WARNING)


def material(*findings: Finding) -> Any:
    return cast(Any, SimpleNamespace(findings=findings))


@pytest.mark.parametrize("rule", [consent_rules.VOICE_UNSURE, consent_rules.FACE_UNSURE, consent_rules.NAME_UNSURE])
def test_a_doubt_about_the_person_waits_for_a_human(rule: Rule) -> None:
    doubt = Finding(rule)
    assert _blocking(material(), material(doubt), reviewed=False) == [doubt]
    assert _blocking(material(), material(doubt), reviewed=True) == []


def test_no_human_may_wave_an_error_through() -> None:
    other = Finding(consent_rules.OTHER_FACE)
    assert _blocking(material(), material(other), reviewed=True) == [other]


def test_advice_on_footage_stops_nothing() -> None:
    assert _blocking(material(Finding(ADVICE)), None, reviewed=False) == []


def test_a_review_needs_a_consent(tmp_path: Any) -> None:
    with pytest.raises(typer.BadParameter, match="--reviewed"):
        _consent_arguments(None, None, True, False)
