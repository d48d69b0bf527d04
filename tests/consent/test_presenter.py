"""The synthetic presenter agrees to being cloned: the whole way, on clips that everybody has."""

from __future__ import annotations

from countenance.consent.judge import Decision
from countenance.consent.verify import verify
from countenance.settings import Settings
from countenance.stock.clips import CONSENT_NAME, consent_clip, presenter_clip


def test_the_presenter_agrees(settings: Settings) -> None:
    verdict = verify(consent_clip(), presenter_clip(), CONSENT_NAME, settings)
    assert (verdict.decision, verdict.findings) == (Decision.ACCEPTED, ())
    assert len(verdict.scores) == 7
    assert {score.decision for score in verdict.scores} == {Decision.ACCEPTED}


def test_nobody_else_can_be_filed_under_it(settings: Settings) -> None:
    verdict = verify(consent_clip(), consent_clip(), "Peter Jones", settings)
    assert [finding.rule.id for finding in verdict.findings] == ["consent.name_not_heard"]


def test_the_presenters_talk_is_no_consent(settings: Settings) -> None:
    verdict = verify(presenter_clip(), presenter_clip(), CONSENT_NAME, settings)
    assert [finding.rule.id for finding in verdict.findings] == ["consent.statement_not_spoken"]
