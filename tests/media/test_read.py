from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countenance.errors import CountenanceError
from countenance.media.mix import mix_down
from countenance.media.read import Frame, audio, audio_blocks, frames
from countenance.media.sound import resampled

Clip = Callable[..., Path]
Grey = Callable[..., Any]
Beep = Callable[..., Any]
Onsets = Callable[..., list[float]]


def levels(shown: list[Frame]) -> list[int]:
    return [round(float(frame.image.mean())) for frame in shown]


def close(seen: list[int], wanted: list[int]) -> bool:
    return len(seen) == len(wanted) and all(abs(a - b) <= 2 for a, b in zip(seen, wanted, strict=True))


RAMP = [40 + 4 * i for i in range(40)]


def test_even_clip_comes_out_frame_by_frame(tmp_path: Path, make_clip: Clip, grey: Grey) -> None:
    shown = list(frames(make_clip(tmp_path / "clip.mp4", [grey(level) for level in RAMP])))
    assert close(levels(shown), RAMP)
    assert [frame.index for frame in shown] == list(range(40))
    assert [frame.time_s for frame in shown] == [i / 25 for i in range(40)]
    assert shown[0].image.shape == (48, 64, 3)
    assert shown[0].image.dtype == np.uint8
    assert shown[0].image.flags.c_contiguous


def test_double_rate_is_thinned_and_half_rate_is_repeated(tmp_path: Path, make_clip: Clip, grey: Grey) -> None:
    fast = make_clip(tmp_path / "fast.mp4", [grey(level) for level in RAMP], fps=50)
    assert close(levels(list(frames(fast))), RAMP[::2])
    slow = make_clip(tmp_path / "slow.mp4", [grey(level) for level in RAMP[:10]], fps=5)
    assert close(levels(list(frames(slow))), [level for level in RAMP[:10] for _ in range(5)])
    assert close(levels(list(frames(slow, fps=5))), RAMP[:10])


def test_a_repeated_frame_has_pixels_of_its_own(tmp_path: Path, make_clip: Clip, grey: Grey) -> None:
    stream = frames(make_clip(tmp_path / "slow.mp4", [grey(100)] * 3, fps=5))
    first = next(stream)
    first.image[:] = 0
    assert close(levels([next(stream)]), [100])


