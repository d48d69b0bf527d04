from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any
from unittest.mock import patch

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countenance.errors import CountenanceError
from countenance.media.container import open_input
from countenance.media.limits import Limits, limits_from
from countenance.media.probe import probe
from countenance.media.read import audio, frames
from countenance.settings import Settings

Clip = Callable[..., Path]
Grey = Callable[..., Any]
Beep = Callable[..., Any]


def rule_of(call: Callable[[], object]) -> str:
    with pytest.raises(CountenanceError) as caught:
        call()
    return caught.value.finding.rule.id


def test_limits_follow_the_settings() -> None:
    settings = Settings(max_file_bytes=1, max_duration_s=2.0, max_pixels=3)
    assert limits_from(settings) == Limits(file_bytes=1, duration_s=2.0, pixels=3)
    assert limits_from(Settings()) == Limits()


def test_ordinary_clip(tmp_path: Path, make_clip: Clip, grey: Grey, beep: Beep) -> None:
    path = make_clip(tmp_path / "a clip – ünï.mp4", [grey(i) for i in range(50)], sound=beep([0.5], 2.0))
    info = probe(path)
    assert info.video is not None
    assert info.audio is not None
    assert (info.video.width, info.video.height, info.video.rotation_deg) == (64, 48, 0)
    assert (info.video.codec, info.video.frames, info.video.constant_rate) == ("h264", 50, True)
    assert info.video.fps == pytest.approx(25)
    assert info.duration_s == pytest.approx(2.0, abs=0.03)
    assert (info.audio.codec, info.audio.sample_rate, info.audio.channels) == ("aac", 48_000, 1)
    assert info.size_bytes == path.stat().st_size
    assert "encoder" in info.metadata


@pytest.mark.parametrize(
    ("turn", "rotation", "size"), [(0, 0, (64, 48)), (90, 270, (48, 64)), (180, 180, (64, 48)), (-90, 90, (48, 64))]
)
def test_rotation_swaps_the_size(
    tmp_path: Path, make_clip: Clip, grey: Grey, turn: int, rotation: int, size: tuple[int, int]
) -> None:
    info = probe(make_clip(tmp_path / "turned.mp4", [grey(80)] * 5, rotation_deg=turn))
    assert info.video is not None
    assert (info.video.width, info.video.height) == size
    assert info.video.rotation_deg == rotation


def test_wide_pixels_are_counted_as_displayed(tmp_path: Path, make_clip: Clip, grey: Grey) -> None:
    info = probe(make_clip(tmp_path / "wide.mp4", [grey(80)] * 5, pixel_aspect=Fraction(4, 3)))
    assert info.video is not None
    assert (info.video.width, info.video.height) == (85, 48)


def test_uneven_rate_is_noticed(tmp_path: Path, make_clip: Clip, grey: Grey) -> None:
    times = [Fraction(i, 25) + (Fraction(1, 10) if i > 10 else 0) for i in range(30)]
    info = probe(make_clip(tmp_path / "uneven.mp4", [grey(i) for i in range(30)], times=times))
    assert info.video is not None
    assert info.video.constant_rate is False


def test_cover_picture_is_no_video(tmp_path: Path, make_clip: Clip, beep: Beep) -> None:
    path = tmp_path / "song.mp3"
    make_clip(path, [], sound=beep([0.2], 1.0), audio_codec="libmp3lame")
    cover = tmp_path / "song with cover.mp3"
    with av.open(str(path)) as source, av.open(str(cover), "w") as target:
        track = target.add_stream_from_template(source.streams.audio[0])
        picture = target.add_stream("mjpeg", rate=1)
        picture.width = picture.height = 16
        picture.pix_fmt = "yuvj420p"
        picture.disposition = av.stream.Disposition.attached_pic
        for packet in source.demux(audio=0):
            if packet.dts is not None:
                packet.stream = track
                target.mux(packet)
        still = av.VideoFrame.from_ndarray(np.zeros((16, 16, 3), np.uint8), format="rgb24")
        target.mux(picture.encode(still))
        target.mux(picture.encode(None))
    with av.open(str(cover)) as written:
        assert len(written.streams.video) == 1
    info = probe(cover)
    assert info.video is None
    assert info.audio is not None
    assert rule_of(lambda: next(frames(cover))) == "media.no_video"


