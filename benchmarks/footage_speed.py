"""How fast the check of footage is, and whether its memory grows with the length."""

from __future__ import annotations

import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from countenance.footage.report import check
from countenance.media.probe import probe
from countenance.media.read import audio, frames
from countenance.media.write import VideoWriter
from countenance.settings import Settings
from countenance.stock.clips import presenter_clip

SLOWEST = 4.0  # times real time, on 720 lines
GAP_S = 0.2  # between the loops: packets of the next begin before its first picture is shown
GROWTH_MB = 60.0  # what five minutes may take more than one: the numbers of a timeline, and what the allocator keeps


def measure_speed() -> tuple[int, dict[str, Any]]:
    """Print and return the figures, and how many limits are broken."""
    clip = presenter_clip()
    with tempfile.TemporaryDirectory(prefix="footage-speed-") as name:
        folder = Path(name)
        figures = {
            "720 lines": _in_a_process(clip),
            "1080 lines": _in_a_process(_larger(clip, folder / "larger.mp4")),
            "1 minute": _in_a_process(_looped(clip, 1, folder / "one.mkv")),
            "5 minutes": _in_a_process(_looped(clip, 6, folder / "five.mkv")),
        }
    for what, row in figures.items():
        print(f"{what}: {row['length_s']:.0f} s at {row['speed']:.1f} x real time, peak {row['peak_mb']:.0f} MB")
    growth = figures["5 minutes"]["peak_mb"] - figures["1 minute"]["peak_mb"]
    print(f"memory grows by {growth:.0f} MB from one minute to five")
    return int(figures["720 lines"]["speed"] < SLOWEST) + int(growth > GROWTH_MB), figures


def _in_a_process(path: Path) -> dict[str, float]:
    """Measured in a process of its own, so that its peak memory is its own."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(_measure, path).result()


def _measure(path: Path) -> dict[str, float]:
    length_s = probe(path).duration_s
    begun = time.monotonic()
    check(path, Settings())
    took = time.monotonic() - begun
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    return {"length_s": length_s, "took_s": took, "speed": length_s / took, "peak_mb": peak_mb}


def _looped(clip: Path, times: int, target: Path) -> Path:
    """The clip so many times in a row, as a Matroska file of the same packets."""
    with av.open(str(target), "w", format="matroska") as out:
        tracks: dict[int, Any] = {}
        for number in range(times):
            with av.open(str(clip)) as source:
                streams = source.streams.video[0], source.streams.audio[0]
                if not tracks:
                    tracks = {stream.index: out.add_stream_from_template(stream) for stream in streams}
                later_s = number * (probe(clip).duration_s + GAP_S)
                for packet in source.demux(*streams):
                    if packet.pts is None or packet.dts is None:
                        continue
                    shift = round(later_s / packet.time_base)
                    packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                    packet.stream = tracks[packet.stream_index]
                    out.mux(packet)
    return target


def _larger(clip: Path, target: Path) -> Path:
    with VideoWriter(target, 1920, 1080, audio=audio(clip), preset="ultrafast") as video:
        for frame in frames(clip):
            grown = cv2.resize(frame.image, (1920, 1080), interpolation=cv2.INTER_CUBIC)
            video.write(np.asarray(grown, np.uint8))
    return target
