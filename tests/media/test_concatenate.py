"""Clips put one after another without decoding."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from countenance.media.concatenate import concatenate
from countenance.media.probe import probe
from countenance.media.read import frames
from countenance.media.write import VideoWriter


def grey(level: int, width: int = 64) -> NDArray[np.uint8]:
    return np.full((48, width, 3), level, np.uint8)


def clip(path: Path, levels: range, width: int = 64) -> Path:
    with VideoWriter(path, width, 48, crf=14, preset="superfast", keyframe_every=25, b_pictures=False) as writer:
        for level in levels:
            writer.write(grey(level, width))
    return path


def test_every_picture_is_where_it_belongs(tmp_path: Path) -> None:
    first, second = clip(tmp_path / "a.mp4", range(20, 57)), clip(tmp_path / "b.mp4", range(100, 160))
    out = tmp_path / "both.mp4"
    concatenate([first, second], out)
    seen = [float(frame.image.mean()) for frame in frames(out)]
    assert seen == pytest.approx([*range(20, 57), *range(100, 160)], abs=2.5)
    video = probe(out).video
    assert video is not None
    assert video.frames == 97
    assert video.duration_s == pytest.approx(97 / 25)
    jumped = next(frames(out, start_s=80 / 25)).image.mean()
    assert float(jumped) == pytest.approx(100 + 80 - 37, abs=2.5)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.mp4", "b.mp4", "both.mp4"]


def test_clips_of_different_sizes_are_not_mixed(tmp_path: Path) -> None:
    first, second = clip(tmp_path / "a.mp4", range(20, 30)), clip(tmp_path / "b.mp4", range(20, 30), width=80)
    with pytest.raises(ValueError, match="not written like"):
        concatenate([first, second], tmp_path / "both.mp4")
    assert not (tmp_path / "both.mp4").exists()
