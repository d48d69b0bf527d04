"""A statement that is dubbed on other pictures, or on a photograph, is no consent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from countenance.consent import liveness_rules as rules
from countenance.consent.judge import Decision
from countenance.consent.liveness import Liveness, liveness_findings, liveness_scores, motion, watch
from countenance.errors import Rule, Span
from countenance.media.image import read_image
from countenance.media.read import FPS, SAMPLE_RATE, audio, frames
from countenance.media.write import VideoWriter
from countenance.people.face import FaceTracker
from countenance.people.lipsync import Agreement
from countenance.settings import Settings
from countenance.stock.clips import consent_clip

Samples = NDArray[np.float32]
Picture = NDArray[np.uint8]

FITS = Agreement(score=0.75, chance=0.2, elsewhere_s=1.0, offset_s=0.02, compared_s=12.0)
ALIVE = Liveness(FITS, mouth_motion=0.035, blinks=4, nonrigid=0.009, seen=1.0)
GRID_CLIPS = 5


@pytest.fixture(scope="module")
def spoken() -> Samples:
    return audio(consent_clip())


def test_the_person_who_speaks_is_seen_speaking(spoken: Samples, settings: Settings) -> None:
    found = watch(consent_clip(), Span(0.0, len(spoken) / SAMPLE_RATE), spoken, settings)
    assert not list(liveness_findings(found))
    assert found.agreement.score > 0.8
    assert abs(found.offset_s) < 0.03
    assert 3 <= found.blinks <= 9
    assert not found.rigid_only
    assert {score.decision for score in liveness_scores(found)} == {Decision.ACCEPTED}


def test_a_part_is_on_the_clock_of_its_sound(spoken: Samples, settings: Settings) -> None:
    """The part starts between two pictures."""
    span = Span(4.03, 12.03)
    sound = spoken[round(span.start_s * SAMPLE_RATE) : round(span.end_s * SAMPLE_RATE)]
    found = watch(consent_clip(), span, sound, settings)
    assert found.agreement.score > 0.8
    assert abs(found.offset_s) < 0.03


@pytest.mark.parametrize(
    ("seen", "rule"),
    [
        (ALIVE, None),
        (replace(ALIVE, mouth_motion=0.002), rules.MOUTH_STILL),
        (replace(ALIVE, mouth_motion=0.002, blinks=0), rules.MOUTH_STILL),
        (replace(ALIVE, mouth_motion=0.002, blinks=0, nonrigid=0.002), rules.STILL_PICTURE),
        (replace(ALIVE, blinks=0, nonrigid=0.005), None),
        (replace(ALIVE, agreement=replace(FITS, compared_s=3.0, score=0.1)), rules.LIPS_NOT_SEEN),
        (replace(ALIVE, agreement=replace(FITS, compared_s=0.0), mouth_motion=float("nan")), rules.LIPS_NOT_SEEN),
        (replace(ALIVE, agreement=replace(FITS, score=0.3)), rules.NOT_IN_SYNC),
        (replace(ALIVE, agreement=replace(FITS, score=0.6, chance=0.65)), rules.NOT_IN_SYNC),
        (replace(ALIVE, agreement=replace(FITS, score=0.45)), rules.SYNC_UNSURE),
        (replace(ALIVE, agreement=replace(FITS, score=0.6, chance=0.5)), rules.SYNC_UNSURE),
        (replace(ALIVE, agreement=replace(FITS, offset_s=0.3)), rules.SOUND_OFFSET),
        (replace(ALIVE, agreement=replace(FITS, offset_s=-0.3)), rules.SOUND_OFFSET),
    ],
)
def test_what_follows_from_what_is_seen(seen: Liveness, rule: Rule | None) -> None:
    assert [finding.rule for finding in liveness_findings(seen)] == ([rule] if rule else [])


def test_a_score_is_given_only_where_it_was_measured() -> None:
    short = replace(ALIVE, agreement=replace(FITS, compared_s=3.0))
    assert [score.id for score in liveness_scores(short)] == ["mouth_motion"]
    assert not liveness_scores(replace(short, mouth_motion=float("nan")))


def test_nothing_seen_is_no_error() -> None:
    moved = motion([None] * 50, 12.5)
    assert (moved.blinks, moved.nonrigid) == (0, 0.0)


@pytest.mark.real_data
def test_other_sentences_of_the_same_person_are_refused(shared_data: Path, settings: Settings, tmp_path: Path) -> None:
    clips = sorted((shared_data / "grid/s1").glob("*.mpg"))[: 2 * GRID_CLIPS]
    pictures = [frame.image for clip in clips[:GRID_CLIPS] for frame in frames(clip)]
    sound = np.concatenate([np.resize(audio(clip), 3 * SAMPLE_RATE) for clip in clips[GRID_CLIPS:]])
    path = _write(tmp_path / "dubbed.mp4", pictures, sound)
    found = watch(path, Span(0.0, 3.0 * GRID_CLIPS), sound, settings)
    assert [finding.rule for finding in liveness_findings(found)] == [rules.NOT_IN_SYNC]
    assert found.blinks >= 3


@pytest.mark.real_data
def test_a_voice_over_on_somebody_who_is_silent_is_refused(
    shared_data: Path, settings: Settings, spoken: Samples
) -> None:
    path = shared_data / "defects/webcam_no_speech_8s_720p.mp4"
    found = watch(path, Span(0.0, 8.0), spoken[: 8 * SAMPLE_RATE], settings)
    assert [finding.rule for finding in liveness_findings(found)] == [rules.MOUTH_STILL]
    assert found.blinks >= 1


@pytest.mark.real_data
def test_a_photograph_that_is_moved_before_the_camera_is_refused(
    shared_data: Path, settings: Settings, spoken: Samples, tmp_path: Path
) -> None:
    photo = read_image(shared_data / "portraits/real_good_author_572.jpg").rgb
    seconds = 8
    path = _write(tmp_path / "photo.mp4", [_held(photo, i / FPS) for i in range(seconds * FPS)], spoken)
    found = watch(path, Span(0.0, seconds), spoken[: seconds * SAMPLE_RATE], settings)
    assert [finding.rule for finding in liveness_findings(found)] == [rules.STILL_PICTURE]
    assert found.rigid_only
    assert found.blinks == 0


@pytest.mark.real_data
def test_blinks_are_counted(shared_data: Path, settings: Settings) -> None:
    """The woman shuts her eyes twice in 2.3 s, and says nothing."""
    clip = shared_data / "talking/avatar_talent_b_silent_4k50.mp4"
    with FaceTracker(settings) as tracker:
        meshes = [tracker.track(f.image, f.time_s) for f in frames(clip, fps=12.5, max_side=640)]
    assert motion(meshes, 12.5).blinks == 2


def _held(photo: NDArray[np.uint8], time_s: float) -> Picture:
    """The photograph in a hand: it sways, turns, tilts and comes nearer."""
    height, width = photo.shape[0] // 2 * 2, photo.shape[1] // 2 * 2
    turned = np.eye(3)
    turned[:2] = cv2.getRotationMatrix2D((width / 2, height / 2), 3 * np.sin(1.3 * time_s), 1 + 0.06 * np.sin(time_s))
    turned[:2, 2] += 9 * np.sin(2 * time_s), 6 * np.sin(1.7 * time_s)
    turned[2, :2] = 1e-4 * np.sin(1.9 * time_s), 1e-4 * np.sin(1.5 * time_s)
    moved = cv2.warpPerspective(photo, turned, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.uint8)


def _write(path: Path, pictures: list[Picture], sound: Samples) -> Path:
    height, width = pictures[0].shape[:2]
    with VideoWriter(path, width, height, audio=sound, preset="ultrafast") as writer:
        for picture in pictures:
            writer.write(picture)
    return path
