"""The inner layers of the speech encoder."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from countenance.media.sound import resampled
from countenance.people import encoder
from countenance.people.encoder import sound_features
from countenance.people.models import SPEECH_RECOGNISER, weight_path
from countenance.people.speech import encode, log_mel
from countenance.settings import Settings
from countenance.voice.hibari import speak

Array = NDArray[np.float32]


@pytest.fixture(scope="module")
def settings() -> Settings:
    return Settings(threads=1)


@pytest.fixture(scope="module")
def spoken(settings: Settings) -> Array:
    speech = speak("A brown fox moves over the lazy dog, and then it sleeps until noon.", settings)
    return resampled(speech.samples, speech.sample_rate, 16_000)


def test_all_layers_together_are_what_the_recogniser_hears(spoken: Array, settings: Settings) -> None:
    weights = encoder._weights(weight_path(f"{SPEECH_RECOGNISER}/model.bin", settings))
    mel = log_mel(spoken)
    last = encoder._normal(encoder.encoded(mel, weights, layers=4), weights, "layer_norm")
    theirs = encode(mel, settings)
    assert last.shape == theirs.shape
    assert np.abs(last - theirs).mean() < 0.05 * theirs.std()  # theirs are computed in 8 bit


def test_the_same_sound_has_the_same_features_wherever_it_is(spoken: Array, settings: Settings) -> None:
    silence = np.zeros(16_000 * 3 + 320 * 7, np.float32)
    alone = sound_features(spoken, settings)
    later = sound_features(np.concatenate([silence, spoken]), settings)[len(silence) // 320 :]
    moved = np.abs(later[50:-50] - alone[50 : len(later) - 50]).mean()
    assert moved < 0.12 * alone.std()


@pytest.mark.parametrize("count", [0, 1, 319, 320, 321, 16_000])
def test_one_row_for_each_fiftieth_of_a_second(count: int, settings: Settings) -> None:
    features = sound_features(np.full(count, 0.01, np.float32), settings)
    assert features.shape == (-(-count // 320), 384)
    assert np.isfinite(features).all()


def test_it_is_told_how_far_it_is(spoken: Array, settings: Settings) -> None:
    told: list[float] = []
    sound_features(spoken, settings, told.append)
    assert told == sorted(told)
    assert len(told) > len(spoken) / 16_000 / 2
    assert 0.0 < told[0] < 0.5 < told[-1] <= 1.0
