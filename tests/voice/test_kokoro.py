"""The further stock voices: phone times against the sound, loudness, determinism, and what happens without weights."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from countenance.people.models import KOKORO, weight_bytes
from countenance.settings import Settings
from countenance.voice import hibari, kokoro
from countenance.voice.speech import PAUSE, Phone, Speech

TEXT = "Sasha sees six copper pots. Bob put a big pepper above the cabin!"
VOWELS = set("AIOWYaiuæɑɔɛɜɪʊʌəᵊᵻ")


@pytest.fixture(scope="module")
def settings() -> Settings:
    return Settings(threads=1)


@pytest.fixture(scope="module")
def speech(settings: Settings) -> Speech:
    return kokoro.VOICES[0].speak(TEXT, settings)


def test_phones_cover_the_sound_and_are_those_of_the_stock_voice(speech: Speech, settings: Settings) -> None:
    assert speech.phones[0].start_s == 0.0
    assert speech.phones[-1].end_s == pytest.approx(speech.duration_s, abs=1e-6)
    for one, other in pairwise(speech.phones):
        assert one.end_s == pytest.approx(other.start_s, abs=1e-9)
        assert one.end_s > one.start_s
    stock = hibari.speak(TEXT, settings)
    assert [(p.symbol, p.stress) for p in speech.phones] == [(p.symbol, p.stress) for p in stock.phones]


def test_it_is_as_loud_as_the_stock_voice(speech: Speech, settings: Settings) -> None:
    stock = hibari.speak(TEXT, settings)
    assert abs(_loudness_db(speech, 0, 99) - _loudness_db(stock, 0, 99)) < 2
    assert np.abs(speech.samples).max() < 0.99


def test_pauses_are_quiet_and_of_a_length_to_breathe_in(speech: Speech) -> None:
    inside = [p for p in speech.phones[1:-1] if p.symbol == PAUSE]
    vowels = [_loudness_db(speech, p.start_s, p.end_s) for p in speech.phones if p.stress == 2]
    assert all(0.3 < p.end_s - p.start_s < 1.5 for p in inside)
    assert max(_loudness_db(speech, p.start_s + 0.03, p.end_s - 0.03) for p in inside) < np.median(vowels) - 30


def test_stops_are_closures(speech: Speech) -> None:
    """A p or b between two vowels is quieter as given than the same span moved by 40 ms."""
    stops = [
        stop
        for before, stop, after in zip(speech.phones, speech.phones[1:], speech.phones[2:], strict=False)
        if stop.symbol in "pb" and {before.symbol, after.symbol} <= VOWELS
    ]
    assert len(stops) >= 4
    here, early, late = (
        np.mean([_loudness_db(speech, p.start_s + s, p.end_s + s) for p in stops]) for s in (0.0, -0.04, 0.04)
    )
    assert here < early - 6
    assert here < late - 6


def test_sibilants_hiss_within_their_spans(speech: Speech) -> None:
    spans = [p for p in speech.phones if p.symbol in "szʃʧ"]
    here, early, late = (np.mean([_hiss(speech, p, shift) for p in spans]) for shift in (0.0, -0.04, 0.04))
    assert here > early
    assert here > late


def test_same_text_same_sound(settings: Settings) -> None:
    one, other = (kokoro.VOICES[0].speak("No.", settings) for _ in range(2))
    assert np.array_equal(one.samples, other.samples)
    assert one.phones == other.phones
    assert one.samples.dtype == np.float32
    assert one.sample_rate == 24_000


def test_the_network_is_put_together_once_and_kept(settings: Settings) -> None:
    assert kokoro._session(settings) is kokoro._session(Settings(threads=1))
    assert len(weight_bytes(KOKORO, settings)) == 92_361_271


def _samples(speech: Speech, start_s: float, end_s: float) -> np.ndarray:
    return speech.samples[round(max(start_s, 0.0) * speech.sample_rate) : round(end_s * speech.sample_rate)]


def _loudness_db(speech: Speech, start_s: float, end_s: float) -> float:
    return float(10 * np.log10(np.mean(np.square(_samples(speech, start_s, end_s))) + 1e-10))


def _hiss(speech: Speech, phone: Phone, shift_s: float) -> float:
    samples = _samples(speech, phone.start_s + shift_s, phone.end_s + shift_s)
    power = np.square(np.abs(np.fft.rfft(samples)))
    high = np.fft.rfftfreq(len(samples), 1 / speech.sample_rate) > 4000
    return float(power[high].sum() / (power.sum() + 1e-9))