def test_uneven_times_are_kept(tmp_path: Path, make_clip: Clip, grey: Grey) -> None:
    """A telephone that halts for 0.4 s: the picture stands still so long, and what follows is on time."""
    times = [Fraction(i, 25) + (Fraction(2, 5) if i >= 10 else 0) for i in range(20)]
    shown = levels(list(frames(make_clip(tmp_path / "halt.mp4", [grey(v) for v in RAMP[:20]], times=times))))
    assert close(shown, RAMP[:10] + [RAMP[9]] * 10 + RAMP[10:20])


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mpg"])
def test_a_part_is_the_same_as_in_the_whole(tmp_path: Path, make_clip: Clip, grey: Grey, suffix: str) -> None:
    codec = "mpeg1video" if suffix == ".mpg" else "libx264"
    path = make_clip(tmp_path / f"clip{suffix}", [grey(level) for level in RAMP], codec=codec)
    whole = list(frames(path))
    part = list(frames(path, start_s=0.9, end_s=1.25))
    assert [frame.index for frame in part] == list(range(23, 32))
    for frame in part:
        assert np.array_equal(frame.image, whole[frame.index].image)
    assert list(frames(path, start_s=5.0)) == []
    assert len(list(frames(path, start_s=1.5, end_s=99.0))) == len(whole) - 38


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("turn", [0, 90, 180, -90])
def test_rotation_is_undone(tmp_path: Path, make_clip: Clip, turn: int, mirrored: bool) -> None:
    stored = np.zeros((48, 64, 3), np.uint8)
    stored[:24, :32], stored[:24, 32:], stored[24:, :32] = 60, 120, 180
    path = make_clip(tmp_path / "turned.mp4", [stored] * 3, rotation_deg=turn, mirrored=mirrored)
    image = next(frames(path)).image
    # The angle counts counter-clockwise, as numpy's; the mirroring comes after it.
    wanted = np.rot90(stored, turn // 90)
    wanted = wanted[:, ::-1] if mirrored else wanted
    assert image.shape == wanted.shape
    height, width = wanted.shape[:2]
    for y, x in [(8, 8), (8, width - 8), (height - 8, 8), (height - 8, width - 8)]:
        assert abs(int(image[y, x, 1]) - int(wanted[y, x, 1])) <= 3


def test_smaller_pictures_keep_their_shape_and_turn(tmp_path: Path, make_clip: Clip, grey: Grey) -> None:
    path = make_clip(tmp_path / "turned.mp4", [grey(90, 160, 120)] * 3, rotation_deg=90, pixel_aspect=Fraction(3, 2))
    assert next(frames(path)).image.shape == (240, 120, 3)
    assert next(frames(path, max_side=60)).image.shape == (60, 30, 3)
    assert next(frames(path, max_side=5000)).image.shape == (240, 120, 3)


def test_sound_is_on_the_clock_of_the_picture(
    tmp_path: Path, make_clip: Clip, grey: Grey, beep: Beep, onsets: Onsets
) -> None:
    pictures = [grey(level) for level in RAMP]
    for offset in (-0.4, 0.0, 0.5):
        shift = Fraction(2, 5) if offset < 0 else Fraction(0)
        path = make_clip(
            tmp_path / f"{offset}.mkv",
            pictures,
            times=[Fraction(i, 25) + shift for i in range(40)],
            sound=beep([0.6, 0.9], 1.2),
            sound_start_s=max(offset, 0.0),
            audio_codec="pcm_s16le",
        )
        samples = audio(path)
        assert samples.dtype == np.float32
        assert onsets(samples) == pytest.approx([0.6 + offset, 0.9 + offset], abs=0.003)
        assert len(samples) == pytest.approx((1.2 + offset) * 16_000, abs=60)
        assert len(list(frames(path))) == 40


def test_sound_alone_starts_with_itself(tmp_path: Path, make_clip: Clip, beep: Beep, onsets: Onsets) -> None:
    path = make_clip(tmp_path / "voice.wav", [], sound=beep([0.25], 1.0), audio_codec="pcm_s16le")
    samples = audio(path, rate=24_000)
    assert len(samples) == pytest.approx(24_000, abs=4)
    assert float(np.abs(samples).max()) == pytest.approx(0.5, abs=0.02)


def test_silence_fills_a_gap(tmp_path: Path, make_clip: Clip, grey: Grey, beep: Beep, onsets: Onsets) -> None:
    path = make_clip(tmp_path / "whole.mkv", [grey(9)] * 50, sound=beep([0.2, 1.5], 2.0), audio_codec="pcm_s16le")
    import av

    holed = tmp_path / "holed.mkv"
    with av.open(str(path)) as source, av.open(str(holed), "w") as target:
        tracks = {s.index: target.add_stream_from_template(s) for s in source.streams}
        for packet in source.demux():
            lost = packet.stream.type == "audio" and packet.pts is not None and 600 < packet.pts < 1200
            if packet.size and not lost:
                packet.stream = tracks[packet.stream.index]
                target.mux(packet)
    assert onsets(audio(holed)) == pytest.approx([0.2, 1.5], abs=0.003)


@pytest.mark.parametrize(
    ("layout", "channels"), [("stereo", 2), ("5.1", 6), ("quad", 4), ("7.1", 8), ("hexadecagonal", 16)]
)
def test_any_layout_becomes_one_channel_without_clipping(
    tmp_path: Path, make_clip: Clip, beep: Beep, layout: str, channels: int
) -> None:
    sound = np.repeat(beep([0.2], 1.0, level=0.9), channels, axis=0)
    codec = "pcm_s16le" if channels > 8 else "aac"
    path = make_clip(tmp_path / "voice.mkv", [], sound=sound, layout=layout, audio_codec=codec)
    assert float(np.abs(audio(path)).max()) == pytest.approx(0.9, abs=0.05)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["FL", "FR", "FC", "LFE", "BL", "BR", "SL", "TFL", "AMBI0"]), min_size=1, unique=True))