def test_what_is_no_recording(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "letter.mp4").write_text("Dear Sir, " * 500)
    os.mkfifo(tmp_path / "pipe.mp4")
    assert rule_of(lambda: probe(tmp_path / "none.mp4")) == "media.file_missing"
    assert rule_of(lambda: probe(tmp_path / "nul\0.mp4")) == "media.file_missing"
    assert rule_of(lambda: probe(tmp_path)) == "media.not_a_file"
    assert rule_of(lambda: probe(tmp_path / "pipe.mp4")) == "media.not_a_file"
    assert rule_of(lambda: probe(tmp_path / "empty.mp4")) == "media.empty_file"
    assert rule_of(lambda: probe(tmp_path / "letter.mp4")) == "media.unknown_format"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_file_without_the_right_to_read(tmp_path: Path) -> None:
    path = tmp_path / "secret.mp4"
    path.write_bytes(b"x")
    path.chmod(0)
    assert rule_of(lambda: probe(path)) == "media.unreadable"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:2.0,\n{target}\n#EXT-X-ENDLIST\n"),
        ("list.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:2.0,\n{target}\n#EXT-X-ENDLIST\n"),
        ("list.ffconcat", "ffconcat version 1.0\nfile '{target}'\n"),
        ("list.mov", "ffconcat version 1.0\nfile '{target}'\n"),
    ],
)
def test_play_lists_open_nothing_else(
    tmp_path: Path, make_clip: Clip, grey: Grey, beep: Beep, name: str, content: str
) -> None:
    make_clip(tmp_path / "other.ts", [grey(i) for i in range(50)], sound=beep([0.5], 2.0))
    (tmp_path / name).write_text(content.format(target="other.ts"))
    if name != "list.mp4":
        # With no whitelist the library does play it, so that the refusal is ours.
        with av.open(str(tmp_path / name), options={"safe": "0"} if "concat" in content else {}) as container:
            assert container.streams.video
    assert rule_of(lambda: probe(tmp_path / name)) == "media.unknown_format"
    assert rule_of(lambda: list(frames(tmp_path / name))) == "media.unknown_format"
    assert rule_of(lambda: audio(tmp_path / name)) == "media.unknown_format"


