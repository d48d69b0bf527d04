"""The opening a sound lets one expect, held against the stock presenter's true lips and against real people's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from countenance.errors import Span
from countenance.media.read import SAMPLE_RATE, audio, frames
from countenance.people.face import FaceTracker
from countenance.people.lips import LipTrack, lip_gap
from countenance.people.lipsync import (
    DISTINCT,
    DISTINCT_REVIEW,
    IN_SYNC,
    LEAST_S,
    RATE_HZ,
    SYNC_REVIEW,
    Agreement,
    SpeechListener,
    agreement,
    expected_gap,
    local_fit,
    movement,
)
from countenance.people.speech import speech_spans
from countenance.settings import Settings
from countenance.stock.clips import presenter_clip, presenter_truth

Samples = NDArray[np.float32]

SECONDS = 16
GRID_CLIPS = 6
NOISE_DB = 8.0
EYES_PX = 200.0
"""About the distance of the presenter's eyes in the pixels of the truth."""


@pytest.fixture(scope="module")
def settings() -> Settings:
    return Settings(threads=1)


@pytest.fixture(scope="module")
def sound() -> Samples:
    return audio(presenter_clip())[: SECONDS * SAMPLE_RATE]


@pytest.fixture(scope="module")
def lips() -> LipTrack:
    truth = presenter_truth()
    gap: Samples = np.asarray(np.maximum(truth.lip_gap_px[: SECONDS * truth.fps], 0) / EYES_PX, np.float32)
    return LipTrack(truth.fps, gap)


@pytest.fixture(scope="module")
def expected(sound: Samples, settings: Settings) -> Samples:
    return expected_gap(sound, settings)


@pytest.fixture(scope="module")
def speech(sound: Samples, settings: Settings) -> tuple[Span, ...]:
    return speech_spans(sound, settings)


def test_blocks_of_any_length_give_what_the_whole_gives(sound: Samples, expected: Samples, settings: Settings) -> None:
    listener = SpeechListener(settings)
    blocks = np.split(sound, [1, 70_000, 70_001, 200_000])
    parts = [*(listener.feed(block) for block in blocks), listener.rest()]
    np.testing.assert_allclose(np.concatenate(parts), expected, atol=1e-5)
    assert len(expected) == SECONDS * RATE_HZ


@pytest.mark.parametrize(("samples", "values"), [(0, 0), (1, 1), (640, 1), (641, 2), (64_000, 100)])
def test_every_40_ms_have_a_value(samples: int, values: int, settings: Settings) -> None:
    expected = expected_gap(np.zeros(samples, np.float32), settings)
    assert expected.shape == (values,)
    assert expected.dtype == np.float32
    assert np.isfinite(expected).all()


def test_loudness_does_not_matter(sound: Samples, settings: Settings) -> None:
    piece = sound[: 4 * SAMPLE_RATE]
    loud, quiet = expected_gap(piece, settings), expected_gap(piece * np.float32(0.02), settings)
    assert np.corrcoef(loud, quiet)[0, 1] > 0.99


@pytest.mark.parametrize("rate_hz", [25.0, 12.5])
def test_own_lips_agree_and_are_in_step(
    lips: LipTrack, expected: Samples, speech: tuple[Span, ...], rate_hz: float
) -> None:
    track = LipTrack(rate_hz, lips.gap[:: round(25 / rate_hz)])
    found = agreement(track, expected, speech)
    assert found.score > 0.85
    assert found.distinct > 0.5
    assert abs(found.offset_s) < 0.02
    assert found.compared_s > LEAST_S
    assert np.nanmin(local_fit(track, expected, speech, found.offset_s, 6.0)) > 0.7


@pytest.mark.parametrize("late_s", [-0.4, -0.1, 0.06, 0.2, 0.44])
def test_the_offset_is_found(lips: LipTrack, expected: Samples, speech: tuple[Span, ...], late_s: float) -> None:
    moved = np.interp(np.arange(len(expected)) / RATE_HZ - late_s, np.arange(len(expected)) / RATE_HZ, expected)
    spans = [Span(max(0.0, span.start_s + late_s), span.end_s + late_s) for span in speech]
    found = agreement(LipTrack(12.5, lips.gap[::2]), moved.astype(np.float32), spans)
    assert found.offset_s == pytest.approx(late_s, abs=0.02)
    assert found.score > 0.8


def test_a_sound_that_is_a_second_late_fits_elsewhere(
    lips: LipTrack, expected: Samples, speech: tuple[Span, ...]
) -> None:
    spans = [Span(span.start_s + 1, span.end_s + 1) for span in speech]
    found = agreement(lips, np.concatenate([np.zeros(RATE_HZ, np.float32), expected[:-RATE_HZ]]), spans)
    assert found.distinct < DISTINCT_REVIEW
    assert found.elsewhere_s == pytest.approx(1.0, abs=0.05)