def test_a_mix_never_exceeds_its_loudest_channel(names: list[str]) -> None:
    samples = np.random.default_rng(len(names)).uniform(-1, 1, (len(names), 50)).astype(np.float32)
    mixed = mix_down(samples, tuple(names))
    assert mixed.shape == (50,)
    assert np.all(np.abs(mixed) <= np.abs(samples).max(axis=0) + 1e-6)
    assert np.allclose(mix_down(np.ones((len(names), 3), np.float32), tuple(names)), 1.0)


@pytest.mark.parametrize(
    ("layout", "levels", "mixed"),
    [
        ("stereo", [0.5, 0.5], 0.5),
        ("stereo", [0.5, 0.3], 0.4),
        ("stereo", [0.5, 0.0], 0.5),
        ("stereo", [0.002, 0.5], 0.5),
        ("stereo", [0.4, -0.5], 0.5),
        ("5.1", [0.0, 0.0, 0.5, 0.0, 0.0, 0.0], 0.5),
        ("5.1", [0.5, 0.5, 0.0, 0.0, 0.0, 0.0], 0.5),
        ("5.1", [0.0, 0.0, 0.5, 0.9, 0.0, 0.0], 0.5),
        ("quad", [0.0, 0.5, 0.0, -0.5], 0.5),
    ],
)
def test_a_voice_is_as_loud_as_in_its_channels(
    tmp_path: Path, make_clip: Clip, beep: Beep, layout: str, levels: list[float], mixed: float
) -> None:
    sound = np.array(levels, np.float32)[:, None] * beep([0.2], 1.0, level=1.0)
    path = make_clip(tmp_path / "voice.wav", [], sound=sound, layout=layout, audio_codec="pcm_s16le")
    assert float(np.abs(audio(path)).max()) == pytest.approx(mixed, abs=0.02)


def test_a_channel_that_speaks_for_a_while_is_heard_all_the_time(tmp_path: Path, make_clip: Clip, beep: Beep) -> None:
    """What is mixed is decided for all of a recording: its level does not jump where one channel pauses."""
    sound = np.concatenate([beep([0.2, 0.6], 1.0), beep([0.6], 1.0)])
    path = make_clip(tmp_path / "voice.wav", [], sound=sound, layout="stereo", audio_codec="pcm_s16le")
    mixed = np.abs(audio(path))
    assert mixed[:8_000].max() == pytest.approx(0.25, abs=0.02)
    assert mixed[8_000:].max() == pytest.approx(0.5, abs=0.02)


@settings(deadline=None)
@given(st.sampled_from([8_000, 22_050, 44_100, 48_000]), st.integers(500, 20_000))
def test_resampling_keeps_the_length(rate: int, length: int) -> None:
    assert abs(len(resampled(np.zeros(length, np.float32), rate, 16_000)) - length * 16_000 / rate) <= 2


def test_missing_tracks_are_named(tmp_path: Path, make_clip: Clip, grey: Grey, beep: Beep) -> None:
    silent = make_clip(tmp_path / "silent.mp4", [grey(50)] * 5)
    voice = make_clip(tmp_path / "voice.m4a", [], sound=beep([0.1], 0.5))
    with pytest.raises(CountenanceError) as no_sound:
        audio(silent)
    assert no_sound.value.finding.rule.id == "media.no_audio"
    with pytest.raises(CountenanceError) as no_picture:
        next(frames(voice))
    assert no_picture.value.finding.rule.id == "media.no_video"


def test_a_damaged_stretch_holds_the_picture_before_and_goes_on(tmp_path: Path, make_clip: Clip, grey: Grey) -> None:
    path = make_clip(tmp_path / "clip.mpg", [grey(level, 128, 96) for level in RAMP], codec="mpeg1video")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 150] = bytes(150)
    path.write_bytes(content)
    shown = levels(list(frames(path)))
    assert len(shown) == 40
    assert close(shown[:12], RAMP[:12])
    assert close(shown[-8:], RAMP[-8:])