def test_a_name_that_looks_like_a_protocol_is_a_name(
    tmp_path: Path, make_clip: Clip, grey: Grey, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_clip(tmp_path / "a.mp4", [grey(i) for i in range(5)]).rename(tmp_path / "concat:b|c%03d.mp4")
    monkeypatch.chdir(tmp_path)
    assert probe(Path("concat:b|c%03d.mp4")).video is not None


def test_limits_are_kept(tmp_path: Path, make_clip: Clip, grey: Grey, beep: Beep) -> None:
    path = make_clip(tmp_path / "clip.mp4", [grey(i) for i in range(50)], sound=beep([0.5], 2.0))
    size = path.stat().st_size
    assert rule_of(lambda: probe(path, Limits(file_bytes=size - 1))) == "media.file_too_large"
    assert rule_of(lambda: probe(path, Limits(pixels=64 * 48 - 1))) == "media.picture_too_large"
    assert rule_of(lambda: probe(path, Limits(streams=1))) == "media.too_many_streams"
    assert rule_of(lambda: probe(path, Limits(duration_s=1.9))) == "media.too_long"
    assert rule_of(lambda: list(frames(path, limits=Limits(duration_s=1.5)))) == "media.too_long"
    assert rule_of(lambda: audio(path, limits=Limits(duration_s=1.5))) == "media.too_long"
    probe(path, Limits(file_bytes=size, pixels=64 * 48, streams=2, duration_s=2.1))


def test_a_picture_larger_than_its_container_says_is_not_decoded(tmp_path: Path, make_clip: Clip, grey: Grey) -> None:
    path = make_clip(tmp_path / "liar.mkv", [grey(i, 640, 480) for i in range(10)])
    small, large = (
        bytes([0xB0, 0x82, 0x02, 0x80, 0xBA, 0x82, 0x01, 0xE0]),
        bytes([0xB0, 0x82, 0, 16, 0xBA, 0x82, 0, 16]),
    )
    content = path.read_bytes()
    assert content.count(small) == 1
    path.write_bytes(content.replace(small, large))
    video = probe(path).video
    assert video is not None
    assert (video.width, video.height) == (640, 480)
    with pytest.raises(CountenanceError):
        probe(path, Limits(pixels=1000))


@pytest.mark.parametrize(
    ("codec", "name"), [("png", "large.mov"), ("mjpeg", "large.avi"), ("libvpx-vp9", "large.webm")]
)
def test_a_picture_that_is_too_large_is_not_decoded_to_find_that_out(tmp_path: Path, codec: str, name: str) -> None:
    path = _still(tmp_path / name, codec)
    with open_input(path, Limits(pixels=640 * 480 - 1)) as container:
        assert container.streams.video[0].codec_context.width == 0, "its decoder was given what it takes to look"
    assert rule_of(lambda: probe(path, Limits(pixels=640 * 480 - 1))) == "media.picture_too_large"
    assert probe(path, Limits(pixels=640 * 480)).video is not None


def test_of_too_many_tracks_none_is_looked_at(tmp_path: Path) -> None:
    path = _still(tmp_path / "many.mov", "png", tracks=40)
    with patch("countenance.media.container._check_streams") as looked:
        assert rule_of(lambda: probe(path)) == "media.too_many_streams"
    assert not looked.called, "all were opened"


def _still(path: Path, codec: str, tracks: int = 1) -> Path:
    """One picture of 640 x 480, in each of some tracks."""
    pixels = {"png": "rgb24", "mjpeg": "yuvj420p"}.get(codec, "yuv420p")
    with av.open(str(path), "w") as target:
        for _ in range(tracks):
            track = target.add_stream(codec, rate=25)
            assert isinstance(track, av.VideoStream)
            track.width, track.height, track.pix_fmt = 640, 480, pixels
        for track in target.streams.video:
            picture = av.VideoFrame(640, 480, pixels)
            picture.pts = 0
            target.mux([*track.encode(picture), *track.encode(None)])
    return path


def test_cut_off_files(tmp_path: Path, make_clip: Clip, grey: Grey, beep: Beep) -> None:
    pictures = [grey(i * 2, 320, 240) for i in range(100)]
    rng = np.random.default_rng(5)
    pictures = [np.clip(p + rng.integers(0, 40, p.shape), 0, 255).astype(np.uint8) for p in pictures]
    late = make_clip(tmp_path / "index last.mp4", pictures, sound=beep([1], 4.0)).read_bytes()
    early = make_clip(
        tmp_path / "index first.mp4", pictures, sound=beep([1], 4.0), options={"movflags": "+faststart"}
    ).read_bytes()
    (tmp_path / "late.mp4").write_bytes(late[: len(late) // 2])
    (tmp_path / "early.mp4").write_bytes(early[: len(early) // 2])
    assert rule_of(lambda: probe(tmp_path / "late.mp4")) == "media.unknown_format"
    assert probe(tmp_path / "early.mp4").duration_s == pytest.approx(4.0, abs=0.1)
    count = len(list(frames(tmp_path / "early.mp4")))
    assert 30 < count < 70
    assert 1.0 < len(audio(tmp_path / "early.mp4")) / 16_000 < 3.0


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.floats(0, 1), damage=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=30))
@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".mpg"])
def test_damage_gives_typed_errors_or_pictures(
    tmp_path: Path,
    make_clip: Clip,
    grey: Grey,
    beep: Beep,
    suffix: str,
    cut: float,
    damage: list[tuple[float, int]],
) -> None:
    whole = tmp_path / f"whole{suffix}"
    codec, audio_codec = {".mp4": ("libx264", "aac"), ".webm": ("libvpx", "libopus"), ".mpg": ("mpeg1video", "mp2")}[
        suffix
    ]
    if not whole.exists():
        make_clip(whole, [grey(i * 8) for i in range(25)], sound=beep([0.5], 1.0), codec=codec, audio_codec=audio_codec)
    content = bytearray(whole.read_bytes())
    for place, value in damage:
        content[int(place * len(content))] = value
    broken = tmp_path / f"broken{suffix}"
    broken.write_bytes(content[: int(cut * len(content))])
    limits = Limits(duration_s=20)
    for read in (
        lambda: probe(broken, limits),
        lambda: list(frames(broken, limits=limits)),
        lambda: audio(broken, limits=limits),
    ):
        with contextlib.suppress(CountenanceError):
            read()


def test_the_library_says_nothing_on_the_terminal(tmp_path: Path, make_clip: Clip, grey: Grey, beep: Beep) -> None:
    path = make_clip(tmp_path / "clip.mp4", [grey(i, 320, 240) for i in range(50)], sound=beep([0.5], 2.0))
    content = bytearray(path.read_bytes())
    content[2000:2600] = bytes(600)
    path.write_bytes(content)
    script = (
        "import sys; from pathlib import Path; from countenance.media.read import frames, audio;"
        "list(frames(Path(sys.argv[1]))); audio(Path(sys.argv[1]))"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.real_data
def test_real_files(shared_data: Path) -> None:
    defects = shared_data / "defects"
    assert probe(defects / "broken_no_duration.webm").duration_s == pytest.approx(4.94, abs=0.02)
    uneven = probe(defects / "face_then_no_face_vfr.mov").video
    assert uneven is not None
    assert uneven.constant_rate is False
    assert probe(defects / "two_people_webcam_no_audio_38s_720p.webm").audio is None
    surround = probe(defects / "cartoon_animals_51audio_5s.mp4").audio
    assert surround is not None
    assert surround.channels == 6
    assert rule_of(lambda: probe(defects / "corrupt_header_a.wav")) == "media.bad_sound"
    assert rule_of(lambda: probe(defects / "empty_44_bytes.wav")) == "media.empty_file"
    tall = probe(shared_data / "talking" / "contracted_man_sofa_20s.mp4").video
    assert tall is not None
    assert (tall.width, tall.height, tall.codec) == (1080, 1920, "hevc")
