"""What is said of a sound, by what was measured of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import made_sounds as sounds
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.errors import Finding, Severity, Span
from countenance.footage import sound_rules as rules
from countenance.footage.judge_sound import sound_findings
from countenance.footage.listen import Sound, listen
from countenance.footage.timeline import Timeline
from countenance.media.probe import AudioStream, MediaInfo
from countenance.media.read import audio
from countenance.settings import Settings

SETTINGS = Settings(threads=1)
WHOLE = (Span(0, 90),)
GOOD = Sound(
    speech=(Span(1, 40), Span(41, 89)),
    loudest=0.5,
    speech_lufs=-23.0,
    noise_lufs=-60.0,
    levels=tuple(Span(2.0 * i, 2.0 * i + 2, -23.0 + i % 3) for i in range(40)),
    pauses=(Span(0, 1, -60.0), Span(40, 41, -58.0)),
    decay_s=0.15,
    hum_db=2.0,
    music=(Span(0, 4, 3.0), Span(2, 6, 0.0)),
    voices=tuple(Span(1.6 * i, 1.6 * i + 1.6, 0.85) for i in range(50)),
)


def judged(sound: Sound | None, usable: tuple[Span, ...] = WHOLE) -> dict[str, Finding]:
    media = MediaInfo(Path("me.mp4"), "mov,mp4", 1, 90.0, None, AudioStream("aac", 48_000, 2, None))
    findings = list(sound_findings(media, Timeline((), sound=sound), usable))
    assert len({finding.rule.id for finding in findings}) == len(findings)
    return {finding.rule.id: finding for finding in findings}


def changed(**values: Any) -> dict[str, Finding]:
    return judged(replace(GOOD, **values))


def test_a_good_sound_breaks_no_rule() -> None:
    assert judged(GOOD) == {}
    assert judged(Sound((Span(0, 90),), 0.5)) == {}


def test_no_sound_and_silence() -> None:
    assert list(judged(None)) == ["media.no_audio"]
    assert list(judged(Sound((), 0.0))) == ["footage.silent"]
    assert list(judged(Sound((), 0.5))) == ["footage.no_speech"]


def test_speech_counts_where_a_face_is_seen() -> None:
    assert judged(GOOD, (Span(0, 5),))["footage.too_little_speech"].measured == pytest.approx(4)
    assert judged(GOOD, (Span(0, 30),))["footage.little_speech"].measured == pytest.approx(29)


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        (rules.QUIET, {"speech_lufs": -41.0, "noise_lufs": -90.0}),
        (rules.NOISY, {"noise_lufs": -30.0}),
        (rules.HUM, {"hum_db": 15.0}),
        (rules.MUSIC, {"music": (Span(0, 4, 80.0),)}),
        (rules.REVERBERATION, {"decay_s": 0.4}),
        (rules.CLIPPING, {"clipped": tuple(Span(10 + i / 8, 10 + (i + 1) / 8, 9.0) for i in range(60))}),
        (rules.DROPOUTS, {"dropouts": tuple(Span(i, i + 0.1, 100.0) for i in range(5))}),
        (rules.SECOND_VOICE, {"voices": (*GOOD.voices[:10], Span(20, 22, 0.3), Span(22, 24, 0.4))}),
        (rules.LEVEL_CHANGES, {"levels": (*GOOD.levels, Span(82, 84, -40.0))}),
        (rules.ONE_CHANNEL, {"dead_channel_db": 60.0}),
        (rules.OUT_OF_PHASE, {"correlation": -0.9}),
    ],
)
def test_each_fault_is_one_finding_and_no_error(rule: Any, values: dict[str, Any]) -> None:
    found = changed(**values)
    assert list(found) == [rule.id]
    assert found[rule.id].severity is not Severity.ERROR
    assert rule.title in found[rule.id].message()


def test_words_missed_in_a_very_quiet_voice_are_not_called_noise() -> None:
    assert list(changed(speech_lufs=-60.0, noise_lufs=-68.0)) == ["footage.quiet"]


def test_stretches_have_time_codes_and_their_worst_value() -> None:
    music = changed(music=(Span(10, 14, 60.0), Span(12, 16, 90.0), Span(30, 34, 50.0)))["footage.music"]
    assert music.spans == (Span(10, 16), Span(30, 34))
    assert [span.worst for span in music.spans] == [90.0, 50.0]
    assert music.measured == 90.0
    voice = changed(voices=(*GOOD.voices[:10], Span(20, 22, 0.2), Span(22, 24, 0.4)))["footage.second_voice"]
    assert [(span.start_s, span.end_s, span.worst) for span in voice.spans] == [(20, 24, 0.2)]
    level = changed(levels=(*GOOD.levels, Span(82, 84, -40.0), Span(84, 86, -36.0)))["footage.level_changes"]
    assert [span.worst for span in level.spans] == [-18.0]


def test_one_odd_stretch_is_no_second_voice() -> None:
    assert changed(voices=(*GOOD.voices, Span(82, 84, 0.55))) == {}
    assert "footage.second_voice" in changed(voices=(*GOOD.voices, Span(82, 84, 0.4)))


def test_in_loud_noise_a_room_cannot_be_heard() -> None:
    """Noise hides how speech dies away, which then looks like an echo."""
    assert "footage.reverberation" not in changed(noise_lufs=-28.0, decay_s=0.4)
    assert "footage.reverberation" not in changed(speech=(), speech_lufs=None, noise_lufs=None, decay_s=0.4)


@given(st.floats(-90, 0), st.floats(-120, 0), st.floats(0, 2), st.floats(-5, 80), st.floats(-1, 1))
def test_anything_that_can_be_measured_can_be_said(
    speech: float, noise: float, decay: float, hum: float, correlation: float
) -> None:
    found = changed(speech_lufs=speech, noise_lufs=noise, decay_s=decay, hum_db=hum, correlation=correlation)
    assert ("footage.quiet" in found) == (speech < -40)
    for finding in found.values():
        assert finding.message()


def test_every_rule_says_how_it_is_measured() -> None:
    assert all(rule.how and rule.title.endswith(".") and rule.remedy.endswith(".") for rule in rules.RULES)


def heard(folder: Path, samples: sounds.Samples) -> set[str]:
    sound = listen(sounds.write(folder / "sound.wav", samples), SETTINGS)
    return set(judged(sound, (Span(0, 1000),))) - {"footage.little_speech"}


@pytest.mark.real_data
def test_real_recordings_break_no_rule_but_that_of_length(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "speech" / "librispeech"
    for reader in ("1998", "3080"):
        clips = [audio(path) for path in sorted(folder.glob(f"{reader}-*.flac"))]
        assert heard(tmp_path, np.concatenate(clips)[: 20 * 16_000]) == set()
    for path in sorted((shared_data / "talking").glob("*man_sofa*.mp4")):
        assert heard(tmp_path, audio(path)) == set()


@pytest.mark.real_data
def test_real_noise_and_another_reader_are_found(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "speech"
    man = np.concatenate([audio(path) for path in sorted((folder / "librivox").glob("*.wav"))])[: 16 * 16_000]
    reader = audio(folder / "librispeech" / "1998-15444-0000.flac")[: 5 * 16_000]
    assert heard(tmp_path, np.concatenate([man, reader])) == {"footage.second_voice"}
    noise = audio(folder / "noise" / "noise3.wav")
    assert "footage.noisy" in heard(tmp_path, sounds.mixed(man, noise, 3))
