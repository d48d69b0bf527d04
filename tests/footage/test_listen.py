"""What is heard in a recording: measured on a clean voice, and on the same with one thing wrong at known strengths."""

from __future__ import annotations

from pathlib import Path

import made_sounds as sounds
import numpy as np
import pytest
from made_sounds import RATE, Samples

from countenance.footage.channels import ChannelMeter
from countenance.footage.dropouts import DropoutMeter
from countenance.footage.listen import SEGMENT, Sound, listen, segments
from countenance.footage.loudness import LoudnessMeter, gated_lufs
from countenance.footage.reverberation import ReverberationMeter
from countenance.footage.tones import ToneMeter
from countenance.media.read import audio
from countenance.people.speech import speech_spans
from countenance.settings import Settings
from countenance.stock.clips import presenter_clip

SETTINGS = Settings(threads=1)


@pytest.fixture(scope="module")
def voice() -> Samples:
    return audio(presenter_clip())[: 16 * RATE]


@pytest.fixture(scope="module")
def clean(voice: Samples, tmp_path_factory: pytest.TempPathFactory) -> Sound:
    return listen(sounds.write(tmp_path_factory.mktemp("clean") / "voice.wav", voice), SETTINGS)


def heard(folder: Path, samples: Samples) -> Sound:
    return listen(sounds.write(folder / "sound.wav", samples), SETTINGS)


