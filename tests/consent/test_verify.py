from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from countenance.consent.judge import Decision
from countenance.consent.statement import statement_for
from countenance.consent.verify import Verdict, verify
from countenance.errors import CountenanceError
from countenance.media.write import VideoWriter
from countenance.settings import Settings

pytestmark = [pytest.mark.real_data, pytest.mark.usefixtures("looked_at_once")]

NAME = "Maria Keller"
STATEMENT = statement_for(NAME, Settings()).text
TALK = (
    "The weather in spring changes often. Please call me back when you have time, and bring the papers that we talked "
    "about on Monday."
)
OTHER_PITCH = 0.75


@dataclass(frozen=True)
class Clips:
    man: Path
    same_man: Path
    """The same person, another day, other clothes."""
    other: Path
    nobody: Path
    two: Path


@pytest.fixture(scope="module")
def clips(shared_data: Path) -> Clips:
    s26 = shared_data / "grid" / "s26"
    days = sorted(s26.glob("*.mpg"))
    return Clips(
        man=days[0],
        same_man=days[-1],
        other=sorted((shared_data / "grid" / "s1").glob("*.mpg"))[0],
        nobody=shared_data / "defects" / "no_face_animation.mp4",
        two=shared_data / "defects" / "ai_two_people_video_call_10s.mp4",
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("consent")


@pytest.fixture(scope="module")
def footage(clips: Clips, folder: Path, dub: Any, voice: Any) -> Path:
    return Path(dub(clips.man, voice(TALK), folder / "footage.mp4"))


@pytest.fixture(scope="module")
def consent(clips: Clips, folder: Path, dub: Any, voice: Any) -> Path:
    return Path(dub(clips.same_man, voice(STATEMENT), folder / "consent.mp4"))


def rules(verdict: Verdict) -> set[str]:
    return {finding.rule.id for finding in verdict.findings}


def decisions(verdict: Verdict) -> dict[str, Decision]:
    return {score.id: score.decision for score in verdict.scores}


def test_all_fits_but_the_lips_of_a_recording_that_was_dubbed(consent: Path, footage: Path, settings: Settings) -> None:
    """The right face, and the right words in the right voice, but his mouth spoke something else."""
    verdict = verify(consent, footage, NAME, settings)
    assert (verdict.decision, verdict.ok, rules(verdict)) == (Decision.REFUSED, False, {"consent.not_in_sync"})
    refused = {name for name, decision in decisions(verdict).items() if decision is not Decision.ACCEPTED}
    assert set(decisions(verdict)) == {
        "words", "name", "organisation", "face", "face_worst", "voice", "voice_worst", "mouth_motion", "lips",
        "lips_distinct",
    }  # fmt: skip
    assert refused <= {"lips", "lips_distinct"}

    told = json.loads(json.dumps(verdict.as_dict()))
    assert (told["decision"], told["statement"], told["name"]) == ("refused", "en-1", NAME)
    assert "artificial intelligence clone" in told["transcript"]
    assert told["scores"]["face"]["value"] > 0.9


def test_somebody_else_agrees(
    clips: Clips, footage: Path, folder: Path, dub: Any, voice: Callable[..., Any], settings: Settings
) -> None:
    stranger = dub(clips.other, voice(STATEMENT, OTHER_PITCH), folder / "stranger.mp4")
    verdict = verify(stranger, footage, NAME, settings)
    assert (verdict.decision, verdict.ok) == (Decision.REFUSED, False)
    assert rules(verdict) == {"consent.other_face", "consent.other_voice", "consent.not_in_sync"}
    assert {finding.file for finding in verdict.findings} == {str(stranger)}


def test_talk_about_the_weather_is_no_consent(footage: Path, settings: Settings) -> None:
    verdict = verify(footage, footage, NAME, settings)
    assert "consent.statement_not_spoken" in rules(verdict)
    assert "bring the papers" in verdict.findings[0].message()


def test_somebody_else_speaks_after_the_statement_at_the_start_of_the_footage(
    clips: Clips, folder: Path, dub: Any, voice: Callable[..., Any], settings: Settings
) -> None:
    """Where nobody else goes on speaking, it may be; see `test_presenter`."""
    pause = np.zeros(16_000, np.float32)
    taken_over = dub(
        clips.man, np.concatenate([voice(STATEMENT), pause, voice(TALK, OTHER_PITCH)]), folder / "over.mp4"
    )
    assert rules(verify(taken_over, taken_over, NAME, settings)) == {"consent.other_voice", "consent.not_in_sync"}


def test_a_statement_without_a_face(
    clips: Clips, folder: Path, footage: Path, dub: Any, voice: Callable[..., Any], settings: Settings
) -> None:
    unseen = dub(clips.nobody, voice(STATEMENT), folder / "unseen.mp4")
    verdict = verify(unseen, footage, NAME, settings)
    assert rules(verdict) == {"consent.no_face", "consent.face_not_compared", "consent.lips_not_seen"}


def test_a_statement_with_two_faces(
    clips: Clips, folder: Path, footage: Path, dub: Any, voice: Callable[..., Any], settings: Settings
) -> None:
    crowd = dub(clips.two, voice(STATEMENT), folder / "crowd.mp4")
    verdict = verify(crowd, footage, NAME, settings)
    assert rules(verdict) == {"consent.several_faces", "consent.other_face", "consent.mouth_still"}


def test_silence(consent: Path, footage: Path, folder: Path, dub: Any, clips: Clips, settings: Settings) -> None:
    silent = dub(clips.man, np.zeros(5 * 16_000, np.float32), folder / "silent.mp4")
    assert rules(verify(silent, footage, NAME, settings)) == {"consent.no_speech"}
    verdict = verify(consent, silent, NAME, settings)
    assert rules(verdict) == {"consent.voice_not_compared", "consent.not_in_sync"}


def test_what_cannot_be_verified_at_all(consent: Path, footage: Path, folder: Path, settings: Settings) -> None:
    mute = folder / "mute.mp4"
    with VideoWriter(mute, 64, 48) as writer:
        writer.write(np.zeros((48, 64, 3), np.uint8))
    for arguments, rule in [
        ((consent, footage, "  "), "consent.name_missing"),
        ((consent, footage, "李小龙"), "consent.name_missing"),
        ((folder / "none.mp4", footage, NAME), "media.file_missing"),
        ((consent, folder / "none.mp4", NAME), "media.file_missing"),
        ((mute, footage, NAME), "media.no_audio"),
    ]:
        with pytest.raises(CountenanceError) as caught:
            verify(*arguments, settings)
        assert caught.value.finding.rule.id == rule
