"""The synthetic presenter agrees to being cloned: the whole way, on clips that everybody has."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from countenance.consent.judge import Decision
from countenance.consent.verify import verify
from countenance.media.read import SAMPLE_RATE, audio, frames
from countenance.media.write import VideoWriter
from countenance.settings import Settings
from countenance.stock.clips import CONSENT_NAME, consent_clip, presenter_clip

pytestmark = pytest.mark.usefixtures("looked_at_once")

SIDE, CONSENT_S = 480, 17.04


def recorded(out: Path, *parts: tuple[Path, float, float]) -> Path:
    """Parts of clips, (file, start, end) in seconds, one after the other and smaller."""
    sound = [audio(clip)[round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)] for clip, start_s, end_s in parts]
    with VideoWriter(out, SIDE, SIDE * 9 // 16, audio=np.concatenate(sound), preset="ultrafast") as writer:
        for clip, start_s, end_s in parts:
            for frame in frames(clip, max_side=SIDE, start_s=start_s, end_s=end_s):
                writer.write(frame.image)
    return out


def test_the_presenter_agrees(settings: Settings) -> None:
    verdict = verify(consent_clip(), presenter_clip(), CONSENT_NAME, settings)
    assert (verdict.decision, verdict.findings) == (Decision.ACCEPTED, ())
    assert len(verdict.scores) == 10
    assert {score.decision for score in verdict.scores} == {Decision.ACCEPTED}


def test_the_statement_may_open_the_footage(settings: Settings, tmp_path: Path) -> None:
    both = recorded(tmp_path / "both.mp4", (consent_clip(), 0.0, CONSENT_S), (presenter_clip(), 0.0, 6.0))
    verdict = verify(both, both, CONSENT_NAME, settings)
    assert (verdict.decision, verdict.findings) == (Decision.ACCEPTED, ())


def test_nobody_else_can_be_filed_under_it(settings: Settings) -> None:
    verdict = verify(consent_clip(), consent_clip(), "Peter Jones", settings)
    assert [finding.rule.id for finding in verdict.findings] == ["consent.name_not_heard"]


def test_the_presenters_talk_is_no_consent(settings: Settings, tmp_path: Path) -> None:
    talk = recorded(tmp_path / "talk.mp4", (presenter_clip(), 13.0, 23.0))
    verdict = verify(talk, talk, CONSENT_NAME, settings)
    assert [finding.rule.id for finding in verdict.findings] == ["consent.statement_not_spoken"]


def test_what_comes_before_the_statement_would_be_held_against_nobody(settings: Settings, tmp_path: Path) -> None:
    late = recorded(tmp_path / "late.mp4", (presenter_clip(), 0.0, 7.0), (consent_clip(), 0.0, CONSENT_S))
    verdict = verify(late, late, CONSENT_NAME, settings)
    assert [finding.rule.id for finding in verdict.findings] == ["consent.statement_not_first"]
