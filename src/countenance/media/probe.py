"""What a file is: its container, its picture and sound tracks, how long it is. Nothing is judged here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

import av.audio.stream
import av.video.stream
import numpy as np
from av.container import InputContainer
from av.error import ArgumentError, FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame

from countenance.media.container import main_audio, main_video, open_input, packets
from countenance.media.errors import (
    BAD_SOUND,
    EMPTY_FILE,
    PICTURE_TOO_LARGE,
    TOO_LONG,
    UNDECODABLE,
    UNKNOWN_FORMAT,
    problem,
)
from countenance.media.limits import Limits
from countenance.media.picture import displayed_size, orientation

_ENOUGH_PICTURES = 1000
"""So many packets tell whether the rate is constant; a file that states its length is not read further."""
_REORDERED = 16
"""Pictures are stored out of order; behind a cut in the middle so many times may have holes."""
_EVEN_SHARE = 0.1
"""Steps between pictures that differ by less than this share of the median step count as even."""


@dataclass(frozen=True, slots=True)
class VideoStream:
    """The picture track."""

    width: int
    """As displayed: square pixels, upright."""
    height: int
    rotation_deg: int
    """Clockwise turn that a player applies: 0, 90, 180 or 270."""
    fps: float
    """Average rate."""
    codec: str
    frames: int | None
    """As the container says, None if it does not."""
    duration_s: float | None
    constant_rate: bool | None
    """None if too few pictures were seen to tell."""


@dataclass(frozen=True, slots=True)
class AudioStream:
    """The sound track."""

    codec: str
    sample_rate: int
    channels: int
    duration_s: float | None


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """One file."""

    path: Path
    container: str
    """FFmpeg's name of the container, for example `mov,mp4,m4a,3gp,3g2,mj2`."""
    size_bytes: int
    duration_s: float
    """From the first to the last thing seen or heard."""
    video: VideoStream | None
    audio: AudioStream | None
    metadata: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The container's tags."""
    track_metadata: tuple[Mapping[str, str], ...] = ()
    """The tags of each of its tracks, those that are neither picture nor sound included."""


def probe(path: Path, limits: Limits = Limits()) -> MediaInfo:  # noqa: B008 - frozen
    """Look at a file without decoding more than its first picture.

    Raises:
        CountenanceError: if the file is missing, unreadable, empty, damaged, or beyond `limits`.
    """
    with open_input(path, limits) as container:
        video, audio = main_video(container), main_audio(container)
        if video is None and audio is None:
            raise problem(UNKNOWN_FORMAT, path, "It has neither picture nor sound.")
        if audio is not None and not 4_000 <= audio.rate <= 384_000:
            raise problem(BAD_SOUND, path, measured=f"{audio.rate} samples a second")
        stated_s = container.duration / av.time_base if container.duration else None
        scan = _scan(container, video, audio, whole=stated_s is None)
        if video is not None and scan.first_picture is None:
            if scan.is_too_large:
                raise problem(PICTURE_TOO_LARGE, path, limit=limits.pixels / 1e6)
            raise problem(UNDECODABLE, path)
        duration_s = scan.duration_s if stated_s is None else stated_s
        if duration_s <= 0:
            raise problem(EMPTY_FILE, path)
        if duration_s > limits.duration_s:
            raise problem(TOO_LONG, path, measured=duration_s, limit=limits.duration_s)
        return MediaInfo(
            path=path,
            container=container.format.name,
            size_bytes=path.stat().st_size,
            duration_s=duration_s,
            video=_video_stream(video, scan.first_picture, scan) if video and scan.first_picture else None,
            audio=_audio_stream(audio) if audio else None,
            metadata=MappingProxyType(dict(container.metadata)),
            track_metadata=tuple(MappingProxyType(dict(stream.metadata)) for stream in container.streams),
        )


@dataclass(slots=True)
class _Scan:
    """What the packets told."""

    first_picture: VideoFrame | None = None
    is_too_large: bool = False
    """whether the decoder refused a picture for its size"""
    picture_times: list[float] = field(default_factory=list)
    start_s: float = float("inf")
    end_s: float = float("-inf")

    @property
    def duration_s(self) -> float:
        return max(0.0, self.end_s - self.start_s)


def _scan(
    container: InputContainer,
    video: av.video.stream.VideoStream | None,
    audio: av.audio.stream.AudioStream | None,
    *,
    whole: bool,
) -> _Scan:
    scan = _Scan()
    for packet in packets(container, *(stream for stream in (video, audio) if stream is not None)):
        if packet.pts is not None and packet.time_base is not None:
            time_s = float(packet.pts * packet.time_base)
            scan.start_s = min(scan.start_s, time_s)
            scan.end_s = max(scan.end_s, time_s + float((packet.duration or 0) * packet.time_base))
            if packet.stream is video:
                scan.picture_times.append(time_s)
        if packet.stream is video and scan.first_picture is None:
            try:
                scan.first_picture = _first_of(packet)
            except ArgumentError:  # not what damaged ones are refused by
                scan.is_too_large = True
        seen = scan.first_picture is not None and len(scan.picture_times) >= _ENOUGH_PICTURES
        if not whole and (seen or video is None):
            scan.picture_times = sorted(scan.picture_times)[:-_REORDERED]
            break
    return scan


def _first_of(packet: Packet[Any]) -> VideoFrame | None:
    try:
        return next((frame for frame in packet.decode() if isinstance(frame, VideoFrame)), None)
    except ArgumentError:
        raise
    except FFmpegError:
        return None


def _video_stream(stream: av.video.stream.VideoStream, first: VideoFrame, scan: _Scan) -> VideoStream:
    turn = orientation(first)
    width, height = displayed_size(first, stream.sample_aspect_ratio, turn)
    return VideoStream(
        width=width,
        height=height,
        rotation_deg=turn.clockwise_deg,
        fps=_average_fps(stream.average_rate, scan.picture_times),
        codec=stream.codec_context.codec.canonical_name,
        frames=stream.frames or None,
        duration_s=_seconds(stream.duration, stream.time_base),
        constant_rate=_is_even(scan.picture_times),
    )


def _audio_stream(stream: av.audio.stream.AudioStream) -> AudioStream:
    return AudioStream(
        codec=stream.codec_context.codec.canonical_name,
        sample_rate=stream.rate,
        channels=stream.channels,
        duration_s=_seconds(stream.duration, stream.time_base),
    )


def _seconds(ticks: int | None, time_base: Fraction | None) -> float | None:
    return None if ticks is None or time_base is None else float(ticks * time_base)


def _average_fps(stated: Fraction | None, times: list[float]) -> float:
    """The container's own figure, else from the times of the packets; 0 if there is one picture only."""
    if stated:
        return float(stated)
    span = max(times) - min(times) if times else 0.0
    return (len(times) - 1) / span if span > 0 else 0.0


def _is_even(times: list[float]) -> bool | None:
    if len(times) < 3:
        return None
    steps = np.diff(np.sort(np.array(times)))
    # Times may be rounded to milliseconds, which is not an uneven rate.
    return bool(np.abs(steps - np.median(steps)).max() <= max(_EVEN_SHARE * float(np.median(steps)), 0.0015))
