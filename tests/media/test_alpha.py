"""WebM with transparency: what is written can be read back, with its alpha, its colours and its sound."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from countenance.errors import CountenanceError
from countenance.media.alpha import AlphaWriter
from countenance.media.probe import probe
from countenance.media.read import audio, frames

SKIN = (200, 150, 120)


def disc(x: float, width: int = 192, height: int = 128) -> NDArray[np.uint8]:
    """A skin-coloured disc with a soft edge, on nothing."""
    rows, columns = np.mgrid[:height, :width]
    alpha = np.clip(30.5 - np.hypot(columns - x, rows - height / 2), 0, 1)
    return np.dstack([np.full((height, width, 3), SKIN, np.uint8), np.rint(alpha * 255).astype(np.uint8)])


def write(path: Path, pictures: list[NDArray[np.uint8]], **options: Any) -> Path:
    height, width = pictures[0].shape[:2]
    with AlphaWriter(path, width, height, **options) as writer:
        for picture in pictures:
            writer.write(picture)
    return path


def read(path: Path) -> list[NDArray[np.uint8]]:
    """The pictures with their alpha. FFmpeg's own VP9 decoder leaves alpha out; that of libvpx has it."""
    decoder = av.CodecContext.create("libvpx-vp9", "r")
    with av.open(str(path)) as container:
        decoded = [frame for packet in container.demux(video=0) for frame in decoder.decode(packet)]
    assert all(frame.format.name == "yuva420p" for frame in decoded)
    return [np.asarray(frame.to_ndarray(format="rgba"), np.uint8) for frame in decoded]


def test_alpha_and_colours_come_back(tmp_path: Path) -> None:
    pictures = [disc(60.0 + 3 * index) for index in range(12)]
    back = read(write(tmp_path / "disc.webm", pictures))
    assert len(back) == len(pictures)
    for wanted, seen in zip(pictures, back, strict=True):
        assert np.abs(seen[..., 3].astype(int) - wanted[..., 3]).mean() < 1.0
        inside = wanted[..., 3] == 255
        assert np.abs(seen[inside][:, :3].mean(axis=0) - SKIN).max() < 6
    assert np.abs(back[0][..., 3].astype(int) - back[-1][..., 3]).max() > 200


def test_picture_and_sound_end_together(tmp_path: Path) -> None:
    path = write(tmp_path / "disc.webm", [disc(90.0)] * 40, audio=np.full(9000, 0.1, np.float32), sample_rate=24_000)
    info = probe(path)
    assert info.video is not None
    assert info.audio is not None
    assert (info.video.codec, info.audio.codec) == ("vp9", "opus")
    assert info.duration_s == pytest.approx(1.6, abs=0.03)
    assert len(list(frames(path))) == 40
    sound = audio(path)
    assert len(sound) / 16_000 == pytest.approx(1.6, abs=0.03)
    assert np.abs(sound[-16_000:]).max() < 0.02


def test_odd_sizes_and_seals(tmp_path: Path) -> None:
    sealed: list[Path] = []
    path = write(tmp_path / "odd.webm", [disc(40.0, 129, 97)] * 2, seal=lambda part, target: sealed.append(target))
    assert read(path)[0].shape == (96, 128, 4)
    assert sealed == [path]


def test_an_error_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "clip.webm"
    path.write_bytes(b"before")

    def stop(writer: AlphaWriter) -> None:
        writer.write(disc(50.0))
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"), AlphaWriter(path, 192, 128) as writer:
        stop(writer)
    with pytest.raises(ValueError, match="expected"), AlphaWriter(path, 192, 128) as writer:
        writer.write(disc(50.0)[..., :3])
    with pytest.raises(ValueError, match="no picture"), AlphaWriter(path, 192, 128):
        pass
    assert path.read_bytes() == b"before"
    assert [entry.name for entry in tmp_path.iterdir()] == ["clip.webm"]
    with pytest.raises(CountenanceError) as caught:
        write(tmp_path / "no such folder" / "clip.webm", [disc(50.0)])
    assert caught.value.finding.rule.id == "media.cannot_write"
