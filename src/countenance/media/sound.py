"""From decoded sound of any layout to one even row of mono samples."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from numpy.typing import NDArray

from countenance.media.container import packets
from countenance.media.errors import BAD_SOUND, EMPTY_FILE, TOO_LONG, problem
from countenance.media.limits import Limits
from countenance.media.timeline import Timed, steady

_RATES = range(4_000, 384_001)
_JITTER_S = 0.02
"""Times of sound packets wander by some milliseconds; only a larger difference is a gap or an overlap."""
_PADDING_S = 0.3
"""AAC pads its end by up to two frames of 1024 samples."""
_CHANNEL_WEIGHTS = {"LFE": 0.0, "LFE2": 0.0}
_SURROUND_WEIGHT = 0.5
_FRONT = ("FL", "FR", "FC", "MONO")

Samples = NDArray[np.float32]


def mono_samples(
    path: Path, container: InputContainer, stream: AudioStream, *, origin_s: float | None, rate: int, limits: Limits
) -> Samples:
    """The whole track at `rate`; sample 0 is at `origin_s` on the container's clock, or at the first sample if None."""
    parts: list[Samples] = []
    resampler: _Resampler | None = None
    length_s = 0.0
    for source_rate, block in _continuous(path, container, stream, origin_s, limits):
        length_s += len(block) / source_rate
        if length_s > limits.duration_s:
            raise problem(TOO_LONG, path, measured=length_s, limit=limits.duration_s)
        if resampler is None or resampler.source_rate != source_rate:
            parts += resampler.rest() if resampler else []
            resampler = _Resampler(source_rate, rate)
        parts += resampler.feed(block)
    parts += resampler.rest() if resampler else []
    if not parts:
        raise problem(EMPTY_FILE, path, "Its sound track has no samples.")
    samples = np.clip(np.concatenate(parts), -1.0, 1.0)
    return samples[: _stated_length(container, stream, origin_s, len(samples), rate)]


def _stated_length(
    container: InputContainer, stream: AudioStream, origin_s: float | None, length: int, rate: int
) -> int:
    """The number of samples without the padding of the last AAC frame, which decodes to sound but is none.

    MP4 states where the sound ends; a statement that is further off than padding can be is not believed.
    """
    if not container.format.name.startswith("mov") or not stream.duration or stream.time_base is None:
        return length
    start_s = float((stream.start_time or 0) * stream.time_base)
    end_s = start_s + float(stream.duration * stream.time_base) - (start_s if origin_s is None else origin_s)
    stated = round(end_s * rate)
    return stated if 0 <= length - stated <= _PADDING_S * rate else length


def mix_down(samples: Samples, channels: tuple[str, ...]) -> Samples:
    """(channels, n) to (n,): fronts and centre in full, surrounds at half, no bass; never beyond full scale."""
    weights = np.array([_weight(name, channels) for name in channels], dtype=np.float32)
    if not weights.any():
        weights[:] = 1.0
    return np.asarray(weights @ samples / weights.sum(), dtype=np.float32)


def _weight(name: str, channels: tuple[str, ...]) -> float:
    known = any(front in channels for front in _FRONT)
    if not known or name in _FRONT:
        return 1.0
    return _CHANNEL_WEIGHTS.get(name, _SURROUND_WEIGHT)


def resampled(samples: Samples, source_rate: int, rate: int) -> Samples:
    """(n,) at `source_rate` to about (n * rate / source_rate,) at `rate`."""
    resampler = _Resampler(source_rate, rate)
    return np.concatenate([*resampler.feed(samples), *resampler.rest(), np.zeros(0, np.float32)])


class _Resampler:
    """One run of mono sound from one rate to another."""

    def __init__(self, source_rate: int, rate: int) -> None:
        self.source_rate = source_rate
        self._resampler = AudioResampler(format="fltp", layout="mono", rate=rate)
        self._position = 0

    def feed(self, block: Samples) -> list[Samples]:
        if len(block) == 0:
            return []
        frame = AudioFrame.from_ndarray(block[np.newaxis], format="fltp", layout="mono")
        frame.sample_rate = self.source_rate
        frame.time_base = Fraction(1, self.source_rate)
        frame.pts = self._position
        self._position += len(block)
        return _arrays(self._resampler.resample(frame))

    def rest(self) -> list[Samples]:
        return _arrays(self._resampler.resample(None))


def _arrays(frames: list[AudioFrame]) -> list[Samples]:
    return [np.array(frame.to_ndarray()[0], dtype=np.float32) for frame in frames]


def _continuous(
    path: Path, container: InputContainer, stream: AudioStream, origin_s: float | None, limits: Limits
) -> Iterator[tuple[int, Samples]]:
    """(rate, mono block) without gaps and overlaps from `origin_s` on."""
    position_s = 0.0
    planes = _Planes()
    for timed in steady(_timed_frames(path, container, stream, origin_s), limits.duration_s):
        frame = timed.item
        block = mix_down(planes.of(frame), tuple(channel.name for channel in frame.layout.channels))
        late_s = timed.start_s - position_s
        slack_s = _JITTER_S if position_s else 0.0
        if late_s > slack_s:
            yield frame.sample_rate, np.zeros(round(late_s * frame.sample_rate), np.float32)
            position_s = timed.start_s
        elif late_s < -slack_s:
            block = block[round(-late_s * frame.sample_rate) :]
        position_s += len(block) / frame.sample_rate
        yield frame.sample_rate, block


def _timed_frames(
    path: Path, container: InputContainer, stream: AudioStream, origin_s: float | None
) -> Iterator[Timed[AudioFrame]]:
    """Decoded frames with their times after `origin_s`; a frame without a time follows its predecessor."""
    next_s = 0.0
    for packet in packets(container, stream):
        for frame in _decoded(packet):
            if frame.sample_rate not in _RATES:
                raise problem(BAD_SOUND, path, measured=f"{frame.sample_rate} samples a second")
            time_s = next_s if frame.time is None else frame.time
            origin_s = time_s if origin_s is None else origin_s
            duration_s = frame.samples / frame.sample_rate
            next_s = time_s + duration_s
            yield Timed(time_s - origin_s, duration_s, frame)


def _decoded(packet: Packet[Any]) -> list[AudioFrame]:
    try:
        return [frame for frame in cast(list[object], packet.decode()) if isinstance(frame, AudioFrame)]
    except FFmpegError:
        return []


class _Planes:
    """Decoded frames as (channels, n) float32 in [-1, 1], whatever the format of the samples.

    The samples pass through as interleaved ones: with eight or more separate channels PyAV 18 reads the list of
    channels beyond its end, which can crash the process.
    """

    def __init__(self) -> None:
        self._formats: dict[tuple[str, str, int], AudioResampler] = {}

    def of(self, frame: AudioFrame) -> Samples:
        key = (frame.format.name, frame.layout.name, frame.sample_rate)
        if key not in self._formats:
            self._formats[key] = AudioResampler(format="flt")
        interleaved = [part.to_ndarray().ravel() for part in self._formats[key].resample(frame)]
        samples = np.concatenate([*interleaved, np.zeros(0, np.float32)], dtype=np.float32)
        return samples.reshape(-1, frame.layout.nb_channels).T
