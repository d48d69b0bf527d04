"""Frames and samples of a recording, on one clock that starts with the first picture."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from countenance.media.container import main_audio, main_video, open_input, pictures
from countenance.media.errors import NO_AUDIO, NO_VIDEO, TOO_LONG, UNDECODABLE, problem
from countenance.media.limits import Limits
from countenance.media.picture import PictureReader
from countenance.media.sound import OnChannels, channel_weights, mono_blocks
from countenance.media.timeline import Timed, constant_rate, steady

FPS = 25
SAMPLE_RATE = 16_000

_INDEXED = ("mov", "matroska")
"""Containers whose index is good enough to jump in; others are decoded from their start."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What was on screen at `time_s` = `index` / fps after the first picture. `image` is (H, W, 3) uint8 RGB."""

    index: int
    time_s: float
    image: NDArray[np.uint8]


def frames(
    path: Path,
    *,
    fps: float = FPS,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    max_side: int | None = None,
    start_s: float = 0.0,
    end_s: float | None = None,
) -> Generator[Frame, None, None]:
    """The video as an even stream of upright pictures, one at a time; nothing but the current picture is held.

    Frame i shows what was on screen at i / fps seconds after the video's first picture, whatever the rate of the
    file; the last picture is kept until its end. Damaged pictures are replaced by the one before. `max_side` limits
    the longer side in pixels. With `start_s` and `end_s` only frames with start_s <= time_s < end_s are given;
    their indices still count from the start of the video.

    Raises:
        CountenanceError: media.no_video, media.undecodable, media.too_long and all that opening a file may raise.
    """
    first = math.ceil(start_s * fps - 1e-6)
    stop = None if end_s is None else math.ceil(end_s * fps - 1e-6)
    timed = steady(_timed_pictures(path, limits, first / fps), limits.duration_s)
    reader: PictureReader | None = None
    for index, (picture, stream) in constant_rate(timed, fps, first, stop):
        if index / fps > limits.duration_s:
            raise problem(TOO_LONG, path, measured=index / fps, limit=limits.duration_s)
        if reader is None:
            reader = PictureReader(picture, stream.sample_aspect_ratio, max_side)
        yield Frame(index, index / fps, reader.rgb(picture))


@dataclass(frozen=True, slots=True)
class Decoded:
    """One picture as the file has it, on screen from `start_s` until before `end_s` after the first picture."""

    start_s: float
    end_s: float
    picture: VideoFrame
    pixel_aspect: Fraction | None


def decoded(path: Path, *, limits: Limits = Limits()) -> Iterator[Decoded]:  # noqa: B008 - frozen
    """Every whole picture at the file's own, perhaps uneven, rate; two are held at a time.

    Raises:
        CountenanceError: media.no_video, media.undecodable, media.too_long and all that opening a file may raise.
    """
    held: Timed[tuple[VideoFrame, VideoStream]] | None = None
    for timed in steady(_timed_pictures(path, limits, 0.0), limits.duration_s):
        if timed.start_s > limits.duration_s:
            raise problem(TOO_LONG, path, measured=timed.start_s, limit=limits.duration_s)
        if held is not None:
            yield Decoded(held.start_s, timed.start_s, held.item[0], held.item[1].sample_aspect_ratio)
        held = timed
    if held is not None:
        # How long the last picture stays, only its packet says, and that may be nonsense.
        end_s = max(held.start_s, min(held.end_s, limits.duration_s))
        yield Decoded(held.start_s, end_s, held.item[0], held.item[1].sample_aspect_ratio)


def audio(path: Path, *, rate: int = SAMPLE_RATE, limits: Limits = Limits()) -> NDArray[np.float32]:  # noqa: B008
    """All of the sound, mono, (n,) float32 in [-1, 1] at `rate`, on the clock of the picture.

    Sample 0 belongs to the video's first picture: what sounds earlier is cut, a later start is filled with silence,
    and so are gaps. A file without a picture starts with its own first sample. Stereo and surround are mixed down;
    channels that are silent all the time are left out, and where channels cancel each other the loudest speaks alone.

    Raises:
        CountenanceError: media.no_audio, media.bad_sound, media.too_long and all that opening a file may raise.
    """
    return np.concatenate([*audio_blocks(path, rate=rate, limits=limits), np.zeros(0, np.float32)])


def audio_blocks(
    path: Path,
    *,
    rate: int = SAMPLE_RATE,
    limits: Limits = Limits(),  # noqa: B008
    on_channels: OnChannels | None = None,
) -> Iterator[NDArray[np.float32]]:
    """What `audio` gives, in blocks of some hundred or thousand samples; no more than a second of sound is held.

    `on_channels` is told of all that is decoded before it is mixed down and resampled: when it begins in seconds on
    the clock of the picture, its samples a second, and the samples (channels, n) in [-1, 1].

    Raises:
        CountenanceError: what `audio` raises.
    """
    origin = _first_picture_s(path, limits)
    with _opened_sound(path, limits) as (container, stream):
        weights = channel_weights(path, container, stream, limits)
    with _opened_sound(path, limits) as (container, stream):
        yield from mono_blocks(
            path,
            container,
            stream,
            origin_s=origin,
            rate=rate,
            limits=limits,
            weights=weights,
            on_channels=on_channels,
        )


@contextmanager
def _opened_sound(path: Path, limits: Limits) -> Iterator[tuple[InputContainer, AudioStream]]:
    with open_input(path, limits) as container:
        stream = main_audio(container)
        if stream is None:
            raise problem(NO_AUDIO, path)
        yield container, stream


def _first_picture_s(path: Path, limits: Limits) -> float | None:
    """Presentation time of the first picture on the container's own clock, or None if there is no picture."""
    with open_input(path, limits) as container:
        stream = main_video(container)
        if stream is None:
            return None
        first = next(pictures(container, stream), None)
        return None if first is None else _pts_s(first, stream)


def _timed_pictures(path: Path, limits: Limits, start_s: float) -> Iterator[Timed[tuple[VideoFrame, VideoStream]]]:
    """Pictures with times from the first one on; those long before `start_s` may be left out."""
    with open_input(path, limits) as container:
        stream = main_video(container)
        if stream is None:
            raise problem(NO_VIDEO, path)
        source = pictures(container, stream)
        first = next(source, None)
        if first is None:
            raise problem(UNDECODABLE, path)
        origin = _pts_s(first, stream)
        if start_s > 0 and container.format.name.startswith(_INDEXED):
            _jump(container, stream, origin + start_s)
            source = pictures(container, stream)
        else:
            yield _timed(first, stream, origin)
        for picture in source:
            yield _timed(picture, stream, origin)


def _jump(container: InputContainer, stream: VideoStream, time_s: float) -> None:
    """To the last key picture at or before `time_s` on the container's clock."""
    container.seek(math.floor(time_s / _tick_s(stream)), stream=stream, backward=True)


def _timed(picture: VideoFrame, stream: VideoStream, origin_s: float) -> Timed[tuple[VideoFrame, VideoStream]]:
    duration = picture.duration * _tick_s(stream) if picture.duration else 1 / float(stream.average_rate or FPS)
    return Timed(_pts_s(picture, stream) - origin_s, duration, (picture, stream))


def _pts_s(picture: VideoFrame, stream: VideoStream) -> float:
    return (picture.pts or 0) * _tick_s(stream)


def _tick_s(stream: VideoStream) -> float:
    return float(stream.time_base or 0)
