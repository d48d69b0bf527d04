"""The personal voice: nearer to the person with every word kept, learned from what the person happens to say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from countenance.errors import CountenanceError
from countenance.people.voice import similarity, voice_embedding
from countenance.progress import Progress, StageProgress
from countenance.settings import Settings
from countenance.voice import personal_fit
from countenance.voice.hibari import speak
from countenance.voice.parallel import warped
from countenance.voice.personal import FEATURES, Filter, PersonalVoice, PersonalVoiceReport, Pitch, convert
from countenance.voice.personal_fit import fit_personal_voice, word_error_rate
from countenance.voice.sounds import KINDS, kinds
from countenance.voice.speech import PAUSE, Phone, Speech
from countenance.voice.vocoder import BANDS, RATE, analyse, bands, resampled, spread, synthesise

SAID = (
    "Good evening, and welcome to our little theatre by the sea. Tonight we are going to show you a story about a "
    "fisherman who found a box full of letters. Please switch off your phones, and enjoy the play."
)


@pytest.fixture(scope="module")
def settings() -> Settings:
    return Settings(threads=1)


@pytest.fixture(scope="module")
def speech(settings: Settings) -> Speech:
    return speak("The small boat went past the old lighthouse before noon.", settings)


@pytest.fixture(scope="module")
def person(settings: Settings) -> NDArray[np.float32]:
    """Somebody whose whole voice, pitch and vocal tract, is a fifth lower than the stock voice's, at 16 kHz."""
    lower = resampled(speak(SAID, settings).samples, 20_000, 24_000)
    return resampled(lower, RATE, 16_000)


@pytest.fixture(scope="module")
def voice(settings: Settings, person: NDArray[np.float32]) -> PersonalVoice:
    with pytest.MonkeyPatch.context() as patch:
        # Two sentences tell little of words lost, so the strongest are not tried on them.
        patch.setattr(personal_fit, "SENTENCES", personal_fit.SENTENCES[:2])
        patch.setattr(personal_fit, "STRENGTHS", (0.0, 0.7))
        seen: list[Progress] = []
        fitted = fit_personal_voice(person, 16_000, settings, progress=seen.append)
    assert fitted is not None
    assert [p.fraction for p in seen] == sorted(p.fraction for p in seen)
    assert seen[-1].fraction == 1.0
    return fitted


def test_nearer_to_the_person_with_the_words_kept(
    voice: PersonalVoice, person: NDArray[np.float32], speech: Speech, settings: Settings
) -> None:
    text = "The small boat went past the old lighthouse before noon. Thank you for your patience and your help."
    stock = speak(text, settings)
    said = convert(stock, voice, settings)
    reference = voice_embedding(person, settings)
    before, after = (
        similarity(voice_embedding(resampled(s.samples, s.sample_rate, 16_000), settings), reference)
        for s in (stock, said)
    )
    assert after > before + 0.1
    assert word_error_rate([text], resampled(said.samples, RATE, 16_000), settings) <= 0.1
    report = voice.report
    assert report.similarity_personal > report.similarity_stock + 0.1
    assert report.wer_personal <= report.wer_stock + 0.03
    assert report.strength == 0.7
    assert report.speech_s > 5


