"""Is this the same voice? Speaker embeddings and their likeness."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from countenance.errors import CountenanceError, Finding
from countenance.people.errors import TOO_LITTLE_SPEECH
from countenance.people.sessions import voice_embedder
from countenance.people.spectrum import SAMPLE_RATE, mel_power
from countenance.people.speech import speech_spans
from countenance.settings import Settings

# Chosen with benchmarks/identity.py: recordings of one person with five seconds of speech or more 0.84 and more,
# different people 0.58 at most; single readings of 3 to 13 s 0.67 and 0.62. Noise and telephones take
# 0.1 to 0.3 off the likeness of one person's voice, hence the wide band for review.
VOICE_MATCH = 0.65
"""At or above this likeness two voices are taken for one person's."""
VOICE_REVIEW = 0.50
"""From here up to `VOICE_MATCH` a human should listen; below, the voices are taken for two people's."""

_BANDS = 40
_FFT_SIZE = 512
_POWER_FLOOR = 1e-10
_PARTIAL_FRAMES = 80
_PARTIAL_STEP = 40
_MOST_PARTIALS = 128
# The encoder hears absolute loudness. At this level of the speech alone (-23 dB) it told our voices apart best.
_SPEECH_RMS = 10 ** (-23 / 20)


def voice_embedding(samples: NDArray[np.float32], settings: Settings) -> NDArray[np.float32]:
    """A unit vector (256,) that tells voices apart; `samples` are float32 mono at 16 kHz.

    Only what the voice activity detector takes for speech is heard, at one loudness, in partial utterances of 0.8 s
    that overlap by half. Raises CountenanceError `people.too_little_speech`. Model: d-vector (Wan et al. 2018,
    arXiv:1710.10467).
    """
    speech = _speech_only(np.nan_to_num(samples), settings)
    duration_s = len(speech) / SAMPLE_RATE
    if duration_s < (TOO_LITTLE_SPEECH.limit or 0.0):
        raise CountenanceError(Finding(TOO_LITTLE_SPEECH, measured=round(duration_s, 2)))
    return _unit(embeddings_of(partials(speech), settings).mean(axis=0))


def partials(speech: NDArray[np.float32], step: int = _PARTIAL_STEP) -> NDArray[np.float32]:
    """Pieces of 0.8 s that begin `step` hundredths of a second apart, as the encoder hears them: (n, 80, 40) log-mel.

    `speech` is float32 mono at 16 kHz without pauses, of any length above zero and any loudness; of a long one an
    even choice of its pieces is taken.
    """
    level = max(float(np.sqrt(np.mean(np.square(speech, dtype=np.float64)))), 1e-9)
    power = mel_power(speech * np.float32(_SPEECH_RMS / level), _BANDS, _FFT_SIZE, "hamming")
    mel = np.log10(np.maximum(power, _POWER_FLOOR))
    if len(mel) < _PARTIAL_FRAMES:
        mel = np.pad(mel, ((0, _PARTIAL_FRAMES - len(mel)), (0, 0)), mode="edge")
    pieces = np.lib.stride_tricks.sliding_window_view(mel, _PARTIAL_FRAMES, axis=0)[::step]
    chosen = np.unique(np.linspace(0, len(pieces) - 1, min(len(pieces), _MOST_PARTIALS)).round().astype(int))
    return np.ascontiguousarray(pieces[chosen].transpose(0, 2, 1))


def embeddings_of(pieces: NDArray[np.float32], settings: Settings) -> NDArray[np.float32]:
    """A unit vector (256,) for each of `partials`: (n, 256)."""
    raw = voice_embedder(settings).run(None, {"mel_window": pieces})[0]
    return _unit(np.asarray(raw))


def similarity(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Cosine of two embeddings, -1 to 1; see `VOICE_MATCH` and `VOICE_REVIEW`."""
    return float(np.dot(a, b))


def _speech_only(samples: NDArray[np.float32], settings: Settings) -> NDArray[np.float32]:
    cuts = [
        samples[round(span.start_s * SAMPLE_RATE) : round(span.end_s * SAMPLE_RATE)]
        for span in speech_spans(samples, settings)
    ]
    return np.concatenate(cuts) if cuts else np.zeros(0, np.float32)


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-12), np.float32)
