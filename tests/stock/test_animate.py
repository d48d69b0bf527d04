"""What a face does while it speaks and listens, before any picture is made."""

from __future__ import annotations

import numpy as np
import pytest

from countenance.settings import Settings
from countenance.stock.animate import Performance, perform
from countenance.stock.figure import Figure
from countenance.stock.person import PRESENTER
from countenance.stock.visemes import RATE, mouth_curves
from countenance.voice.hibari import speak
from countenance.voice.speech import PAUSE, Phone, Speech

TEXT = "Bob may put five big paper boats above the shop. You and Sue move very fast, my friend."
LISTENING_S = 9.0


@pytest.fixture(scope="module")
def speech() -> Speech:
    return speak(TEXT, Settings(threads=1))


@pytest.fixture(scope="module")
def performance(speech: Speech) -> Performance:
    return perform(speech.phones, speech.duration_s, LISTENING_S, seed=5)


@pytest.fixture(scope="module")
def gaps_mm(performance: Performance) -> np.ndarray:
    figure = Figure(PRESENTER)
    return np.array([figure.pose(pose).lip_gap * 100 for pose in performance.poses])


def test_lips_meet_in_a_frame_of_every_p_b_and_m(speech: Speech, gaps_mm: np.ndarray) -> None:
    closures = [p for p in speech.phones if p.symbol in "pbm"]
    assert len(closures) >= 10
    assert max(_during(gaps_mm, phone, 0.03).min() for phone in closures) < 0.4


def test_open_vowels_are_open_and_silence_is_shut(speech: Speech, gaps_mm: np.ndarray) -> None:
    assert np.median([_during(gaps_mm, p, 0.0).max() for p in speech.phones if p.symbol in "ɑæ"]) > 6
    listening = gaps_mm[round((speech.duration_s + 0.3) * 25) :]
    assert np.abs(listening).max() < 0.6


def test_rounded_vowels_pucker_and_f_tucks_the_lip() -> None:
    curves = mouth_curves([Phone(PAUSE, 0, 0.5), Phone("u", 0.5, 0.8, 2), Phone(PAUSE, 0.8, 1.3)], 1.3)
    assert curves["mouthPucker"][round(0.64 * RATE)] > 0.6
    assert curves["mouthPucker"][round(0.1 * RATE)] < 0.05
    curves = mouth_curves([Phone("ɑ", 0, 0.3), Phone("f", 0.3, 0.37), Phone("ɑ", 0.37, 0.7)], 0.7)
    assert curves["mouthRollLower"][round(0.34 * RATE)] > 0.45
    assert curves["jawOpen"][round(0.34 * RATE)] < 0.12 < curves["jawOpen"][round(0.15 * RATE)]


def test_neighbours_colour_a_sound() -> None:
    """The s of "soon" is rounder than that of "seen"."""
    before = {
        vowel: mouth_curves([Phone("s", 0, 0.1), Phone(vowel, 0.1, 0.3, 2)], 0.3)["mouthPucker"][round(0.07 * RATE)]
        for vowel in "ui"
    }
    assert before["u"] > before["i"] + 0.1


def test_blinks_come_every_few_seconds(performance: Performance) -> None:
    shut = performance.blink > 0.8
    starts = np.flatnonzero(shut[1:] & ~shut[:-1]) / performance.fps
    assert len(starts) >= 2
    assert np.diff(starts).max() < 7


def test_head_sways_within_its_limits(performance: Performance) -> None:
    angles = np.array([(p.yaw_deg, p.pitch_deg, p.roll_deg) for p in performance.poses])
    assert (np.abs(angles).max(0) < (6.1, 4.6, 2.1)).all()
    assert (angles.std(0) > (0.5, 0.3, 0.2)).all()
    assert np.abs(np.diff(angles, axis=0)).max() < 2.0


def test_weights_are_weights(performance: Performance) -> None:
    weights = np.array([list(p.actions.values()) for p in performance.poses])
    assert weights.min() >= 0
    assert weights.max() <= 1


def test_a_seed_is_a_performance(speech: Speech, performance: Performance) -> None:
    again = perform(speech.phones, speech.duration_s, LISTENING_S, seed=5)
    other = perform(speech.phones, speech.duration_s, LISTENING_S, seed=6)
    assert again.poses == performance.poses
    assert other.poses != performance.poses


def _during(values: np.ndarray, phone: Phone, margin_s: float) -> np.ndarray:
    first = int((phone.start_s - margin_s) * 25)
    return values[first : int((phone.end_s + margin_s) * 25) + 1]
