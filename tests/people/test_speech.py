"""Voice activity, transcript and features: of speech, of silence, of noise and of nothing."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from countenance.media.read import audio
from countenance.people import speech
from countenance.settings import Settings

Samples = NDArray[np.float32]


def _likeness(a: Samples, b: Samples) -> NDArray[np.float32]:
    product = (a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    return np.asarray(product, np.float32)


def _noise(seconds: float, level: float) -> Samples:
    return np.random.default_rng(0).normal(0, level, round(seconds * 16_000)).astype(np.float32)


@pytest.mark.parametrize("count", [0, 1, 160, 1600, 40_000])
@pytest.mark.parametrize("level", [0.0, 1e-4, 0.1])
def test_nothing_silence_and_noise_are_no_speech(count: int, level: float, settings: Settings) -> None:
    samples = _noise(3, level)[:count]
    assert speech.speech_spans(samples, settings) == ()
    assert speech.transcribe(samples, settings) == speech.Transcript((), "")
    features = speech.encoder_features(samples, settings)
    assert features.shape == (-(-count // 320), 384)
    assert np.isfinite(features).all()
    assert speech.log_mel(samples).shape == (-(-count // 160), 80)


def test_damaged_samples_do_not_spread(settings: Settings, spoken: Samples) -> None:
    damaged = spoken.copy()
    damaged[100:200] = np.nan
    assert len(speech.speech_spans(damaged, settings)) == len(speech.speech_spans(spoken, settings))
    assert np.isfinite(speech.log_mel(damaged)).all()
    assert np.isfinite(speech.encoder_features(damaged, settings)).all()
    assert speech.transcribe(damaged, settings).text


def test_speech_is_found_where_it_is(settings: Settings, spoken: Samples) -> None:
    spans = speech.speech_spans(spoken, settings)
    duration_s = len(spoken) / 16_000
    assert spans[0].start_s == pytest.approx(1.0, abs=0.25)
    assert spans[-1].end_s == pytest.approx(duration_s - 1.0, abs=0.3)
    assert all(a.end_s <= b.start_s for a, b in itertools.pairwise(spans))


def test_speech_is_found_in_blocks_of_any_length(settings: Settings, spoken: Samples) -> None:
    whole = speech.speech_probabilities(spoken, settings)
    assert len(whole) == -(-len(spoken) // speech.VAD_CHUNK)
    for length in (100, 1024, 4999):
        detector = speech.SpeechDetector(settings)
        parts = [detector.feed(spoken[start : start + length]) for start in range(0, len(spoken), length)]
        assert np.concatenate([*parts, detector.rest()]) == pytest.approx(whole, abs=1e-4)
    assert speech.spans_of(whole, len(spoken) / 16_000) == speech.speech_spans(spoken, settings)


def test_transcript_has_the_words_with_their_times(settings: Settings, spoken: Samples) -> None:
    told: list[float] = []
    heard = speech.transcribe(spoken, settings, progress=told.append)
    assert told
    assert told == sorted(told)
    assert 0.0 < told[-1] <= 1.0
    words = [word.text.strip(".,").lower() for word in heard.words]
    for word in ("lighthouse", "keeper", "slowly", "breakfast"):
        assert word in words
    assert all(0 <= word.probability <= 1 for word in heard.words)
    starts = [word.start_s for word in heard.words]
    assert starts == sorted(starts)
    assert starts[0] > 0.8
    assert heard.words[-1].end_s < len(spoken) / 16_000 - 0.6


def test_log_mel_follows_loudness_in_time(spoken: Samples) -> None:
    mel = speech.log_mel(spoken)
    assert mel[:80].mean() + 0.5 < mel[120:250].mean()
    assert mel.max() - mel.min() <= 2.0 + 1e-5


def test_features_do_not_depend_on_where_a_sound_stands(settings: Settings, spoken: Samples) -> None:
    """No seam and no drift: the same sound gives the same features early or late, alone or in a long recording."""
    alone = speech.encoder_features(spoken, settings)[50:-50]
    for lead_s in (7.0, 31.3):
        inside = np.concatenate([_noise(lead_s, 0.001), spoken, _noise(6, 0.001)])
        start = round(lead_s * 50)
        later = speech.encoder_features(inside, settings)[start + 50 : start + 50 + len(alone)]
        assert np.quantile(_likeness(alone, later), 0.05) > 0.9


def test_a_cut_recording_keeps_its_features(settings: Settings, spoken: Samples) -> None:
    whole = speech.encoder_features(spoken, settings)
    cut = speech.encoder_features(spoken[320 * 25 :], settings)
    assert _likeness(whole[25 + 110 : -110], cut[110:-110]).min() > 0.95


@pytest.mark.real_data
def test_a_real_reading_is_understood(shared_data: Path, settings: Settings) -> None:
    folder = shared_data / "speech/librivox"
    sound = folder / "sense_and_sensibility_01_austen_64kb-0870.wav"
    said = sound.with_suffix(".txt").read_text(encoding="utf-8").lower().split()
    heard = speech.transcribe(audio(sound), settings).text.lower().replace(",", "").replace(".", "").split()
    assert len(set(said) & set(heard)) >= 0.85 * len(set(said))


@pytest.mark.real_data
@pytest.mark.parametrize(
    "name",
    ["speech/noise/noise2.wav", "speech/noise/noise3.wav", "defects/webcam_no_speech_8s_720p.mp4"],
)
def test_real_noise_is_no_speech(name: str, shared_data: Path, settings: Settings) -> None:
    assert speech.transcribe(audio(shared_data / name), settings).text == ""


@pytest.mark.real_data
def test_phrases_imagined_in_music_are_dropped(shared_data: Path, settings: Settings) -> None:
    samples = audio(shared_data / "defects/cartoon_animals_51audio_5s.mp4")
    assert speech.transcribe(samples, settings).text == ""


@pytest.mark.real_data
def test_spans_agree_with_the_word_times_of_the_corpus(shared_data: Path, settings: Settings) -> None:
    errors = []
    for path in sorted((shared_data / "grid/s1").glob("*.mpg"))[:10]:
        rows = [line.split() for line in path.with_suffix(".align").read_text().splitlines() if line.strip()]
        words = [(int(start) / 25_000, int(end) / 25_000) for start, end, word in rows if word not in {"sil", "sp"}]
        spans = speech.speech_spans(audio(path), settings)
        errors.append((spans[0].start_s - words[0][0], spans[-1].end_s - words[-1][1]))
    start, end = np.abs(np.median(errors, axis=0))
    assert start < 0.2  # the corpus marks a word's start about 0.1 s before it is heard
    assert end < 0.1
