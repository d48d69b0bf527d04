"""What was said and when: voice activity, transcript with times, and the features that drive lips.

All functions take float32 mono at 16 kHz of any length, silence and nothing at all included.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from countenance.errors import Span
from countenance.people.sessions import multilingual_recogniser, speech_recogniser, voice_activity
from countenance.people.spectrum import HOP, SAMPLE_RATE, mel_power
from countenance.settings import Settings

FEATURE_RATE_HZ = 50
FEATURE_SIZE = 384
MEL_BANDS = 80

VAD_CHUNK = 512
"""Samples that one probability of speech is for."""
_VAD_CONTEXT = 64
_VAD_BATCH = 10_000
_VAD_STATE = 128
_SPEECH_STARTS = 0.5
_SPEECH_ENDS = 0.35
_SHORTEST_PAUSE_S = 0.25
_SHORTEST_SPEECH_S = 0.1
_PADDING_S = 0.06

_LOUDNESS_FLOOR = 1e-10
_DYNAMIC_RANGE = 8.0
_MEL_PER_FEATURE = 2
_WINDOW = 400
_STEP = 25
_WORD_SLACK_S = 0.3
# Where music or noise passes for speech, the recogniser imagines phrases, mostly one many times over.
_NO_SPEECH = 0.6
_REPETITIVE = 2.4


@dataclass(frozen=True, slots=True)
class Word:
    """A spoken word; `probability` (0 to 1) is the recogniser's own belief in it."""

    text: str
    start_s: float
    end_s: float
    probability: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said. Nothing said gives no words and an empty text."""

    words: tuple[Word, ...]
    text: str


def speech_spans(samples: NDArray[np.float32], settings: Settings) -> tuple[Span, ...]:
    """Where somebody speaks, in order, without overlap; pauses under 0.25 s do not end a span (Silero VAD)."""
    return spans_of(speech_probabilities(samples, settings), len(samples) / SAMPLE_RATE)


def speech_probabilities(samples: NDArray[np.float32], settings: Settings) -> NDArray[np.float32]:
    """How likely it is that each 32 ms hold speech: (ceil(n / 512),) in 0..1."""
    detector = SpeechDetector(settings)
    return np.concatenate([detector.feed(samples), detector.rest()])


def spans_of(probabilities: NDArray[np.float32], duration_s: float) -> tuple[Span, ...]:
    """The spans of speech of a sound that lasts `duration_s` and has these `speech_probabilities`."""
    spans: list[list[float]] = []
    for start, end in _runs(probabilities):
        start_s, end_s = start * VAD_CHUNK / SAMPLE_RATE, end * VAD_CHUNK / SAMPLE_RATE
        if spans and start_s - spans[-1][1] < _SHORTEST_PAUSE_S:
            spans[-1][1] = end_s
        else:
            spans.append([start_s, end_s])
    return tuple(
        Span(max(0.0, start_s - _PADDING_S), min(duration_s, end_s + _PADDING_S))
        for start_s, end_s in spans
        if end_s - start_s >= _SHORTEST_SPEECH_S
    )


class SpeechDetector:
    """`speech_probabilities` of a sound that comes in blocks of any length."""

    def __init__(self, settings: Settings) -> None:
        self._session = voice_activity(settings)
        self._memory = self._cell = np.zeros((1, 1, _VAD_STATE), np.float32)
        self._waiting = np.zeros(_VAD_CONTEXT, np.float32)

    def feed(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """The probabilities of all chunks of 32 ms that have become full: (n,), perhaps none."""
        waiting = np.concatenate([self._waiting, np.nan_to_num(samples)])
        count = (len(waiting) - _VAD_CONTEXT) // VAD_CHUNK
        self._waiting = waiting[count * VAD_CHUNK :].copy()
        if count == 0:
            return np.zeros(0, np.float32)
        # Each chunk is seen with the last 4 ms of the one before it.
        chunks = np.lib.stride_tricks.sliding_window_view(waiting, _VAD_CONTEXT + VAD_CHUNK)[::VAD_CHUNK]
        parts: list[NDArray[np.float32]] = []
        for start in range(0, count, _VAD_BATCH):
            batch = np.ascontiguousarray(chunks[start : start + _VAD_BATCH])
            inputs = {"input": batch, "h": self._memory, "c": self._cell}
            part, self._memory, self._cell = self._session.run(None, inputs)
            parts.append(np.asarray(part, np.float32).reshape(-1))
        return np.concatenate(parts)

    def rest(self) -> NDArray[np.float32]:
        """The probability of the last chunk, filled up with silence: (1,), or (0,) if no chunk was begun."""
        begun = len(self._waiting) - _VAD_CONTEXT
        return self.feed(np.zeros(VAD_CHUNK - begun, np.float32)) if begun else np.zeros(0, np.float32)


def transcribe(
    samples: NDArray[np.float32],
    settings: Settings,
    prompt: str = "",
    language: str = "en",
    progress: Callable[[float], None] = lambda _: None,
) -> Transcript:
    """Speech as words with times: English with Whisper tiny.en (8 bit), others with `Settings.speech_model`.

    `prompt` is text that helps with rare words, such as a person's name; `language` is an ISO 639-1 code. Words that
    the recogniser imagines where nobody speaks are dropped. `progress` is told how far it is, 0 to 1.

    Raises:
        CountenanceError: people.language_needs_model.
    """
    recogniser = speech_recogniser(settings) if language == "en" else multilingual_recogniser(language, settings)
    spans = speech_spans(samples, settings)
    if not spans:
        return Transcript((), "")
    segments, _ = recogniser.transcribe(
        np.nan_to_num(samples),
        language=language,
        beam_size=5,
        temperature=0.0,
        initial_prompt=prompt or None,
        condition_on_previous_text=False,
        word_timestamps=True,
    )
    words: list[Word] = []
    for segment in segments:
        progress(min(1.0, segment.end * SAMPLE_RATE / len(samples)))
        if segment.no_speech_prob < _NO_SPEECH and segment.compression_ratio < _REPETITIVE:
            words += [
                _tightened(Word(word.word.strip(), float(word.start), float(word.end), float(word.probability)), spans)
                for word in segment.words or ()
                if _within(spans, word.start, word.end)
            ]
    return Transcript(tuple(words), " ".join(word.text for word in words))


def _tightened(word: Word, spans: tuple[Span, ...]) -> Word:
    """The recogniser gives the silence around speech to the words beside it: it is taken off."""
    heard = [span for span in spans if span.start_s < word.end_s and span.end_s > word.start_s]
    if not heard:
        return word
    return replace(word, start_s=max(word.start_s, heard[0].start_s), end_s=min(word.end_s, heard[-1].end_s))


def log_mel(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Loudness in 80 mel bands at 100 Hz as Whisper sees it: (ceil(n / 160), 80) float32, about -1 to 1.5.

    The range is 80 dB below the loudest band of the whole recording (Radford et al. 2022, arXiv:2212.04356).
    """
    power = mel_power(np.nan_to_num(samples), MEL_BANDS)
    if not len(power):
        return power
    loudness = np.log10(np.maximum(power, _LOUDNESS_FLOOR))
    loudness = np.maximum(loudness, loudness.max() - _DYNAMIC_RANGE)
    return np.asarray((loudness + 4.0) / 4.0, np.float32)


