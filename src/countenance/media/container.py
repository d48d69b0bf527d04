"""Open a file for decoding: only a plain local file, only as a known container, only within the limits."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from countenance.media.errors import (
    EMPTY_FILE,
    FILE_MISSING,
    FILE_TOO_LARGE,
    NOT_A_FILE,
    PICTURE_TOO_LARGE,
    TOO_MANY_STREAMS,
    UNDECODABLE,
    UNKNOWN_CODEC,
    UNKNOWN_FORMAT,
    UNREADABLE,
    problem,
)
from countenance.media.limits import Limits

_CONTAINERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpeg,mpegts,mpegvideo,h264,hevc,avi,flv,asf,mxf,ogg,wav,w64,flac,mp3,"
    "aac,aiff,caf,amr"
)
"""Containers that hold what they play. Play lists (HLS, concat, DASH, SDP) are left out: they open other files."""


@contextmanager
def open_input(path: Path, limits: Limits) -> Iterator[InputContainer]:
    """The open container; its tracks and picture sizes are within `limits`.

    Raises:
        CountenanceError: for everything that is wrong with the file, also while it is open.
    """
    check_file(path, limits)
    # The explicit protocol keeps a name like `concat:a.mp4` from being taken for one.
    url = f"file:{path.resolve()}"
    allowed = {"protocol_whitelist": "file", "format_whitelist": _CONTAINERS, "max_streams": str(limits.streams + 1)}
    try:
        # Opening decodes the first picture of every track, so that the limits hold already then.
        container = av.open(
            url, mode="r", container_options=allowed, options=_weighed(limits), metadata_errors="replace"
        )
    except MemoryError as error:  # how more tracks than may be are told
        raise problem(TOO_MANY_STREAMS, path, limit=limits.streams) from error
    except (FFmpegError, ValueError) as error:
        raise problem(UNKNOWN_FORMAT, path) from error
    with container:
        _check_streams(path, container, limits)
        try:
            yield container
        except FFmpegError as error:
            raise problem(UNDECODABLE, path) from error


def check_file(path: Path, limits: Limits) -> None:
    """A regular, readable file with something in it, no larger than the limit; else CountenanceError."""
    try:
        state = path.stat()
    except PermissionError as error:
        raise problem(UNREADABLE, path) from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise problem(FILE_MISSING, path) from error
    if not stat.S_ISREG(state.st_mode):
        raise problem(NOT_A_FILE, path)
    if not os.access(path, os.R_OK):
        raise problem(UNREADABLE, path)
    size = state.st_size
    if size == 0:
        raise problem(EMPTY_FILE, path, measured="0 bytes")
    if size > limits.file_bytes:
        raise problem(FILE_TOO_LARGE, path, measured=size / 1e6, limit=limits.file_bytes / 1e6)


def main_video(container: InputContainer) -> VideoStream | None:
    """The first moving picture; a cover picture inside a sound file is none."""
    for stream in container.streams.video:
        if not stream.disposition & (Disposition.attached_pic | Disposition.timed_thumbnails):
            return stream
    return None


def main_audio(container: InputContainer) -> AudioStream | None:
    """The first sound track for which there is a decoder (telephones add a second, spatial one that has none)."""
    tracks = container.streams.audio
    return next((track for track in tracks if track.codec_context is not None), None)


def packets(container: InputContainer, *streams: VideoStream | AudioStream) -> Iterator[Packet[Any]]:
    """The packets of `streams` until the end of what can be read; a file that was cut off just ends earlier."""
    demuxer = container.demux(*streams)
    while True:
        try:
            packet = next(demuxer)
        except (StopIteration, FFmpegError):
            return
        except IndexError:  # at the end of a transport stream in which a track appeared after its beginning
            return
        yield packet


def pictures(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """Whole pictures in order of presentation. Damaged ones are left out and decoding goes on behind them."""
    for packet in packets(container, stream):
        yield from _whole(packet.decode)
    # Where a file breaks off, no last packet has told the decoder to hand out what it still holds.
    yield from _whole(stream.decode)


def _whole(decode: Callable[[], Sequence[object]]) -> list[VideoFrame]:
    """The undamaged pictures that one call of a decoder gives; none if it fails."""
    try:
        decoded = decode()
    except FFmpegError:
        return []
    pictures = (picture for picture in decoded if isinstance(picture, VideoFrame))
    return [picture for picture in pictures if picture.pts is not None and not picture.is_corrupt]


def _check_streams(path: Path, container: InputContainer, limits: Limits) -> None:
    if len(container.streams) > limits.streams:
        raise problem(TOO_MANY_STREAMS, path, measured=len(container.streams), limit=limits.streams)
    for stream in container.streams.video:
        if stream.codec_context is None:
            raise problem(UNKNOWN_CODEC, path)
        stream.thread_type = "AUTO"
        stream.codec_context.options = _weighed(limits)
        pixels = stream.codec_context.width * stream.codec_context.height
        if pixels > limits.pixels:
            detail = f"It is {stream.codec_context.width} x {stream.codec_context.height}."
            raise problem(PICTURE_TOO_LARGE, path, detail, measured=pixels / 1e6, limit=limits.pixels / 1e6)


def _weighed(limits: Limits) -> dict[str, str]:
    """The bit stream may hold a larger picture than the container says; the decoder refuses that one itself."""
    return {"max_pixels": str(limits.pixels)}
