"""Is this the same voice? Speaker embeddings and their likeness."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from countenance.errors import CountenanceError, Finding
from countenance.people.errors import TOO_LITTLE_SPEECH
from countenance.people.sessions import voice_embedder
from countenance.people.spectrum import HOP, SAMPLE_RATE, mel_power
from countenance.people.speech import speech_spans
from countenance.settings import Settings

VOICE_MATCH = 0.80
"""At or above this likeness two voices are taken for one person's (10 s of speech or more on both sides)."""
VOICE_REVIEW = 0.68
"""From here up to `VOICE_MATCH` a human should listen; below, the voices are taken for two people's."""

_BANDS = 40
_PARTIAL_FRAMES = 160
_PARTIAL_STEP = 80
_MOST_PARTIALS = 64
_LAYERS = 3
_TARGET_RMS = 10 ** (-30 / 20)

Tensors = Mapping[str, NDArray[np.float32]]


def voice_embedding(samples: NDArray[np.float32], settings: Settings) -> NDArray[np.float32]:
    """A unit vector (256,) that tells voices apart; `samples` are float32 mono at 16 kHz.

    Only what the voice activity detector takes for speech is heard, brought to -30 dB and cut into partial
    utterances of 1.6 s that overlap by half. Raises CountenanceError `people.too_little_speech`. Model: GE2E
    (Wan et al. 2018, arXiv:1710.10467).
    """
    speech = _speech_only(samples, settings)
    duration_s = len(speech) / SAMPLE_RATE
    if duration_s < (TOO_LITTLE_SPEECH.limit or 0.0):
        raise CountenanceError(Finding(TOO_LITTLE_SPEECH, measured=round(duration_s, 2)))
    speech = speech * (_TARGET_RMS / max(float(np.sqrt(np.mean(speech**2))), 1e-9))
    partials = _unit(_encode(_partials(speech), voice_embedder(settings)))
    return _unit(partials.mean(axis=0))


def similarity(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Cosine of two embeddings, 0 to 1; see `VOICE_MATCH` and `VOICE_REVIEW`."""
    return float(np.dot(a, b))


def _speech_only(samples: NDArray[np.float32], settings: Settings) -> NDArray[np.float32]:
    cuts = [
        samples[round(span.start_s * SAMPLE_RATE) : round(span.end_s * SAMPLE_RATE)]
        for span in speech_spans(samples, settings)
    ]
    return np.concatenate(cuts) if cuts else np.zeros(0, np.float32)


def _partials(speech: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, 160, 40): the last partial is filled up with silence; of a long recording an even choice is taken."""
    steps = max(1, -(-(len(speech) // HOP - _PARTIAL_FRAMES) // _PARTIAL_STEP) + 1)
    frames = (steps - 1) * _PARTIAL_STEP + _PARTIAL_FRAMES
    mel = mel_power(np.pad(speech, (0, max(0, frames * HOP - len(speech)))), _BANDS)
    chosen = np.unique(np.linspace(0, steps - 1, min(steps, _MOST_PARTIALS)).round().astype(int))
    return np.stack([mel[i * _PARTIAL_STEP : i * _PARTIAL_STEP + _PARTIAL_FRAMES] for i in chosen])


def _encode(partials: NDArray[np.float32], tensors: Tensors) -> NDArray[np.float32]:
    """Three LSTM layers over time, the last hidden state projected and rectified: (n, 160, 40) -> (n, 256)."""
    sequence = partials
    for layer in range(_LAYERS):
        sequence = _lstm(sequence, tensors, layer)
    raw = sequence[:, -1] @ tensors["linear.weight"].T + tensors["linear.bias"]
    return np.asarray(np.maximum(raw, 0.0), np.float32)


def _lstm(sequence: NDArray[np.float32], tensors: Tensors, layer: int) -> NDArray[np.float32]:
    """(n, t, features) -> (n, t, hidden), with gates in the order input, forget, cell, output."""
    inputs = sequence @ tensors[f"lstm.weight_ih_l{layer}"].T
    inputs += tensors[f"lstm.bias_ih_l{layer}"] + tensors[f"lstm.bias_hh_l{layer}"]
    recurrent = np.ascontiguousarray(tensors[f"lstm.weight_hh_l{layer}"].T)
    count, length, _ = inputs.shape
    size = recurrent.shape[0]
    hidden = cell = np.zeros((count, size), np.float32)
    out = np.empty((count, length, size), np.float32)
    for step in range(length):
        gates = inputs[:, step] + hidden @ recurrent
        enter, forget, output = (_sigmoid(gates[:, i * size : (i + 1) * size]) for i in (0, 1, 3))
        cell = forget * cell + enter * np.tanh(gates[:, 2 * size : 3 * size])
        hidden = output * np.tanh(cell)
        out[:, step] = hidden
    return out


def _sigmoid(values: NDArray[np.float32]) -> NDArray[np.float32]:
    # By tanh, which does not overflow.
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * values), np.float32)


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-12), np.float32)
