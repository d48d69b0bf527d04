"""What is heard in a recording: one pass over its sound, of which only small numbers are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from countenance.errors import Span
from countenance.footage.channels import ChannelMeter
from countenance.footage.dropouts import DropoutMeter
from countenance.footage.loudness import STEP_S, LoudnessMeter, gated_lufs, lufs
from countenance.footage.reverberation import ReverberationMeter
from countenance.footage.sounds import TIMBRE_SIZE, TimbreMeter
from countenance.footage.tones import ToneMeter
from countenance.footage.voices import VoiceMeter
from countenance.media.limits import limits_from
from countenance.media.probe import probe
from countenance.media.read import SAMPLE_RATE, audio_blocks
from countenance.people.lipsync import SpeechListener
from countenance.people.speech import VAD_CHUNK, SpeechDetector, spans_of
from countenance.settings import Settings

SEGMENT = 320 * VAD_CHUNK
"""Samples that are held at a time: 10.24 s, which is also a whole number of pictures."""

_STRETCH_STEPS = 63
"""2 s of speech."""
_MARGIN_STEPS = 3
"""About 0.1 s beside speech that is neither speech nor pause: breath, and the room's answer."""
_SHORTEST_PAUSE_STEPS = 4
_FEWEST_PAUSE_STEPS = 20
_QUIETEST_PERCENTILE, _MOMENT_STEPS = 5, 3


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """A sound track as numbers. Loudness is ITU-R BS.1770's, of the channels mixed to one."""

    speech: tuple[Span, ...]
    loudest: float
    """Largest absolute sample, 0 to 1."""
    timbre: NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, TIMBRE_SIZE), np.uint8))
    """What the sound is like every 40 ms: see `countenance.footage.sounds.timbre`."""
    speech_lufs: float | None = None
    """Gated loudness of the speech; None if there is none."""
    noise_lufs: float | None = None
    """Loudness of all pauses together or, where somebody speaks all the time, of the quietest moments; None without
    speech."""
    levels: tuple[Span, ...] = ()
    """Each 2 s of speech; `worst` is its loudness in LUFS."""
    pauses: tuple[Span, ...] = ()
    """What lies between speech; `worst` is its loudness in LUFS."""
    clipped: tuple[Span, ...] = ()
    """See `ChannelMeter.clipped`."""
    dead_channel_db: float = 0.0
    correlation: float = 1.0
    """See `ChannelMeter`."""
    dropouts: tuple[Span, ...] = ()
    """See `DropoutMeter.dropouts`."""
    decay_s: float | None = None
    """See `ReverberationMeter.decay_s`."""
    hum_db: float = 0.0
    music: tuple[Span, ...] = ()
    """See `ToneMeter`."""
    voices: tuple[Span, ...] = ()
    """See `VoiceMeter.likeness`."""
    loudness: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    """In LUFS, every `STEP_S` seconds."""
    expected_gap: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    """See `countenance.people.lipsync.expected_gap`."""


def listen(path: Path, settings: Settings, progress: Callable[[float], None] | None = None) -> Sound:
    """Listen to all of the sound track; `progress` is told the share of it that was heard, 0 to 1.

    Raises:
        CountenanceError: what `countenance.media.read.audio_blocks` raises.
    """
    limits = limits_from(settings)
    duration_s = probe(path, limits).duration_s if progress else 0.0
    channels = ChannelMeter()
    heard = _Heard(settings)
    for segment in segments(audio_blocks(path, limits=limits, on_channels=channels), SEGMENT):
        heard.feed(segment)
        if progress and duration_s > 0:
            progress(min(1.0, heard.length / SAMPLE_RATE / duration_s))
    if progress:
        progress(1.0)
    return heard.sound(channels)


def segments(blocks: Iterable[NDArray[np.float32]], length: int) -> Iterator[NDArray[np.float32]]:
    """Blocks of any length as blocks of one length; the last may be shorter."""
    held: list[NDArray[np.float32]] = []
    count = 0
    for block in blocks:
        held.append(block)
        count += len(block)
        while count >= length:
            joined = np.concatenate(held)
            yield joined[:length]
            held, count = [joined[length:].copy()], count - length
    if count:
        yield np.concatenate(held)


