"""Sound that is late or early is noticed, and what is right is left alone."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from countenance.engine.sync import SoundOffset, displacement, in_step, sound_offset
from countenance.media.sound import resampled
from countenance.people.lipsync import expected_gap
from countenance.settings import Settings
from countenance.voice.hibari import speak

TEXT = (
    "People often ask how a map may help them to move from one place to another. We always answer that open "
    "fields and warm rivers are far more pleasant than a book full of numbers, but nobody believes us at all."
)


@pytest.fixture(scope="module")
def speech() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Sound, and a mouth that moves to it, with noise."""
    spoken = speak(TEXT, Settings(threads=1))
    samples = resampled(spoken.samples, spoken.sample_rate, 16_000)
    gap = expected_gap(samples, Settings(threads=1))
    noise = 0.3 * gap.std() * np.random.default_rng(0).normal(size=len(gap))
    return samples, np.asarray(gap + noise, np.float32)


@pytest.mark.parametrize("late", [-3, 0, 3])
def test_an_offset_is_found_and_put_right(speech: tuple[NDArray[np.float32], NDArray[np.float32]], late: int) -> None:
    samples, gap = speech
    heard = np.roll(samples, late * 640)
    found = sound_offset(gap, heard, Settings(threads=1))
    assert found.frames == pytest.approx(late, abs=0.3)
    assert found.certain == (late != 0)
    moved = in_step(heard, found)
    assert len(moved) == len(samples)
    middle = slice(8000, -8000)
    assert np.corrcoef(np.convolve(moved**2, np.ones(640))[middle], np.convolve(samples**2, np.ones(640))[middle])[
        0, 1
    ] > (0.9)


def test_other_sound_is_not_moved(speech: tuple[NDArray[np.float32], NDArray[np.float32]]) -> None:
    samples, gap = speech
    assert not sound_offset(gap, np.ascontiguousarray(samples[::-1]), Settings(threads=1)).certain
    assert not sound_offset(gap[:100], samples[:64_000], Settings(threads=1)).certain
    assert not sound_offset(np.full(len(gap), np.nan, np.float32), samples, Settings(threads=1)).certain


@pytest.mark.parametrize("frames", [-2.0, 0.5, 2.0, 1e6])
def test_sound_keeps_its_length(frames: float) -> None:
    assert in_step(np.ones(16_000, np.float32), SoundOffset(frames, 0.9, certain=True)).shape == (16_000,)


@pytest.mark.parametrize("late", [-7, 0, 2, 15])
def test_lips_that_come_late_are_measured(late: int) -> None:
    wanted = np.convolve(np.random.default_rng(1).normal(size=400), np.ones(5) / 5, "same").astype(np.float32)
    seen = np.roll(wanted, late)
    seen[50:60] = np.nan
    frames, score = displacement(seen, wanted, np.ones(400, np.float32))
    assert frames == late
    assert score > 0.8


def test_nothing_to_compare_is_no_displacement() -> None:
    nothing = np.full(200, np.nan, np.float32)
    assert np.isnan(displacement(nothing, np.zeros(200, np.float32), np.ones(200, np.float32))).all()
    assert np.isnan(displacement(np.zeros(9, np.float32), np.zeros(9, np.float32), np.ones(9, np.float32))).all()


def test_a_frame_that_is_not_known_hides_no_displacement() -> None:
    wanted = np.random.default_rng(0).normal(size=400).cumsum().astype(np.float32)
    seen = np.roll(wanted, 3)
    wanted[200] = np.nan
    assert displacement(seen, wanted, np.ones(400, np.float32))[0] == 3.0
