"""From decoded sound of any layout to one even row of mono samples."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
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

from countenance.media.container import packets
from countenance.media.errors import BAD_SOUND, EMPTY_FILE, TOO_LONG, problem
from countenance.media.limits import Limits
from countenance.media.mix import Names, Products, Samples, mix_down
from countenance.media.timeline import Timed, steady

_RATES = range(4_000, 384_001)
_JITTER_S = 0.02
"""Times of sound packets wander by some milliseconds; only a larger difference is a gap or an overlap."""
_PADDING_S = 0.3
"""AAC pads its end by up to two frames of 1024 samples."""
OnChannels = Callable[[float, int, Samples], None]
"""Told (start in s on the output's clock, samples a second, (channels, n) float32 in [-1, 1]) of each decoded frame."""


def channel_weights(
    path: Path, container: InputContainer, stream: AudioStream, limits: Limits
) -> dict[Names, Samples] | None:
    """How to mix the channels of a track, after it was heard to its end; None, at once, where there is but one."""
    if stream.channels == 1:
        return None
    products, planes, heard_s = Products(), _Planes(), 0.0
    for timed in _timed_frames(path, container, stream, None):
        products.add(planes.of(timed.item), _names(timed.item))
        heard_s += timed.duration_s
        if heard_s > limits.duration_s:
            break
    return products.weights()


def mono_blocks(
    path: Path,
    container: InputContainer,
    stream: AudioStream,
    *,
    origin_s: float | None,
    rate: int,
    limits: Limits,
    weights: Mapping[Names, Samples] | None = None,
    on_channels: OnChannels | None = None,
) -> Iterator[Samples]:
    """The track at `rate`, block by block, none of them empty.

    Sample 0 is at `origin_s` on the container's clock, or at the first sample if None. `weights` says how channels are
    mixed (`channel_weights`); `on_channels` is told what was decoded before that.
    """
    stated = _stated_length(container, stream, origin_s, rate)
    held: deque[Samples] = deque()
    held_length = length = 0
    blocks = _continuous(path, container, stream, origin_s, limits, weights, on_channels)
    for raw in _resampled(path, blocks, rate, limits):
        held.append(np.clip(raw, -1.0, 1.0))
        held_length += len(raw)
        length += len(raw)
        # The end is held back: what of it is padding is known only there.
        while held_length - len(held[0]) >= _PADDING_S * rate:
            held_length -= len(held[0])
            yield held.popleft()
    if length == 0:
        raise problem(EMPTY_FILE, path, "Its sound track has no samples.")
    padding = length - stated if stated is not None and 0 <= length - stated <= _PADDING_S * rate else 0
    end = np.concatenate([*held, np.zeros(0, np.float32)])
    if held_length > padding:
        yield end[: held_length - padding]


def _resampled(path: Path, blocks: Iterable[tuple[int, Samples]], rate: int, limits: Limits) -> Iterator[Samples]:
    """(rate, block) with any rates to blocks at one rate; empty ones are left out."""
    resampler: _Resampler | None = None
    length_s = 0.0
    for source_rate, block in blocks:
        length_s += len(block) / source_rate
        if length_s > limits.duration_s:
            raise problem(TOO_LONG, path, measured=length_s, limit=limits.duration_s)
        if resampler is None or resampler.source_rate != source_rate:
            yield from resampler.rest() if resampler else ()
            resampler = _Resampler(source_rate, rate)
        yield from resampler.feed(block)
    yield from resampler.rest() if resampler else ()


def _stated_length(container: InputContainer, stream: AudioStream, origin_s: float | None, rate: int) -> int | None:
    """The number of samples without the padding of the last AAC frame, which decodes to sound but is none.

    MP4 states where the sound ends; a statement that is further off than padding can be is not to be believed.
    """
    if not container.format.name.startswith("mov") or not stream.duration or stream.time_base is None:
        return None
    start_s = float((stream.start_time or 0) * stream.time_base)
    end_s = start_s + float(stream.duration * stream.time_base) - (start_s if origin_s is None else origin_s)
    return round(end_s * rate)


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
    return [np.array(frame.to_ndarray()[0], dtype=np.float32) for frame in frames if frame.samples]


def _continuous(
    path: Path,
    container: InputContainer,
    stream: AudioStream,
    origin_s: float | None,
    limits: Limits,
    weights: Mapping[Names, Samples] | None,
    on_channels: OnChannels | None,
) -> Iterator[tuple[int, Samples]]:
    """(rate, mono block) without gaps and overlaps from `origin_s` on."""
    position_s = 0.0
    planes = _Planes()
    for timed in steady(_timed_frames(path, container, stream, origin_s), limits.duration_s):
        frame = timed.item
        channels = planes.of(frame)
        block = mix_down(channels, _names(frame), weights)
        late_s = timed.start_s - position_s
        slack_s = _JITTER_S if position_s else 0.0
        if late_s > slack_s:
            yield from _silence(late_s, frame.sample_rate)
            position_s = timed.start_s
        elif late_s < -slack_s:
            block = block[round(-late_s * frame.sample_rate) :]
        if on_channels and len(block):
            on_channels(position_s, frame.sample_rate, channels[:, -len(block) :])
        position_s += len(block) / frame.sample_rate
        yield frame.sample_rate, block


def _names(frame: AudioFrame) -> Names:
    return tuple(channel.name for channel in frame.layout.channels)


def _silence(duration_s: float, rate: int) -> Iterator[tuple[int, Samples]]:
    """(rate, block) of nothing, in blocks of a second at most: a file may claim a gap of any length."""
    left = round(duration_s * rate)
    while left > 0:
        yield rate, np.zeros(min(left, rate), np.float32)
        left -= rate


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
        samples = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0)
        return samples.reshape(-1, frame.layout.nb_channels).T