class _Heard:
    """All that is measured of the mixed sound."""

    def __init__(self, settings: Settings) -> None:
        self.length = 0
        self._loudest = 0.0
        self._detector = SpeechDetector(settings)
        self._probabilities: list[NDArray[np.float32]] = []
        self._loudness = LoudnessMeter()
        self._dropouts = DropoutMeter()
        self._reverberation = ReverberationMeter()
        self._timbre = TimbreMeter()
        self._tones = ToneMeter()
        self._voices = VoiceMeter(settings)
        self._listener = SpeechListener(settings)
        self._expected: list[NDArray[np.float32]] = []

    def feed(self, segment: NDArray[np.float32]) -> None:
        start_s = self.length / SAMPLE_RATE
        self.length += len(segment)
        self._loudest = max(self._loudest, float(np.abs(segment).max(initial=0.0)))
        self._reverberation.feed(segment)
        self._timbre.feed(segment)
        self._tones.feed(segment)
        self._expected.append(self._listener.feed(segment))
        whole = np.pad(segment, (0, -len(segment) % VAD_CHUNK))
        probabilities = self._detector.feed(whole)
        self._probabilities.append(probabilities)
        self._loudness.feed(whole)
        self._voices.feed(start_s, whole, probabilities)
        self._dropouts.feed(np.pad(segment, (0, -len(segment) % DropoutMeter.STEP)))

    def sound(self, channels: ChannelMeter) -> Sound:
        speech = spans_of(np.concatenate([*self._probabilities, np.zeros(0, np.float32)]), self.length / SAMPLE_RATE)
        power = self._loudness.power()
        spoken, pause = _spoken(speech, len(power)), ~_spoken(speech, len(power), _MARGIN_STEPS)
        return Sound(
            speech=speech,
            loudest=self._loudest,
            timbre=self._timbre.timbre(),
            speech_lufs=gated_lufs(power[spoken]),
            noise_lufs=_noise(power, pause) if speech else None,
            levels=tuple(_levels(power, spoken)),
            pauses=tuple(_pauses(power, pause)),
            clipped=channels.clipped(),
            dead_channel_db=channels.dead_channel_db(),
            correlation=channels.correlation(),
            dropouts=self._dropouts.dropouts(),
            decay_s=self._reverberation.decay_s(),
            hum_db=self._tones.hum_db(),
            music=self._tones.music(),
            voices=self._voices.likeness(),
            loudness=lufs(power).astype(np.float32),
            expected_gap=np.concatenate([*self._expected, self._listener.rest()]),
        )


def _spoken(speech: tuple[Span, ...], steps: int, margin: int = 0) -> NDArray[np.bool_]:
    flags = np.zeros(steps, np.bool_)
    for span in speech:
        flags[max(0, round(span.start_s / STEP_S) - margin) : round(span.end_s / STEP_S) + margin] = True
    return flags


def _noise(power: NDArray[np.float32], pause: NDArray[np.bool_]) -> float:
    if pause.sum() >= _FEWEST_PAUSE_STEPS:
        return float(lufs(float(power[pause].mean())))
    moments = np.convolve(power, np.full(_MOMENT_STEPS, 1 / _MOMENT_STEPS), "same")
    return float(lufs(float(np.percentile(moments, _QUIETEST_PERCENTILE))))


def _levels(power: NDArray[np.float32], spoken: NDArray[np.bool_]) -> Iterator[Span]:
    at = np.flatnonzero(spoken)
    for start in range(0, len(at) - _STRETCH_STEPS + 1, _STRETCH_STEPS):
        steps = at[start : start + _STRETCH_STEPS]
        yield Span(float(steps[0]) * STEP_S, float(steps[-1] + 1) * STEP_S, float(lufs(float(power[steps].mean()))))


def _pauses(power: NDArray[np.float32], pause: NDArray[np.bool_]) -> Iterator[Span]:
    change = np.diff(np.concatenate([[0], pause, [0]]).astype(int))
    for start, end in zip(np.flatnonzero(change == 1).tolist(), np.flatnonzero(change == -1).tolist(), strict=True):
        if end - start >= _SHORTEST_PAUSE_STEPS:
            yield Span(start * STEP_S, end * STEP_S, float(lufs(float(power[start:end].mean()))))
