"""Rules for lips, on the stock presenter's true lips with the sound as it is, moved, dubbed and cut off."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from countenance.errors import Finding, Span
from countenance.footage import lip_rules as rules
from countenance.footage.judge_lips import dubbed_spans, lip_findings, listening_spans
from countenance.footage.listen import Sound
from countenance.footage.timeline import SAMPLES_PER_S, FaceSample, Sample, Timeline, lip_track
from countenance.media.probe import MediaInfo, probe
from countenance.media.read import SAMPLE_RATE, audio, frames
from countenance.people.face import FaceTracker
from countenance.people.lips import lip_gap
from countenance.people.lipsync import expected_gap
from countenance.people.speech import speech_spans
from countenance.settings import Settings
from countenance.stock.clips import presenter_clip, presenter_truth

Array = NDArray[np.float32]

# Nine seconds of speech, thirteen with its pauses, and three of listening.
BEGIN_S, SECONDS = 26.6, 16.0
EYES_PX = 200.0
ALL = (Span(0.0, 1000.0),)
SETTINGS = Settings(threads=1)


@pytest.fixture(scope="module")
def info() -> MediaInfo:
    return probe(presenter_clip())


@pytest.fixture(scope="module")
def gap() -> Array:
    truth = presenter_truth()
    begin, end = (round(t * truth.fps) for t in (BEGIN_S, BEGIN_S + SECONDS))
    return np.asarray(np.maximum(truth.lip_gap_px[begin:end:2], 0) / EYES_PX, np.float32)


@pytest.fixture(scope="module")
def sound() -> Array:
    begin, end = (round(t * SAMPLE_RATE) for t in (BEGIN_S, BEGIN_S + SECONDS))
    return audio(presenter_clip())[begin:end]


@pytest.fixture(scope="module")
def speech_end_s(sound: Array) -> float:
    return speech_spans(sound, SETTINGS)[-1].end_s


def timeline(gap: Array, sound: Array) -> Timeline:
    """NaN is a face without a mesh."""
    samples = tuple(
        Sample(i / SAMPLES_PER_S, 1, FaceSample(200, 0.4, 0, 0, lip_gap=None if np.isnan(g) else float(g)), 100)
        for i, g in enumerate(gap)
    )
    return Timeline(samples, lip_track(samples), sound=heard(sound.tobytes()))


@cache
def heard(sound: bytes) -> Sound:
    samples = np.frombuffer(sound, np.float32)
    return Sound(speech_spans(samples, SETTINGS), 0.5, expected_gap=expected_gap(samples, SETTINGS))


def found(gap: Array, sound: Array, info: MediaInfo) -> dict[str, Finding]:
    return {finding.rule.id: finding for finding in lip_findings(info, timeline(gap, sound), ALL)}


def moved(sound: Array, seconds: float) -> Array:
    count = round(abs(seconds) * SAMPLE_RATE)
    nothing = np.zeros(count, np.float32)
    return np.concatenate([nothing, sound[:-count]] if seconds > 0 else [sound[count:], nothing])


def test_good_footage_lacks_only_more_listening(gap: Array, sound: Array, info: MediaInfo) -> None:
    findings = found(gap, sound, info)
    assert set(findings) == {rules.LITTLE_LISTENING.id}
    assert findings[rules.LITTLE_LISTENING.id].measured == pytest.approx(3.2, abs=0.3)
    listening = listening_spans(timeline(gap, sound), (Span(0.0, SECONDS),))
    assert max(span.end_s for span in listening) == pytest.approx(SECONDS, abs=0.1)
    assert dubbed_spans(timeline(gap, sound)) == ()


@pytest.mark.parametrize("late_s", [-0.4, -0.2, 0.2, 0.4])
def test_sound_out_of_step_is_measured(late_s: float, gap: Array, sound: Array, info: MediaInfo) -> None:
    finding = found(gap, moved(sound, late_s), info)[rules.SOUND_OFFSET.id]
    assert finding.measured == pytest.approx(1000 * abs(late_s), abs=20)
    assert ("late" if late_s > 0 else "early") in finding.detail


@pytest.mark.parametrize("late_s", [-0.06, 0.06])
def test_what_nobody_notices_is_not_reported(late_s: float, gap: Array, sound: Array, info: MediaInfo) -> None:
    assert rules.SOUND_OFFSET.id not in found(gap, moved(sound, late_s), info)


def test_a_voice_over_is_refused(gap: Array, sound: Array, info: MediaInfo) -> None:
    other = audio(presenter_clip())[: len(sound)]
    finding = found(gap, other, info)[rules.DUBBED.id]
    assert isinstance(finding.measured, float)
    assert finding.measured < 0.3
    assert sum(span.duration_s for span in dubbed_spans(timeline(gap, other))) > 3


def test_where_sound_is_far_off_it_is_said_where_it_fits(gap: Array, sound: Array, info: MediaInfo) -> None:
    assert "1.0 s late" in found(gap, moved(sound, 1.0), info)[rules.DUBBED.id].detail


@pytest.mark.parametrize("share", [0.7, 1.0])
def test_dubbed_speech_is_refused(share: float, gap: Array, sound: Array, info: MediaInfo, speech_end_s: float) -> None:
    assert rules.DUBBED.id in found(gap, _dubbed(sound, share, speech_end_s), info)


def test_a_dubbed_part_is_named(gap: Array, sound: Array, info: MediaInfo, speech_end_s: float) -> None:
    findings = found(gap, _dubbed(sound, 0.45, speech_end_s), info)
    assert rules.DUBBED.id not in findings
    (span,) = findings[rules.DUBBED_PART.id].spans
    assert span.worst is not None
    assert span.worst < 0.28
    assert span.end_s < speech_end_s * 0.6


def test_a_mouth_that_rests_while_somebody_speaks_is_named(gap: Array, sound: Array, info: MediaInfo) -> None:
    resting = gap.copy()
    resting[: round(8 * SAMPLES_PER_S)] = 0.005
    findings = found(resting, sound, info)
    spans = findings[rules.MOUTH_STILL.id].spans
    assert spans[0].start_s < 2
    assert spans[-1].end_s == pytest.approx(8.0, abs=1.2)


def test_a_mouth_that_speaks_unheard_is_named(gap: Array, sound: Array, info: MediaInfo, speech_end_s: float) -> None:
    quiet = sound.copy()
    quiet[round((speech_end_s - 3) * SAMPLE_RATE) : round(speech_end_s * SAMPLE_RATE)] = 0
    (span,) = found(gap, quiet, info)[rules.MOUTH_MOVES.id].spans
    assert span.start_s == pytest.approx(speech_end_s - 2.7, abs=0.7)
    assert span.end_s == pytest.approx(speech_end_s, abs=0.7)


def test_without_listening_it_is_asked_for(gap: Array, sound: Array, info: MediaInfo, speech_end_s: float) -> None:
    end = round(speech_end_s * SAMPLES_PER_S)
    assert rules.NO_LISTENING.id in found(gap[:end], sound[: round(speech_end_s * SAMPLE_RATE)], info)


def test_open_lips_do_not_listen(gap: Array, sound: Array, info: MediaInfo) -> None:
    findings = found(gap + np.float32(0.06), sound, info)
    assert {rules.NO_LISTENING.id, rules.LIPS_NEVER_CLOSE.id} <= set(findings)
    assert rules.MOUTH_MOVES.id not in findings


def test_a_mouth_that_hardly_opens_hides_its_teeth(gap: Array, sound: Array, info: MediaInfo) -> None:
    findings = found(gap * np.float32(0.3), sound, info)
    assert findings[rules.MOUTH_OPENS_LITTLE.id].rule.tavus_type == "teeth_not_visible"


def test_a_mouth_that_is_not_followed_is_named(gap: Array, sound: Array, info: MediaInfo) -> None:
    hidden = gap.copy()
    hidden[round(4 * SAMPLES_PER_S) : round(6 * SAMPLES_PER_S)] = np.nan
    findings = found(hidden, sound, info)
    assert findings[rules.MOUTH_HIDDEN.id].spans[0].start_s == pytest.approx(4.0, abs=0.2)
    assert rules.DUBBED.id not in findings


def test_nothing_is_said_of_lips_that_are_never_seen(gap: Array, sound: Array, info: MediaInfo) -> None:
    assert not found(np.full_like(gap, np.nan), sound, info)
    assert not list(lip_findings(info, Timeline(()), ALL))


@pytest.mark.real_data
def test_a_man_who_turns_and_gestures_speaks_what_is_heard(shared_data: Path, info: MediaInfo) -> None:
    clip = shared_data / "talking/contracted_man_sofa_20s.mp4"
    seconds = 10.0
    with FaceTracker(SETTINGS) as tracker:
        shown = frames(clip, fps=SAMPLES_PER_S, max_side=640, end_s=seconds)
        meshes = [tracker.track(frame.image, frame.time_s) for frame in shown]
    lips = np.array([np.nan if mesh is None else lip_gap(mesh) for mesh in meshes], np.float32)
    sound = audio(clip)
    right = found(lips, sound[: round(seconds * SAMPLE_RATE)], info)
    assert not {rules.DUBBED.id, rules.DUBBED_PART.id, rules.SOUND_OFFSET.id} & set(right)
    wrong = found(lips, sound[-round(seconds * SAMPLE_RATE) :], info)
    assert rules.DUBBED.id in wrong


def _dubbed(sound: Array, share: float, speech_end_s: float) -> Array:
    """This share of the speech, from its beginning, is heard where other words are seen."""
    end = round(share * speech_end_s * SAMPLE_RATE)
    return np.concatenate([np.roll(sound[:end], round(0.4 * end)), sound[end:]])


@pytest.mark.parametrize("decibels", [10, 0])
def test_another_voice_that_never_stops_is_heard_while_the_lips_rest(
    decibels: int, gap: Array, sound: Array, info: MediaInfo
) -> None:
    other = np.resize(audio(presenter_clip())[16_000 : 9 * 16_000], len(sound))
    level = np.sqrt(np.mean(sound**2) / np.mean(other**2)) * 10 ** (-decibels / 20)
    finding = found(gap, sound + level * other, info)[rules.VOICE_BESIDE.id]
    assert isinstance(finding.measured, float)
    assert finding.measured > 50
    assert finding.spans
