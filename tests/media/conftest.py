"""Small clips made on the spot, with every property that telephones and editors give to files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

RATE = 48_000


def grey(level: int, width: int = 64, height: int = 48) -> NDArray[np.uint8]:
    """A picture that can be recognised by its brightness."""
    return np.full((height, width, 3), level, dtype=np.uint8)


def make_clip(
    path: Path,
    pictures: Sequence[NDArray[np.uint8]],
    *,
    fps: int = 25,
    times: Sequence[Fraction] | None = None,
    rotation_deg: int = 0,
    mirrored: bool = False,
    codec: str = "libx264",
    pixel_aspect: Fraction | None = None,
    sound: NDArray[np.float32] | None = None,
    sound_start_s: float = 0.0,
    layout: str = "mono",
    audio_codec: str = "aac",
    options: dict[str, str] | None = None,
) -> Path:
    """`pictures` at `times` (or evenly), `sound` of shape (channels, n) at 48 kHz, starting `sound_start_s` later."""
    with av.open(str(path), "w", options=options or {}) as container:
        tick = Fraction(1, 1000) if times else Fraction(1, fps)
        video = _video(container, pictures, tick, codec, pixel_aspect) if pictures else None
        if video is not None and (rotation_deg or mirrored):
            video.set_display_rotation(rotation_deg, hflip=mirrored)
        audio = container.add_stream(audio_codec, rate=RATE, layout=layout) if sound is not None else None
        if video is not None:
            _write_pictures(container, video, pictures, times or [Fraction(i, fps) for i in range(len(pictures))])
        if audio is not None and sound is not None:
            _write_sound(container, audio, sound, layout, sound_start_s)
    return path


def _video(container: Any, pictures: Sequence[Any], tick: Fraction, codec: str, pixel_aspect: Fraction | None) -> Any:
    stream = container.add_stream(codec, rate=25 if tick == Fraction(1, 1000) else 1 / tick)
    stream.height, stream.width = pictures[0].shape[:2]
    stream.pix_fmt = "yuv420p"
    stream.codec_context.time_base = tick
    stream.codec_context.gop_size = 10
    if pixel_aspect:
        stream.codec_context.sample_aspect_ratio = pixel_aspect
    return stream


def _write_pictures(container: Any, stream: Any, pictures: Sequence[Any], times: Sequence[Fraction]) -> None:
    for picture, time in zip(pictures, times, strict=True):
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        frame.time_base, frame.pts = Fraction(1, 1000), round(time * 1000)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def _write_sound(container: Any, stream: Any, sound: NDArray[np.float32], layout: str, start_s: float) -> None:
    for start in range(0, sound.shape[1], 1024):
        block = sound[:, start : start + 1024].T.reshape(1, -1).copy()
        frame = av.AudioFrame.from_ndarray(block, format="flt", layout=layout)
        frame.sample_rate, frame.time_base, frame.pts = RATE, Fraction(1, RATE), start + round(start_s * RATE)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


@pytest.fixture(name="make_clip")
def _make_clip() -> Callable[..., Path]:
    return make_clip


@pytest.fixture(name="grey")
def _grey() -> Callable[..., NDArray[np.uint8]]:
    return grey


@pytest.fixture
def beep() -> Callable[..., NDArray[np.float32]]:
    """`beep(at_s, length_s)`: silence with 100 ms of 500 Hz at each of the times, (1, n) at 48 kHz."""

    def build(at_s: Sequence[float], length_s: float, level: float = 0.5) -> NDArray[np.float32]:
        time = np.arange(round(length_s * RATE)) / RATE
        on = np.zeros(len(time), dtype=bool)
        for start in at_s:
            on |= (time >= start) & (time < start + 0.1)
        return (level * np.sin(2 * np.pi * 500 * time) * on).astype(np.float32)[np.newaxis]

    return build


@pytest.fixture
def onsets() -> Callable[..., list[float]]:
    """Where beeps begin, in seconds, from samples at 16 kHz."""

    def find(samples: NDArray[np.float32], level: float = 0.1) -> list[float]:
        loud = np.flatnonzero(np.abs(samples) > level)
        starts = loud[np.concatenate([[True], np.diff(loud) > 1600])] if len(loud) else loud
        return [float(start) / 16_000 for start in starts]

    return find
