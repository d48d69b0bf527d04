"""Ridge regression from features to the mouth, and where it rests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from rough import learn_roughly

from countenance.engine.metrics import correlation
from countenance.engine.motion import SILENCE_FADE_FRAMES, View, fit_motion, speaking
from countenance.media.read import audio
from countenance.people.speech import speech_spans
from countenance.settings import Settings

FRAMES = 800


def views(rng: np.random.Generator, noise: float) -> tuple[list[View], NDArray[np.float32]]:
    """Features whose first direction, 0.08 s before a frame, is what moves the mouth; and that movement."""
    slow = np.convolve(rng.normal(size=2 * FRAMES + 40), np.ones(6) / 6, "same")[: 2 * FRAMES]
    features = noise * rng.normal(size=(2 * FRAMES, 384))
    features[:, 0] += 5 * slow
    target = np.roll(slow, 4)[::2][:FRAMES]
    return [View(features.astype(np.float32), np.arange(FRAMES, dtype=np.float64))], target.astype(np.float32)


def test_a_linear_relation_is_learned_and_carries_over() -> None:
    (view,), target = views(np.random.default_rng(0), noise=0.2)
    half = np.arange(FRAMES) < FRAMES // 2
    motion = fit_motion([view], target[:, None], half)
    predicted = motion.predict(view.features, FRAMES)[:, 0]
    assert correlation(predicted[~half], target[~half]) > 0.95


def test_unsure_predictions_keep_their_amplitude() -> None:
    (view,), target = views(np.random.default_rng(1), noise=3.0)
    half = np.arange(FRAMES) < FRAMES // 2
    motion = fit_motion([view], target[:, None], half)
    assert motion.gain[0] > 1.05
    plain = motion.predict(view.features, FRAMES)[~half, 0].std() / motion.gain[0]
    assert plain < target[~half].std()


def test_frames_that_are_not_usable_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    learn_roughly(monkeypatch)
    (view,), target = views(np.random.default_rng(2), noise=0.2)
    wild = target.copy()
    wild[400:] = np.nan
    usable = np.arange(FRAMES) < 400
    a = fit_motion([view], target[:, None], usable)
    b = fit_motion([view], wild[:, None], usable)
    np.testing.assert_array_equal(a.weights, b.weights)


def test_silence_is_silent() -> None:
    assert not speaking(np.zeros(16_000 * 2, np.float32), 50, Settings()).any()


@pytest.mark.real_data
def test_speech_is_never_faded_and_silence_is_reached_in_a_few_frames(shared_data: Path) -> None:
    voice = audio(sorted((shared_data / "speech" / "librivox").glob("*.wav"))[0])
    padded = np.concatenate([np.zeros(32_000, np.float32), voice, np.zeros(32_000, np.float32)])
    share = speaking(padded, round(len(padded) / 640), Settings())
    for span in speech_spans(padded, Settings()):
        assert (share[int(span.start_s * 25) : int(span.end_s * 25)] == 1.0).all()
    assert not share[:30].any()
    assert not share[-30:].any()
    falls = np.flatnonzero((share > 0) & (share < 1))
    edges = np.split(falls, np.flatnonzero(np.diff(falls) > 1) + 1)
    assert max(len(edge) for edge in edges) <= SILENCE_FADE_FRAMES
