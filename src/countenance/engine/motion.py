"""From speech to the movement of one person's mouth, in closed form.

Ridge regression from a third of a second of speech-encoder features around each frame to the mouth code and the lip
gap. The encoder's inner layers hear sounds rather than voices, which is why another voice can drive the mouth. The
recording is heard at other speeds as well, and so at another pitch and with a longer or shorter vocal tract: the same
mouth must come out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

from countenance.media.read import FPS
from countenance.people.encoder import ALL_LAYERS, LAYERS, sound_features
from countenance.people.speech import FEATURE_RATE_HZ, encoder_features, speech_spans
from countenance.settings import Settings

Array = NDArray[np.float32]

FEATURE_COMPONENTS = 192
LAGS = np.array([-10, -8, -6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 6, 8])
"""Features around a frame that are looked at: from 0.2 s before it to 0.16 s after, the nearest without a gap."""
_PER_FRAME = FEATURE_RATE_HZ // FPS
_RIDGE = 0.5
_SPEEDS = (0.9, 1.1)
_FOLDS = 4
_MAX_GAIN = 1.6
_BATCH = 2048

SILENCE_FADE_FRAMES = 4
"""Over which the mouth comes to rest."""
_BEFORE_SPEECH_FRAMES = 8
_AFTER_SPEECH_FRAMES = 2
"""A mouth opens for breath and first sound a third of a second before it is heard: letting it do so raises the
correlation with real lips from 0.82 to 0.88, while letting it move longer after speech changes nothing."""


@dataclass(frozen=True, slots=True)
class SpeechMotion:
    """Linear in the features of a third of a second of speech: targets = gain * (features @ weights) + mean."""

    feature_mean: Array
    """(384,)"""
    feature_basis: Array
    """(384, 192)"""
    stack_mean: Array
    """(2688,)"""
    weights: Array
    """(2688, targets)"""
    target_mean: Array
    """(targets,)"""
    gain: Array
    """(targets,) at least 1: a regression shrinks what it is unsure of, and a mouth that mumbles looks wrong"""
    layers: NDArray[np.int32] = field(default_factory=lambda: np.array([LAYERS], np.int32))
    """(1,) after how many of the encoder's layers the features were taken; see `features_of`"""

    def predict(self, features: Array, frames: int) -> Array:
        """(frames, targets) from the features that it was learned from."""
        reduced = np.asarray((features - self.feature_mean) @ self.feature_basis, np.float32)
        positions = np.arange(frames, dtype=np.float64)
        parts = [
            (_stacked(reduced, positions[start : start + _BATCH]) - self.stack_mean) @ self.weights
            for start in range(0, frames, _BATCH)
        ]
        return np.asarray(np.concatenate(parts) * self.gain + self.target_mean, np.float32)


@dataclass(frozen=True, slots=True)
class View:
    """The recording as heard once: frame t of the footage is at `positions[t]` frames of these features."""

    features: Array
    positions: NDArray[np.float64]


def features_of(
    samples: Array, layers: int, settings: Settings, progress: Callable[[float], None] = lambda _: None
) -> Array:
    """What speech, 16 kHz, is to the encoder after so many of its layers, at 50 Hz: `LAYERS`, or `ALL_LAYERS` as
    replicas of the first format have it.
    """
    if layers == ALL_LAYERS:
        return encoder_features(samples, settings)
    return sound_features(samples, settings, progress)


def hear(
    samples: Array,
    frames: int,
    settings: Settings,
    progress: Callable[[float], None] = lambda _: None,
    layers: int = LAYERS,
) -> list[View]:
    """The recording, 16 kHz, in all the ways in which the motion is to be learned from it."""
    from scipy.signal import resample_poly  # half of what a command that lets a replica speak would read to begin

    straight = np.arange(frames, dtype=np.float64)
    views = [View(features_of(samples, layers, settings), straight)]
    for count, speed in enumerate(_SPEEDS, start=1):
        progress(count / (len(_SPEEDS) + 1))
        faster = resample_poly(samples, 100, round(100 * speed)).astype(np.float32)
        views.append(View(features_of(faster, layers, settings), straight / speed))
    return views