def test_swapped_halves_do_not_agree(lips: LipTrack, expected: Samples, speech: tuple[Span, ...]) -> None:
    swapped = LipTrack(lips.rate_hz, np.roll(lips.gap, len(lips.gap) // 2))
    assert _refused(agreement(swapped, expected, speech))


def test_where_the_mouth_is_not_seen_nothing_is_compared(
    lips: LipTrack, expected: Samples, speech: tuple[Span, ...]
) -> None:
    gap = lips.gap.copy()
    gap[100:300] = np.nan
    part = agreement(LipTrack(lips.rate_hz, gap), expected, speech)
    whole = agreement(lips, expected, speech)
    assert part.compared_s < whole.compared_s - 3
    assert part.score > 0.8
    unseen = agreement(LipTrack(lips.rate_hz, np.full(400, np.nan, np.float32)), expected, speech)
    assert unseen == Agreement(0.0, 0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("count", [0, 1, 10, 60])
def test_little_or_nothing_is_no_error(count: int, expected: Samples, speech: tuple[Span, ...]) -> None:
    found = agreement(LipTrack(12.5, np.zeros(count, np.float32)), expected, speech)
    assert found.score == pytest.approx(0.0, abs=1e-6)
    assert agreement(LipTrack(12.5, np.zeros(count, np.float32)), expected[:0], ()).compared_s == 0.0


def test_movement_tells_speech_from_rest(lips: LipTrack, speech: tuple[Span, ...]) -> None:
    assert movement(lips, speech) > 0.03
    still = lips.gap * 0 + np.random.default_rng(0).normal(0.005, 0.002, len(lips.gap)).astype(np.float32)
    assert movement(LipTrack(25.0, still), speech) < 0.005
    assert np.isnan(movement(lips, ()))


@pytest.mark.real_data
def test_a_real_talker_agrees_with_his_own_sentences_alone(shared_data: Path, settings: Settings) -> None:
    clips = sorted((shared_data / "grid/s1").glob("*.mpg"))[: 2 * GRID_CLIPS]
    own, other = (_joined_sound(part) for part in (clips[:GRID_CLIPS], clips[GRID_CLIPS:]))
    track = LipTrack(12.5, np.concatenate([_gaps(clip, settings) for clip in clips[:GRID_CLIPS]]))
    true = agreement(track, expected_gap(own, settings), speech_spans(own, settings))
    assert true.score > IN_SYNC + 0.1
    assert true.distinct > DISTINCT + 0.1
    assert abs(true.offset_s) < 0.06
    assert true.compared_s > LEAST_S
    # The same person, the same rhythm, three seconds a sentence: nothing is harder to tell apart.
    assert _refused(agreement(track, expected_gap(other, settings), speech_spans(other, settings)))


@pytest.mark.real_data
def test_noise_does_not_hide_it(shared_data: Path, settings: Settings) -> None:
    clip = shared_data / "talking/avatar_talent_b_speaking_4k50.mp4"
    sound = audio(clip)
    noise = audio(shared_data / "speech/noise/noise2.wav")
    noise = np.resize(noise, len(sound)) * np.float32(np.std(sound) / np.std(noise) * 10 ** (-NOISE_DB / 20))
    track = LipTrack(12.5, _gaps(clip, settings, seconds=4.0))
    found = agreement(track, expected_gap(sound + noise, settings), speech_spans(sound, settings))
    assert found.score > IN_SYNC
    assert found.distinct > DISTINCT_REVIEW


def _refused(found: Agreement) -> bool:
    return found.score < SYNC_REVIEW or found.distinct < DISTINCT_REVIEW


def _gaps(clip: Path, settings: Settings, seconds: float = 3.0) -> Samples:
    with FaceTracker(settings) as tracker:
        meshes = [tracker.track(f.image, f.time_s) for f in frames(clip, fps=12.5, max_side=640, end_s=seconds)]
    values = [np.nan if mesh is None else lip_gap(mesh) for mesh in meshes]
    return np.asarray(np.resize(np.array(values, np.float32), round(12.5 * seconds)), np.float32)


def _joined_sound(clips: list[Path]) -> Samples:
    """Pictures 12.5 a second do not fill 3 s: 2.96 s of each clip."""
    length = round(3.0 * 12.5) * SAMPLE_RATE * 2 // 25
    return np.concatenate([np.resize(audio(clip), length) for clip in clips])


@pytest.mark.parametrize(("compared_s", "elsewhere"), [(6.6, False), (12.0, True)])
def test_little_speech_refuses_nothing_for_fitting_elsewhere(compared_s: float, elsewhere: bool) -> None:
    found = Agreement(score=0.45, chance=0.46, elsewhere_s=1.2, offset_s=0.05, compared_s=compared_s)
    assert found.fits_elsewhere is elsewhere
