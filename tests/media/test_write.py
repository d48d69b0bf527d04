from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countenance.errors import CountenanceError
from countenance.media.probe import probe
from countenance.media.read import audio, frames
from countenance.media.write import VideoWriter, write_wav

Onsets = Callable[..., list[float]]
Grey = Callable[..., Any]

COLOURS = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (200, 150, 120), (90, 60, 45), (250, 250, 250), (5, 5, 5)]


def clicks(at_s: list[float], length_s: float, rate: int) -> Any:
    samples = np.zeros(round(length_s * rate), np.float32)
    for start in at_s:
        burst = np.arange(round(0.1 * rate)) / rate
        samples[round(start * rate) : round(start * rate) + len(burst)] = 0.5 * np.sin(2 * np.pi * 500 * burst)
    return samples


def write(path: Path, count: int, image: Any, **options: Any) -> Path:
    with VideoWriter(path, image.shape[1], image.shape[0], **options) as writer:
        for _ in range(count):
            writer.write(image)
    return path


@pytest.mark.parametrize(("width", "height"), [(160, 96), (1280, 720)])
def test_colours_survive(tmp_path: Path, width: int, height: int) -> None:
    image = np.zeros((height, width, 3), np.uint8)
    stripe = width // len(COLOURS)
    for i, colour in enumerate(COLOURS):
        image[:, i * stripe : (i + 1) * stripe] = colour
    path = write(tmp_path / "colours.mp4", 3, image)
    seen = next(frames(path)).image
    for i, colour in enumerate(COLOURS):
        patch = seen[8:-8, i * stripe + 8 : (i + 1) * stripe - 8].reshape(-1, 3).mean(axis=0)
        assert np.abs(patch - colour).max() < 6, (colour, patch)
    with av.open(str(path)) as container:
        picture = next(container.decode(video=0))
    assert (picture.colorspace, picture.color_range, picture.color_primaries, picture.color_trc) == (1, 1, 1, 1)


def test_the_index_comes_first_and_tracks_are_interleaved(tmp_path: Path, grey: Grey) -> None:
    path = write(tmp_path / "clip.mp4", 100, grey(90), audio=clicks([0.5], 4.0, 16_000))
    content = path.read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")
    with av.open(str(path)) as container:
        kinds = [packet.stream.type for packet in container.demux() if packet.dts is not None]
    assert "video" * 20 not in "".join(kinds)
    assert "audio" * 20 not in "".join(kinds)


@settings(deadline=None, max_examples=15)
@given(
    count=st.integers(1, 60),
    rate=st.sampled_from([8_000, 10_000, 16_000, 24_000, 44_100, 48_000, 192_000]),
    share=st.floats(0, 1.5),
    fps=st.sampled_from([25, 30, 30000 / 1001, 24]),
)
def test_picture_and_sound_end_together(
    tmp_path_factory: pytest.TempPathFactory, count: int, rate: int, share: float, fps: float
) -> None:
    path = tmp_path_factory.mktemp("write") / "clip.mp4"
    sound = np.full(round(share * count / fps * rate), 0.1, np.float32)
    write(path, count, np.full((48, 64, 3), 90, np.uint8), audio=sound, sample_rate=rate, fps=fps)
    info = probe(path)
    assert info.video is not None
    assert info.audio is not None
    assert info.video.frames == count
    assert info.video.duration_s == pytest.approx(count / fps, abs=0.002)
    assert info.audio.duration_s == pytest.approx(count / fps, abs=0.002)
    assert info.duration_s == pytest.approx(count / fps, abs=0.002)
    assert len(list(frames(path, fps=fps))) == count
    assert len(audio(path)) / 16_000 == pytest.approx(count / fps, abs=0.002)


@pytest.mark.parametrize("rate", [16_000, 44_100, 10_000])
def test_sound_stays_in_its_place(tmp_path: Path, grey: Grey, onsets: Onsets, rate: int) -> None:
    path = write(tmp_path / "clip.mp4", 75, grey(90), audio=clicks([0.4, 2.5], 3.0, rate), sample_rate=rate)
    assert onsets(audio(path)) == pytest.approx([0.4, 2.5], abs=0.004)


def test_odd_sizes_lose_their_last_row_and_column(tmp_path: Path) -> None:
    image = np.full((49, 65, 3), 100, np.uint8)
    image[-1], image[:, -1] = 255, 255
    seen = next(frames(write(tmp_path / "odd.mp4", 3, image))).image
    assert seen.shape == (48, 64, 3)
    assert int(seen.max()) < 115


def test_a_clip_without_sound(tmp_path: Path, grey: Grey) -> None:
    info = probe(write(tmp_path / "mute.mp4", 5, grey(90)))
    assert info.audio is None


def test_an_error_leaves_what_was_there(tmp_path: Path, grey: Grey) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"before")

    def fail(writer: VideoWriter) -> None:
        writer.write(grey(90))
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"), VideoWriter(path, 64, 48) as writer:
        fail(writer)
    with pytest.raises(ValueError, match="no picture"), VideoWriter(path, 64, 48):
        pass
    with pytest.raises(ValueError, match="expected"), VideoWriter(path, 64, 48) as writer:
        writer.write(grey(90, 32, 32))
    assert path.read_bytes() == b"before"
    assert [entry.name for entry in tmp_path.iterdir()] == ["clip.mp4"]
    write(path, 3, grey(90))
    assert probe(path).video is not None
    assert [entry.name for entry in tmp_path.iterdir()] == ["clip.mp4"]


def test_nowhere_to_write(tmp_path: Path, grey: Grey) -> None:
    for call in (
        lambda: write(tmp_path / "no such folder" / "clip.mp4", 3, grey(90)),
        lambda: write_wav(tmp_path / "no such folder" / "voice.wav", np.zeros(10, np.float32)),
        lambda: write(Path("/proc/clip.mp4"), 3, grey(90)),
    ):
        with pytest.raises(CountenanceError) as caught:
            call()
        assert caught.value.finding.rule.id == "media.cannot_write"


def test_wav(tmp_path: Path) -> None:
    samples = np.linspace(-1.5, 1.5, 8000).astype(np.float32)
    write_wav(tmp_path / "voice.wav", samples)
    assert np.abs(audio(tmp_path / "voice.wav") - np.clip(samples, -1, 1)).max() < 1e-4


def test_a_file_is_sealed_before_it_appears(tmp_path: Path, grey: Grey) -> None:
    path = tmp_path / "clip.mp4"
    seen: list[object] = []

    def seal(part: Path, target: Path) -> None:
        seen.extend([target, path.exists(), probe(part).video is not None])
        part.write_bytes(part.read_bytes() + b"sealed")

    write(path, 3, grey(90), seal=seal)
    assert seen == [path, False, True]
    assert path.read_bytes().endswith(b"sealed")
    before = path.read_bytes()

    def refuse(part: Path, target: Path) -> None:
        raise RuntimeError("no seal")

    with pytest.raises(RuntimeError, match="no seal"):
        write(path, 5, grey(90), seal=refuse)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["clip.mp4"]


def test_what_goes_wrong_in_the_body_is_not_called_a_fault_of_the_disk(tmp_path: Path, grey: Grey) -> None:
    def fail(writer: VideoWriter) -> None:
        writer.write(grey(90))
        raise TimeoutError

    with pytest.raises(TimeoutError), VideoWriter(tmp_path / "clip.mp4", 64, 48) as writer:
        fail(writer)
    assert list(tmp_path.iterdir()) == []
