"""Put clips of the same encoder one after another without decoding them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
from av.container import OutputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from countenance.media.errors import CANNOT_WRITE, problem
from countenance.media.read import FPS


def concatenate(parts: Sequence[Path], out: Path) -> None:
    """Write the pictures of `parts` as one MP4: clips without sound that `VideoWriter` wrote with `b_pictures=False`,
    of one size and one quality.

    Raises:
        CountenanceError: media.cannot_write.
        ValueError: for parts that were not written alike.
    """
    part = out.resolve().parent / f".{secrets.token_hex(8)}.part"
    try:
        with av.open(f"file:{part}", mode="w", format="mp4", options={"movflags": "+faststart"}) as target:
            _copy(parts, target)
        part.replace(out)
    except (FFmpegError, OSError) as error:
        raise problem(CANNOT_WRITE, out, f"{error.strerror}." if error.strerror else "") from error
    finally:
        part.unlink(missing_ok=True)


def _copy(parts: Sequence[Path], target: OutputContainer) -> None:
    stream: VideoStream | None = None
    header: bytes | None = None
    written = 0
    for path in parts:
        with av.open(f"file:{path}") as source:
            own = source.streams.video[0]
            if stream is None:
                stream, header = target.add_stream_from_template(own), own.codec_context.extradata
            elif own.codec_context.extradata != header:
                raise ValueError(f"{path} was not written like {parts[0]}")
            count = 0
            for packet in source.demux(own):
                if packet.dts is None:
                    continue  # the packet that ends the stream
                packet.time_base = Fraction(1, FPS)
                packet.pts = packet.dts = written + count
                packet.duration = 1
                packet.stream = stream
                target.mux(packet)
                count += 1
            written += count
