"""The path of a mouth to sound."""

from __future__ import annotations

import numpy as np
import pytest

from countenance.engine.motion import SpeechMotion
from countenance.engine.speak import MouthPath, mouth_path
from countenance.media.sound import resampled
from countenance.settings import Settings
from countenance.voice.hibari import speak

REST = np.linspace(-0.1, 0.02, 13).astype(np.float32)
QUIET_S, PERIOD_S, TIMES = 1.0, 6, 5


def motion() -> SpeechMotion:
    """Any motion at all: it moves all the time."""
    rng = np.random.default_rng(0)
    return SpeechMotion(
        feature_mean=np.zeros(384, np.float32),
        feature_basis=(rng.normal(size=(384, 192)) / 384).astype(np.float32),
        stack_mean=np.zeros(2688, np.float32),
        weights=(rng.normal(size=(2688, 13)) / 52).astype(np.float32),
        target_mean=np.full(13, 0.1, np.float32),
        gain=np.ones(13, np.float32),
    )


@pytest.fixture(scope="module")
def path() -> MouthPath:
    """A sentence with a second of silence before it and more after it, again and again."""
    settings = Settings(threads=1)
    spoken = speak("Maybe five people move from the valley.", settings)
    samples = resampled(spoken.samples, spoken.sample_rate, 16_000)
    period = np.zeros(PERIOD_S * 16_000, np.float32)
    period[round(QUIET_S * 16_000) :][: len(samples)] = samples
    return mouth_path(motion(), REST, np.tile(period, TIMES), PERIOD_S * 25 * TIMES, settings)


def test_a_mouth_in_silence_is_at_rest_and_still(path: MouthPath) -> None:
    silent = path.speaking == 0.0
    assert silent[:10].all()
    assert silent[-40:].all()
    np.testing.assert_array_equal(path.code[silent], np.tile(REST[:-1], (silent.sum(), 1)))
    np.testing.assert_array_equal(path.gap[silent], REST[-1])


def test_a_mouth_moves_in_speech(path: MouthPath) -> None:
    spoken = path.speaking == 1.0
    assert spoken.sum() > 25
    assert path.code[spoken].std(axis=0).min() > 0.001


def test_nothing_drifts_when_the_same_is_said_again(path: MouthPath) -> None:
    second, fourth = (path.part(slice(k * PERIOD_S * 25, (k + 1) * PERIOD_S * 25)) for k in (1, 3))
    np.testing.assert_allclose(fourth.code, second.code, atol=1e-4)
    np.testing.assert_array_equal(fourth.speaking, second.speaking)


def test_there_is_nothing_to_hear_in_no_sound() -> None:
    path = mouth_path(motion(), REST, np.zeros(640, np.float32), 1, Settings(threads=1))
    np.testing.assert_array_equal(path.code, REST[None, :-1])