def test_memory_does_not_grow_with_length(tmp_path: Path, make_clip: Clip, grey: Grey) -> None:
    path = make_clip(tmp_path / "long.mp4", [grey(i % 200, 640, 480) for i in range(500)])
    script = (
        "import resource, sys; from pathlib import Path; from countenance.media.read import frames\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024\n"
        "for frame in frames(Path(sys.argv[1])):\n"
        "    if frame.index == 100: early = peak()\n"
        "print(peak() - early)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    # 400 frames more would be 370 MB if they were kept.
    assert int(done.stdout) < 30


@pytest.mark.real_data
def test_real_files(shared_data: Path) -> None:
    damaged = shared_data / "grid" / "s1" / "sgib8n.mpg"
    shown = list(frames(damaged))
    assert len(shown) == 75
    assert min(levels(shown)) > 0.8 * max(levels(shown))
    assert len(audio(damaged)) / 16_000 == pytest.approx(2.98, abs=0.01)

    uneven = shared_data / "defects" / "face_then_no_face_vfr.mov"
    assert len(list(frames(uneven, max_side=160))) == 160
    # Its sound starts 2.43 s after its picture.
    samples = audio(uneven)
    assert len(samples) / 16_000 == pytest.approx(6.4, abs=0.05)
    assert not samples[: int(2.3 * 16_000)].any()
    assert len(list(frames(shared_data / "defects" / "broken_no_duration.webm", max_side=160))) == 123


@pytest.mark.real_data
def test_recordings_glued_byte_by_byte_go_on_behind_the_seam(shared_data: Path, tmp_path: Path) -> None:
    clips = sorted((shared_data / "grid" / "s1").glob("b*.mpg"))[:3]
    glued = tmp_path / "glued.mpg"
    glued.write_bytes(b"".join(clip.read_bytes() for clip in clips))
    assert len(list(frames(glued))) == 225
    assert len(audio(glued)) / 16_000 == pytest.approx(3 * 2.978, abs=0.05)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_blocks_of_sound_are_the_whole(tmp_path: Path, make_clip: Clip, beep: Beep, suffix: str) -> None:
    path = make_clip(tmp_path / f"clip{suffix}", [], sound=beep([0.2, 1.0, 1.9], 3.0))
    blocks = list(audio_blocks(path))
    assert all(0 < len(block) <= 16_000 for block in blocks)
    assert len(blocks) > 10
    assert np.array_equal(np.concatenate(blocks), audio(path))


def test_a_long_gap_comes_in_small_blocks(tmp_path: Path, make_clip: Clip, grey: Grey, beep: Beep) -> None:
    path = make_clip(
        tmp_path / "late.mkv", [grey(100)] * 3, sound=beep([0.1], 0.5), sound_start_s=9.0, audio_codec="pcm_s16le"
    )
    blocks = list(audio_blocks(path))
    assert max(len(block) for block in blocks) < 20_000
    assert sum(len(block) for block in blocks) / 16_000 == pytest.approx(9.5, abs=0.01)


def test_channels_are_told_before_they_are_mixed(tmp_path: Path, make_clip: Clip, grey: Grey, beep: Beep) -> None:
    """Of two channels out of phase one is in the mix; who listens to the channels hears both."""
    tone = beep([0.1], 0.5)
    path = make_clip(
        tmp_path / "phase.mkv",
        [grey(100)] * 20,
        sound=np.concatenate([tone, -tone]),
        sound_start_s=0.3,
        layout="stereo",
        audio_codec="pcm_s16le",
    )
    told: list[tuple[float, int, Any]] = []
    mixed = np.concatenate(list(audio_blocks(path, on_channels=lambda *what: told.append(what))))
    assert np.abs(mixed).max() == pytest.approx(0.5, abs=0.02)
    assert told[0][0] == pytest.approx(0.3, abs=0.01)
    assert {rate for _, rate, _ in told} == {48_000}
    channels = np.concatenate([block for _, _, block in told], axis=1)
    assert channels.shape == (2, 24_000)
    assert np.abs(channels).max(axis=1) == pytest.approx([0.5, 0.5], abs=1e-3)
