"""Consent recordings put together from real pictures and spoken text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from countenance.media.read import FPS, SAMPLE_RATE, frames
from countenance.media.sound import resampled
from countenance.media.write import VideoWriter
from countenance.settings import Settings
from countenance.voice.hibari import speak

Samples = NDArray[np.float32]


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings(threads=1)


@pytest.fixture(scope="session")
def voice(settings: Settings) -> Callable[..., Samples]:
    """`voice(text, pitch=1.0)`: the stock voice at 16 kHz; another pitch, and speed, is another person's voice."""

    def say(text: str, pitch: float = 1.0) -> Samples:
        speech = speak(text, settings)
        return resampled(speech.samples, round(speech.sample_rate * pitch), SAMPLE_RATE)

    return say


@pytest.fixture(scope="session")
def dub() -> Callable[[Path, Samples, Path], Path]:
    """`dub(clip, sound, out)`: the clip's pictures, forth and back as long as the sound lasts."""

    def build(clip: Path, sound: Samples, out: Path) -> Path:
        shown = [frame.image for frame in frames(clip, max_side=480, end_s=3.0)]
        shown += shown[-2:0:-1]
        height, width = shown[0].shape[:2]
        with VideoWriter(out, width, height, audio=sound, preset="ultrafast") as writer:
            for i in range(round(len(sound) / SAMPLE_RATE * FPS)):
                writer.write(shown[i % len(shown)])
        return out

    return build
