"""A longer recording made of real clips."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from countenance.media.read import FPS, SAMPLE_RATE, audio, frames
from countenance.media.write import VideoWriter


@pytest.fixture(scope="session")
def join() -> Callable[[Sequence[Path], Path], Path]:
    """`join(clips, out)`: the clips one after the other as one MP4."""

    def build(clips: Sequence[Path], out: Path) -> Path:
        pictures = [[frame.image for frame in frames(clip)] for clip in clips]
        step = SAMPLE_RATE // FPS
        sounds = [audio(clip)[: len(shown) * step] for clip, shown in zip(clips, pictures, strict=True)]
        sound = np.concatenate(
            [np.pad(s, (0, len(shown) * step - len(s))) for s, shown in zip(sounds, pictures, strict=True)]
        )
        height, width = pictures[0][0].shape[:2]
        with VideoWriter(out, width, height, audio=sound) as writer:
            for picture in (picture for shown in pictures for picture in shown):
                writer.write(picture)
        return out

    return build
