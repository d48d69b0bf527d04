"""Footage for the benchmarks: short clips joined into longer ones without re-encoding."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream

from countenance.media.read import FPS

REPOSITORY = Path(__file__).resolve().parents[1]
DEFAULT_DATA = REPOSITORY.parent / "shared" / "data"

Tracks = tuple[VideoStream, AudioStream]


def join(clips: Sequence[Path], out: Path) -> Path:
    """Clips with one picture and one sound track, one after another, as a Matroska file of the same packets."""
    with av.open(str(out), "w", format="matroska") as container:
        tracks: Tracks | None = None
        start = Fraction(0)
        for clip in clips:
            with av.open(str(clip)) as source:
                own = source.streams.video[0], source.streams.audio[0]
                if tracks is None:
                    tracks = (
                        container.add_stream_from_template(own[0]),
                        container.add_stream_from_template(own[1]),
                    )
                start = _append(container, tracks, own, start)
    return out


def _append(container: OutputContainer, tracks: Tracks, own: Tracks, start: Fraction) -> Fraction:
    """Copy one clip's packets so that it begins at `start` seconds; when the next one begins: with a whole frame.

    Without that, each clip that lacks a part of a frame would leave the pictures of all later ones late by as much.
    """
    first = min(Fraction(stream.start_time or 0) * (stream.time_base or 1) for stream in own)
    end = start
    for packet in own[0].container.demux(*own):  # type: ignore[attr-defined]
        if packet.pts is None or packet.dts is None:
            continue
        track = tracks[0] if packet.stream is own[0] else tracks[1]
        tick = packet.time_base
        end = max(end, start + (packet.pts + (packet.duration or 0)) * tick - first)
        shift = round((start - first) / tick)
        packet.pts += shift
        packet.dts += shift
        packet.stream = track
        container.mux(packet)
    return Fraction(math.ceil(end * FPS), FPS)


def shuffled(folder: Path, pattern: str, seed: int = 0) -> list[Path]:
    """The files of a folder in an order that is the same on every machine."""
    files = sorted(folder.glob(pattern))
    random.Random(seed).shuffle(files)  # noqa: S311 - no secret
    return files
