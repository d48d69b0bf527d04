"""Frames that were learned from are predicted as if they had not been."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from faces import atlas
from numpy.typing import NDArray

from countenance.engine.atlas import Atlas
from countenance.engine.motion import SpeechMotion, View, fit_motion
from countenance.engine.refine.unseen import predicted_unseen

Array = NDArray[np.float32]

FRAMES, NUMBERS, CODE = 400, 24, 3


def learned(signal: float) -> tuple[Atlas, SpeechMotion, Array, NDArray[np.intp]]:
    """Sound whose numbers tell so much of the mouth, the rest is chance; heard in two parts that were swapped."""
    rng = np.random.default_rng(0)
    features = rng.normal(size=(2 * FRAMES, NUMBERS)).astype(np.float32)
    places = np.arange(FRAMES)
    source = np.roll(places, FRAMES // 2) + 100
    told = features[::2, : CODE + 1]
    targets = (signal * told + (1.0 - signal) * rng.normal(size=told.shape)).astype(np.float32)
    known = (source < 200) | (source >= 230)
    filmed = replace(
        atlas(int(known.sum())),
        frame=source[known].astype(np.int32),
        code=targets[known, :-1],
        gap=targets[known, -1],
    )
    motion = fit_motion([View(features, places.astype(np.float64))], targets, known)
    return filmed, motion, features, source


def likeness(filmed: Atlas, predicted: Array, source: NDArray[np.intp]) -> float:
    """Correlation of what is predicted for the frames of the atlas with what was filmed."""
    return float(np.corrcoef(predicted[np.isin(source, filmed.frame), -1], filmed.gap)[0, 1])


def test_what_is_chance_is_known_only_to_who_has_seen_it() -> None:
    filmed, motion, features, source = learned(signal=0.0)
    seen = motion.predict(features, FRAMES)
    unseen = predicted_unseen(motion, filmed, features, np.arange(FRAMES), source)
    assert likeness(filmed, seen, source) > 0.5
    assert abs(likeness(filmed, unseen, source)) < 0.2


def test_what_sound_tells_is_predicted_for_all_frames() -> None:
    filmed, motion, features, source = learned(signal=0.9)
    unseen = predicted_unseen(motion, filmed, features, np.arange(FRAMES), source)
    assert likeness(filmed, unseen, source) > 0.75
    away = ~np.isin(source, filmed.frame)
    assert away.sum() == 30
    np.testing.assert_array_equal(unseen[away], motion.predict(features, FRAMES)[away])