def test_where_words_are_lost_the_filter_is_weaker(
    voice: PersonalVoice, person: NDArray[np.float32], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors = iter([0.01, 0.05, 0.03])  # the stock voice's, then at strengths 0.7 and 0.5
    monkeypatch.setattr(personal_fit, "STRENGTHS", (0.5, 0.7))
    monkeypatch.setattr(personal_fit, "word_error_rate", lambda *_: next(errors))
    trials = [personal_fit._trial(sentence, settings, speak) for sentence in personal_fit.SENTENCES[:2]]
    stages = StageProgress({"test the voice": 1.0}, None)
    chosen = personal_fit._as_strong_as_words_allow(voice, person, trials, settings, stages)
    assert chosen is not None
    assert chosen.report.strength == 0.5
    assert (chosen.report.wer_stock, chosen.report.wer_personal) == (0.01, 0.03)


def test_pitch_and_tempo_are_the_persons(voice: PersonalVoice) -> None:
    assert np.exp(voice.pitch.person_mean - voice.pitch.stock_mean) == pytest.approx(1 / 1.2, abs=0.06)
    assert voice.tempo == pytest.approx(0.9, abs=1e-6)  # the slowest that is allowed


def test_phones_and_sentences_move_along_with_the_tempo(
    voice: PersonalVoice, speech: Speech, settings: Settings
) -> None:
    same = convert(speech, replace(voice, tempo=1.0), settings)
    assert len(same.samples) == len(speech.samples)
    assert (same.phones, same.sentences) == (speech.phones, speech.sentences)
    slower = convert(speech, replace(voice, tempo=0.9), settings)
    assert slower.duration_s == pytest.approx(speech.duration_s / 0.9, abs=1e-3)
    assert slower.phones[-1].end_s == pytest.approx(slower.duration_s, abs=1e-3)
    assert [p.symbol for p in slower.phones] == [p.symbol for p in speech.phones]
    (before,), (after,) = speech.sentences, slower.sentences
    assert (after.text, before.text) == ("The small boat went past the old lighthouse before noon.",) * 2
    assert (after.start_s, after.end_s) == pytest.approx((before.start_s / 0.9, before.end_s / 0.9))
    paused = replace(speech, sentences=(replace(before, resumes_s=(1.8,)),))
    assert convert(paused, replace(voice, tempo=0.9), settings).sentences[0].resumes_s == pytest.approx((2.0,))


def test_pauses_stay_quiet_and_nothing_clicks(voice: PersonalVoice, settings: Settings) -> None:
    stock = speak("One moment, please. Here it is.", settings)
    said = convert(stock, replace(voice, tempo=1.0), settings)
    pause = max((p for p in said.phones if p.symbol == PAUSE), key=lambda p: p.end_s - p.start_s)
    inside = said.samples[round((pause.start_s + 0.04) * RATE) : round((pause.end_s - 0.04) * RATE)]
    assert np.sqrt(np.mean(np.square(inside))) < 0.02 * np.abs(said.samples).max()
    assert np.abs(np.diff(said.samples)).max() < 3 * np.abs(np.diff(stock.samples)).max()
    assert np.abs(said.samples).max() <= 0.98


def test_the_same_always_sounds_the_same(voice: PersonalVoice, speech: Speech, settings: Settings) -> None:
    assert np.array_equal(convert(speech, voice, settings).samples, convert(speech, voice, settings).samples)


def test_it_is_stored_without_loss(voice: PersonalVoice, speech: Speech, settings: Settings) -> None:
    arrays = voice.to_arrays()
    assert all(values.dtype == np.float32 and np.isfinite(values).all() for values in arrays.values())
    again = PersonalVoice.from_arrays(arrays)
    assert again.report == voice.report
    assert np.array_equal(convert(speech, voice, settings).samples, convert(speech, again, settings).samples)
    with pytest.raises(ValueError, match="version"):
        PersonalVoice.from_arrays({**arrays, "filter.matrix": arrays["filter.matrix"][1:]})


@pytest.mark.parametrize("count", [0, 1, 500, 5000])
def test_silence_and_scraps_stay_finite(count: int, settings: Settings) -> None:
    said = convert(Speech(np.zeros(count, np.float32), RATE, ()), _plain(), settings)
    assert len(said.samples) == count
    assert np.isfinite(said.samples).all()


def test_other_rates_and_voices_without_phones(speech: Speech, settings: Settings) -> None:
    at_48k = Speech(resampled(speech.samples, RATE, 48_000), 48_000, ())
    said = convert(at_48k, _plain(), settings)
    assert said.sample_rate == RATE
    assert len(said.samples) == len(speech.samples)
    assert np.isfinite(said.samples).all()


@pytest.mark.parametrize("seconds", [0, 3])
def test_too_little_speech_is_said(seconds: int, person: NDArray[np.float32], settings: Settings) -> None:
    with pytest.raises(CountenanceError) as caught:
        fit_personal_voice(person[: seconds * 16_000], 16_000, settings)
    assert caught.value.finding.rule.id == "voice.too_little_to_learn"


def test_noise_teaches_nothing(settings: Settings) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 16_000 * 12).astype(np.float32)
    with pytest.raises(CountenanceError):
        fit_personal_voice(noise, 16_000, settings)


def test_the_path_finds_what_was_stretched() -> None:
    rng = np.random.default_rng(0)
    one = np.cumsum(rng.normal(size=(60, 8)), axis=0)
    where = np.concatenate([np.arange(20.0), np.arange(20.0, 40.0, 0.5), np.arange(40.0, 60.0)])
    other = np.stack([np.interp(where, np.arange(60), column) for column in one.T], axis=1)
    path, distance = warped(one, other)
    truth = np.array([np.abs(where - i).argmin() for i in range(60)])
    assert np.abs(path - truth).max() <= 2.0
    assert distance < 0.02


def test_the_vocoder_gives_back_what_was_said(speech: Speech) -> None:
    taken = analyse(speech.samples)
    again = analyse(synthesise(taken, len(speech.samples)))
    both = (taken.pitch_hz > 0) & (again.pitch_hz > 0)
    assert np.median(np.abs(np.log(taken.pitch_hz[both] / again.pitch_hz[both]))) < 0.01
    assert np.abs(bands(taken.envelope) - bands(again.envelope))[both].mean() < 0.5


def test_gains_in_bands_are_gains_of_bands(speech: Speech) -> None:
    envelope = analyse(speech.samples).envelope
    gains = np.tile(np.linspace(-1, 1, BANDS), (len(envelope), 1))
    changed = bands(envelope * np.exp(spread(gains))) - bands(envelope)
    audible = bands(envelope) > -20
    assert np.abs(changed - gains)[audible].max() < 0.1


def test_kinds_of_sounds() -> None:
    shares = kinds((Phone(PAUSE, 0.0, 0.2), Phone("s", 0.2, 0.4), Phone("i", 0.4, 0.6)), 120)
    assert shares.shape == (120, len(KINDS))
    assert shares[20].max() < 0.01
    assert KINDS[shares[60].argmax()] == "sz"
    assert KINDS[shares[100].argmax()].startswith("i")
    assert len("".join(KINDS)) == len(set("".join(KINDS)))


def _plain() -> PersonalVoice:
    """A voice that changes nothing but the pitch, by a fifth."""
    zeros = np.zeros(BANDS)
    flat = Filter(zeros, zeros - 30, zeros + 10, np.zeros((FEATURES, BANDS)), zeros, zeros + 1, np.zeros(1))
    report = PersonalVoiceReport(0.2, 0.3, 0.9, 0.0, 0.0, 1.0, 30.0)
    return PersonalVoice(flat, Pitch(5.3, 0.2, 5.1, 0.2), 1.0, report)
