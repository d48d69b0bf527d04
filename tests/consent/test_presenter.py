"""The synthetic presenter agrees to being cloned: the whole way, on clips that everybody has."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import numpy as np

from countenance.consent.judge import Decision
from countenance.consent.verify import verify
from countenance.media.read import SAMPLE_RATE, audio, frames
from countenance.media.write import VideoWriter
from countenance.settings import Settings
from countenance.stock.clips import CONSENT_NAME, consent_clip, presenter_clip


def test_the_presenter_agrees(settings: Settings) -> None:
    verdict = verify(consent_clip(), presenter_clip(), CONSENT_NAME, settings)
    assert (verdict.decision, verdict.findings) == (Decision.ACCEPTED, ())
    assert len(verdict.scores) == 10
    assert {score.decision for score in verdict.scores} == {Decision.ACCEPTED}


def test_the_statement_may_open_the_footage(settings: Settings, tmp_path: Path) -> None:
    both = tmp_path / "both.mp4"
    talk_s = 10.0
    sound = np.concatenate([audio(consent_clip()), audio(presenter_clip())[: round(talk_s * SAMPLE_RATE)]])
    pictures = chain(frames(consent_clip(), max_side=640), frames(presenter_clip(), max_side=640, end_s=talk_s))
    with VideoWriter(both, 640, 360, audio=sound, preset="ultrafast") as writer:
        for frame in pictures:
            writer.write(frame.image)
    verdict = verify(both, both, CONSENT_NAME, settings)
    assert (verdict.decision, verdict.findings) == (Decision.ACCEPTED, ())


def test_nobody_else_can_be_filed_under_it(settings: Settings) -> None:
    verdict = verify(consent_clip(), consent_clip(), "Peter Jones", settings)
    assert [finding.rule.id for finding in verdict.findings] == ["consent.name_not_heard"]


def test_the_presenters_talk_is_no_consent(settings: Settings) -> None:
    verdict = verify(presenter_clip(), presenter_clip(), CONSENT_NAME, settings)
    assert [finding.rule.id for finding in verdict.findings] == ["consent.statement_not_spoken"]


def test_what_comes_before_the_statement_would_be_held_against_nobody(settings: Settings, tmp_path: Path) -> None:
    late, before_s = tmp_path / "late.mp4", 8.0
    sound = np.concatenate([audio(presenter_clip())[: round(before_s * SAMPLE_RATE)], audio(consent_clip())])
    pictures = chain(frames(presenter_clip(), max_side=640, end_s=before_s), frames(consent_clip(), max_side=640))
    with VideoWriter(late, 640, 360, audio=sound, preset="ultrafast") as writer:
        for frame in pictures:
            writer.write(frame.image)
    verdict = verify(late, late, CONSENT_NAME, settings)
    assert [finding.rule.id for finding in verdict.findings] == ["consent.statement_not_first"]