def encoder_features(samples: NDArray[np.float32], settings: Settings) -> NDArray[np.float32]:
    """Whisper's own picture of the speech, at 50 Hz: (ceil(n / 320), 384) float32.

    The encoder's numbers depend on where in its window a sound stands as well as on the sound. So it is given windows
    of 8 s, half a second apart, and only the middle of each is kept, faded into the next: long and short recordings
    are seen alike and no window's edge shows. Lips follow features from windows of 8 s better than from 4 s or 30 s
    (correlation 0.861 against 0.849 and 0.855 on three minutes that were not learned from).
    """
    count = -(-len(samples) // (HOP * _MEL_PER_FEATURE))
    if count == 0:
        return np.zeros((0, FEATURE_SIZE), np.float32)
    mel = log_mel(samples)
    steps = -(-count // _STEP) + 1
    before = _WINDOW // 2 * _MEL_PER_FEATURE
    after = ((steps - 1) * _STEP + _WINDOW) * _MEL_PER_FEATURE - before - len(mel)
    # Around the recording there is silence: the quietest value of the range.
    padded = np.pad(mel, ((before, after), (0, 0)), constant_values=mel.min(initial=0.0))
    middle = slice(_WINDOW // 2 - _STEP, _WINDOW // 2 + _STEP)
    rise = (np.arange(_STEP, dtype=np.float32) + 0.5) / _STEP
    fade = np.concatenate([rise, rise[::-1]])[:, None]
    features = np.zeros(((steps + 1) * _STEP, FEATURE_SIZE), np.float32)
    for start in range(0, steps * _STEP, _STEP):
        window = padded[start * _MEL_PER_FEATURE : (start + _WINDOW) * _MEL_PER_FEATURE]
        features[start : start + 2 * _STEP] += encode(window, settings)[middle] * fade
    return features[_STEP : _STEP + count]


def encode(mel: NDArray[np.float32], settings: Settings) -> NDArray[np.float32]:
    """What Whisper's encoder makes of one window of `log_mel`: (frames, 80) -> (frames / 2, 384)."""
    import ctranslate2

    view = ctranslate2.StorageView.from_array(np.ascontiguousarray(mel.T[None]))
    encoded = np.asarray(speech_recogniser(settings).model.encode(view, to_cpu=True), np.float32)
    return np.asarray(encoded[0])


def _runs(probabilities: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Stretches that rise to the upper threshold and last until they fall below the lower one."""
    runs: list[tuple[int, int]] = []
    start: int | None = None
    for index, probability in enumerate(probabilities):
        if start is None and probability >= _SPEECH_STARTS:
            start = index
        elif start is not None and probability < _SPEECH_ENDS:
            runs.append((start, index))
            start = None
    if start is not None:
        runs.append((start, len(probabilities)))
    return runs


def _within(spans: tuple[Span, ...], start_s: float, end_s: float) -> bool:
    return any(start_s < span.end_s + _WORD_SLACK_S and end_s > span.start_s - _WORD_SLACK_S for span in spans)