def test_a_clean_voice(voice: Samples, clean: Sound) -> None:
    assert [span.timecode() for span in clean.speech] == [span.timecode() for span in speech_spans(voice, SETTINGS)]
    assert clean.loudest == pytest.approx(float(np.abs(voice).max()), abs=1e-3)
    assert clean.speech_lufs is not None
    assert -30 < clean.speech_lufs < -20
    assert clean.noise_lufs is not None
    assert clean.speech_lufs - clean.noise_lufs > 30
    assert clean.clipped == clean.dropouts == ()
    assert clean.decay_s is not None
    assert clean.decay_s < 0.2
    assert clean.hum_db < 5
    assert max(span.worst or 0 for span in clean.music) < 10
    assert min(span.worst or 0 for span in clean.voices) > 0.75
    assert len(clean.loudness) == -(-len(voice) // 512)
    assert clean.correlation == 1.0
    assert clean.dead_channel_db == 0.0


def test_blocks_become_segments() -> None:
    blocks = [np.arange(n, dtype=np.float32) for n in (5, 17, 1, 3, 40)]
    cut = list(segments(iter(blocks), 10))
    assert [len(part) for part in cut] == [10] * 6 + [6]
    assert np.array_equal(np.concatenate(cut), np.concatenate(blocks))
    assert list(segments([], 10)) == []


def test_the_share_that_was_heard_rises_to_one(tmp_path: Path) -> None:
    told: list[float] = []
    listen(sounds.write(tmp_path / "sound.wav", np.zeros(25 * RATE, np.float32)), SETTINGS, told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) > 2


@pytest.mark.parametrize("seconds", [0.001, 0.03, 0.5, SEGMENT / RATE, SEGMENT / RATE + 0.001])
def test_sounds_of_any_length(tmp_path: Path, seconds: float) -> None:
    sound = heard(tmp_path, 1e-3 * sounds.white(max(1, round(seconds * RATE))))
    assert sound.speech == ()
    assert sound.speech_lufs is None
    assert sound.noise_lufs is None
    assert sound.decay_s is None or sound.decay_s > 0


def test_loudness_is_that_of_the_standard() -> None:
    """ITU-R BS.1770-4: a sine of 997 Hz at full scale is at -3.01 LUFS, and 1 dB less is 1 LUFS less."""
    time = np.arange(20 * 512 * 16) / RATE
    for gain_db in (0.0, -20.0):
        meter = LoudnessMeter()
        for part in np.split((10 ** (gain_db / 20) * np.sin(2 * np.pi * 997 * time)).astype(np.float32), 16):
            meter.feed(part)
        assert gated_lufs(meter.power()) == pytest.approx(-3.01 + gain_db, abs=0.1)
    assert gated_lufs(np.zeros(100, np.float32)) is None
    assert gated_lufs(np.zeros(0, np.float32)) is None


def test_pauses_do_not_count_for_loudness() -> None:
    speech = np.full(300, 1e-2, np.float32)
    with_pauses = np.concatenate([speech, np.full(300, 1e-5, np.float32)])
    loudness, paused = gated_lufs(speech), gated_lufs(with_pauses)
    assert loudness is not None
    assert paused == pytest.approx(loudness, abs=0.2)


def test_a_quiet_voice_is_measured_as_such(voice: Samples, clean: Sound, tmp_path: Path) -> None:
    sound = heard(tmp_path, voice * np.float32(0.1))
    assert clean.speech_lufs is not None
    assert sound.speech_lufs == pytest.approx(clean.speech_lufs - 20, abs=0.5)


@pytest.mark.parametrize("below_db", [20, 5])
def test_noise_is_measured_in_the_pauses(voice: Samples, tmp_path: Path, below_db: float) -> None:
    sound = heard(tmp_path, sounds.mixed(voice, sounds.white(len(voice)), below_db))
    assert sound.speech_lufs is not None
    assert sound.noise_lufs is not None
    # White noise is some decibels louder to the standard's filter than its power says.
    assert sound.speech_lufs - sound.noise_lufs == pytest.approx(below_db - 3, abs=3)


def clipped_share(voice: Samples, samples: Samples) -> float:
    meter = ChannelMeter()
    for start in range(0, len(samples), 1000):
        meter(start / RATE, RATE, samples[None, start : start + 1000])
    spoken = sum(span.duration_s for span in speech_spans(voice, SETTINGS))
    return 100 * sum(span.duration_s for span in meter.clipped()) / spoken


def test_clipping_is_found_also_when_it_was_turned_down(voice: Samples) -> None:
    shares = [clipped_share(voice, 0.3 * sounds.clipped(voice, over_db)) for over_db in (0, 12, 18)]
    assert shares[0] == 0
    assert 20 < shares[1] < shares[2]


def test_a_limiter_is_not_clipping(voice: Samples) -> None:
    assert clipped_share(voice, 0.9 * sounds.limited(voice, 9)) < 2


def decay_s(samples: Samples) -> float:
    meter = ReverberationMeter()
    for part in segments([samples], SEGMENT):
        meter.feed(part)
    return meter.decay_s() or 0.0


def test_a_room_is_heard_in_how_speech_dies_away(voice: Samples) -> None:
    times = [decay_s(sounds.in_room(voice, fades_s)) for fades_s in (0.3, 0.6, 1.0)]
    assert times == sorted(times)
    assert times[0] < 0.31
    assert times[1] > 0.34
    assert times[2] > 0.4


def tones(samples: Samples) -> ToneMeter:
    meter = ToneMeter()
    for part in segments([samples], SEGMENT):
        meter.feed(part)
    return meter


@pytest.mark.parametrize("below_db", [10, 0])
def test_music_is_tones_that_stay(voice: Samples, below_db: float) -> None:
    music = tones(sounds.mixed(voice, sounds.chords(len(voice)), below_db)).music()
    assert max(span.worst or 0 for span in music) > 40
    assert tones(sounds.mixed(voice, sounds.white(len(voice)), below_db)).music()[0].worst == pytest.approx(0, abs=10)


@pytest.mark.parametrize("hertz", [50.0, 60.0])
def test_hum_is_the_mains_and_no_music(voice: Samples, hertz: float) -> None:
    meter = tones(sounds.mixed(voice, sounds.mains(len(voice), hertz), 25))
    assert meter.hum_db() > 12
    assert max(span.worst or 0 for span in meter.music()) < 15


@pytest.mark.parametrize("length_s", [0.06, 0.2])
def test_holes_are_found_where_they_are(voice: Samples, length_s: float) -> None:
    holed = sounds.with_holes(voice, length_s)
    meter = DropoutMeter()
    for part in segments([holed], SEGMENT):
        meter.feed(part[: len(part) // 80 * 80])
    holes = meter.dropouts()
    assert 4 <= len(holes) <= 6
    for hole in holes:
        assert hole.worst == pytest.approx(1000 * length_s, abs=15)
        middle = round((hole.start_s + hole.end_s) / 2 * RATE)
        assert holed[middle] == 0
        assert voice[middle] != 0


def test_a_second_voice_is_told_by_its_sound(voice: Samples, tmp_path: Path) -> None:
    """The same voice, played faster by half, is a smaller person's."""
    at = np.arange(0, len(voice) - 1, 1.5)
    higher = np.interp(at, np.arange(len(voice)), voice).astype(np.float32)[: 6 * RATE]
    turn_s = 8.0, 8.0 + len(higher) / RATE
    sound = heard(tmp_path, np.concatenate([voice[: 8 * RATE], higher, voice[8 * RATE :]]))
    strange = [span for span in sound.voices if (span.worst or 0) < 0.6]
    assert strange
    assert all(span.start_s > turn_s[0] - 1.7 and span.end_s < turn_s[1] + 1.7 for span in strange)


def test_channels_that_cancel_and_channels_that_are_dead(voice: Samples, tmp_path: Path) -> None:
    part = voice[: 4 * RATE]
    upside_down = heard(tmp_path, np.stack([part, -0.9 * part]))
    assert upside_down.correlation == pytest.approx(-1, abs=0.01)
    assert upside_down.dead_channel_db == pytest.approx(0.9, abs=0.1)
    one = heard(tmp_path, np.stack([part, 0 * part]))
    assert one.dead_channel_db > 60
    assert one.correlation == 1.0


def test_clipping_behind_a_gap_is_dated_rightly() -> None:
    meter = ChannelMeter()
    rng = np.random.default_rng(5)
    voice = np.clip(3 * rng.normal(0, 0.3, (1, 2 * 16_000)), -0.9, 0.9).astype(np.float32)
    quiet = rng.normal(0, 0.01, (1, 2 * 16_000)).astype(np.float32)
    meter(0.0, 16_000, quiet)
    meter(62.0, 16_000, voice)
    spans = meter.clipped()
    assert spans
    assert min(span.start_s for span in spans) >= 61.9
