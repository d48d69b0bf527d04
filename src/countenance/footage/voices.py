"""Whose voice is heard: stretches of speech, each compared with the voice that is heard most."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from countenance.errors import Span
from countenance.media.read import SAMPLE_RATE
from countenance.people.speech import VAD_CHUNK
from countenance.people.voice import embeddings_of, partials
from countenance.settings import Settings

_STRETCH = 50 * VAD_CHUNK
"""1.6 s of speech: two partial utterances of the encoder."""
_PIECES_APART = 80
_AT_ONCE = 6
"""The encoder takes half as long for each stretch of several as for one alone."""
_SPEECH = 0.5
SAME_VOICE = 0.65
"""Two stretches at or above this likeness count towards one voice when the main one is sought."""


class VoiceMeter:
    """Collects an embedding of every 1.6 s of speech."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._chunks: list[NDArray[np.float32]] = []
        self._times: list[float] = []
        self._spans: list[tuple[float, float]] = []
        self._waiting: list[NDArray[np.float32]] = []
        self._embeddings: list[NDArray[np.float32]] = []

    def feed(self, start_s: float, samples: NDArray[np.float32], probabilities: NDArray[np.float32]) -> None:
        """Whole chunks of 16 kHz mono sound from `start_s` on and how likely each holds speech."""
        chunks = samples.reshape(-1, VAD_CHUNK)
        for index in np.flatnonzero(probabilities >= _SPEECH).tolist():
            self._chunks.append(chunks[index])
            self._times.append(start_s + index * VAD_CHUNK / SAMPLE_RATE)
            if len(self._chunks) * VAD_CHUNK == _STRETCH:
                self._close()
        self._chunks = [chunk.copy() for chunk in self._chunks]

    def likeness(self) -> tuple[Span, ...]:
        """Each stretch of speech; `worst` is its likeness to the main voice, -1 to 1."""
        self._embed()
        if not self._embeddings:
            return ()
        voices = np.stack(self._embeddings)
        likeness = voices @ _main_voice(voices)
        return tuple(
            Span(start_s, end_s, float(value)) for (start_s, end_s), value in zip(self._spans, likeness, strict=True)
        )

    def _close(self) -> None:
        self._waiting.append(partials(np.concatenate(self._chunks), _PIECES_APART))
        self._spans.append((self._times[0], self._times[-1] + VAD_CHUNK / SAMPLE_RATE))
        self._chunks, self._times = [], []
        if len(self._waiting) == _AT_ONCE:
            self._embed()

    def _embed(self) -> None:
        if self._waiting:
            pieces = embeddings_of(np.concatenate(self._waiting), self._settings)
            self._embeddings += [_unit(part.mean(axis=0)) for part in np.split(pieces, len(self._waiting))]
            self._waiting = []


def _main_voice(voices: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean of the stretch with most others like it and of those others: a second voice does not bend it."""
    alike = voices @ voices.T >= SAME_VOICE
    return _unit(voices[alike[int(alike.sum(axis=1).argmax())]].mean(axis=0))


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), np.float32)