def fit_motion(views: list[View], targets: Array, usable: NDArray[np.bool_], layers: int = LAYERS) -> SpeechMotion:
    """Learn targets (T, n) from the views, heard after so many `layers`, on the frames that are `usable` (T,)."""
    mean, basis = _principal(views[0].features)
    frames = np.flatnonzero(usable)
    reduced = [np.asarray((view.features - mean) @ basis, np.float32) for view in views]
    stacks = [_stacked(part, view.positions[frames]) for part, view in zip(reduced, views, strict=True)]
    stack_mean = np.mean([stack.mean(axis=0) for stack in stacks], axis=0)
    for stack in stacks:
        np.subtract(stack, stack_mean, out=stack)
    wanted = targets[frames].astype(np.float64)
    target_mean = wanted.mean(axis=0)
    weights, unseen = _ridge(stacks, wanted - target_mean)
    spread = wanted.std(axis=0) / np.maximum(unseen.std(axis=0), 1e-9)
    return SpeechMotion(
        feature_mean=mean,
        feature_basis=basis,
        stack_mean=stack_mean.astype(np.float32),
        weights=weights.astype(np.float32),
        target_mean=target_mean.astype(np.float32),
        gain=np.clip(spread, 1.0, _MAX_GAIN).astype(np.float32),
        layers=np.array([layers], np.int32),
    )


def speaking(samples: Array, frames: int, settings: Settings) -> Array:
    """(frames,) 1 while somebody speaks or is about to, 0 in silence, fading in between."""
    times = np.arange(frames) + 0.5
    distance = np.full(frames, np.inf)
    for span in speech_spans(samples, settings):
        start = span.start_s * FPS - _BEFORE_SPEECH_FRAMES
        end = span.end_s * FPS + _AFTER_SPEECH_FRAMES
        distance = np.minimum(distance, np.maximum(np.maximum(start - times, times - end), 0.0))
    ramp = np.clip(1.0 - distance / SILENCE_FADE_FRAMES, 0.0, 1.0)
    return np.asarray(ramp * ramp * (3.0 - 2.0 * ramp), np.float32)


def _principal(features: Array) -> tuple[Array, Array]:
    mean = features.mean(axis=0)
    _, vectors = np.linalg.eigh(np.cov((features - mean).T.astype(np.float64)))
    return mean, np.ascontiguousarray(vectors[:, ::-1][:, :FEATURE_COMPONENTS], dtype=np.float32)


def _stacked(features: Array, positions: NDArray[np.float64]) -> Array:
    """(n, 14 * k): the features at `LAGS` from each position (in frames of 25 Hz)."""
    middle = np.round(positions * _PER_FRAME).astype(np.intp)
    around = np.clip(middle[:, None] + LAGS, 0, len(features) - 1)
    return np.asarray(features[around].reshape(len(positions), -1), np.float32)


def _ridge(stacks: list[Array], wanted: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights learned on everything, and what each quarter of the frames gets from weights learned on the others."""
    folds = np.array_split(np.arange(len(wanted)), _FOLDS)
    grams = [np.sum([_gram(stack[fold]) for stack in stacks], axis=0) for fold in folds]
    # In units of the mean squared length of a stack, so that it does not depend on loudness or length.
    penalty = _RIDGE * sum(float(np.trace(gram)) for gram in grams) / len(wanted)
    products = [np.sum([stack[fold].T @ wanted[fold] for stack in stacks], axis=0) for fold in folds]
    whole_gram, whole_product = np.sum(grams, axis=0), np.sum(products, axis=0)
    unseen = np.empty_like(wanted)
    for fold, gram, product in zip(folds, grams, products, strict=True):
        unseen[fold] = stacks[0][fold] @ _solve(whole_gram - gram, whole_product - product, penalty)
    return _solve(whole_gram, whole_product, penalty), unseen


def _gram(stack: Array) -> NDArray[np.float64]:
    return np.asarray(stack.T @ stack, np.float64)


def _solve(gram: NDArray[np.float64], product: NDArray[np.float64], penalty: float) -> NDArray[np.float64]:
    return np.asarray(cho_solve(cho_factor(gram + penalty * np.eye(len(gram))), product))
