"""The stock voice: what it says, and that its phone times are those of the sound."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from countenance.errors import CountenanceError
from countenance.settings import Settings
from countenance.voice.errors import CANNOT_BE_SPOKEN, NOTHING_TO_SAY, SCRIPT_TOO_LONG
from countenance.voice.hibari import speak
from countenance.voice.speech import PAUSE, WORD_GAP, Phone, Speech

TEXT = (
    "The sea was calm as Sasha sailed past six small islands. Bob put a big paper bag above the cabin door, because "
    "people keep losing maps. Pepper and apple pie are popular in September! My mother makes lemon muffins."
)


@pytest.fixture(scope="module")
def settings() -> Settings:
    return Settings(threads=1)


@pytest.fixture(scope="module")
def speech(settings: Settings) -> Speech:
    return speak(TEXT, settings)


def test_phones_cover_the_sound_without_gap_or_overlap(speech: Speech) -> None:
    assert speech.phones[0].start_s == 0.0
    assert speech.phones[-1].end_s == pytest.approx(speech.duration_s, abs=1e-6)
    assert sum(p.end_s - p.start_s for p in speech.phones) == pytest.approx(speech.duration_s, abs=1e-6)
    for one, other in pairwise(speech.phones):
        assert one.end_s == pytest.approx(other.start_s, abs=1e-9)
        assert one.end_s > one.start_s


def test_words_are_the_phones_of_the_text(speech: Speech) -> None:
    heard = "".join(p.symbol for p in speech.phones)
    assert "bɑb" in heard
    assert "mʌfᵊnz" in heard
    assert PAUSE + PAUSE not in heard
    assert heard.startswith(PAUSE)
    assert heard.endswith(PAUSE)


def test_stress_is_on_vowels(speech: Speech) -> None:
    stressed = {p.symbol for p in speech.phones if p.stress}
    assert stressed
    assert stressed <= set("AIOWYaiuæɑɔɛɜɪʊʌəɚᵻ")


def test_pauses_are_quiet(speech: Speech) -> None:
    inside = [_loudness_db(speech, p.start_s + 0.03, p.end_s - 0.03) for p in speech.phones if p.symbol == PAUSE]
    vowels = [_loudness_db(speech, p.start_s, p.end_s) for p in speech.phones if p.stress == 2]
    assert np.median(inside) < np.median(vowels) - 30


def test_stops_are_closures(speech: Speech) -> None:
    """A p or b between two vowels has a dip in loudness inside its own span or at its edge."""
    vowels = set("AIOWYaiuæɑɔɛɜɪʊʌəɚᵻᵊ")
    dips = []
    for before, stop, after in zip(speech.phones, speech.phones[1:], speech.phones[2:], strict=False):
        if stop.symbol in "pb" and before.symbol in vowels and after.symbol in vowels:
            dips.append(_quietest_db(speech, stop) - _loudness_db(speech, after.start_s, after.end_s))
    assert len(dips) >= 4
    assert np.median(dips) < -10


def test_sibilants_hiss_within_their_spans(speech: Speech) -> None:
    """The hiss of s and its like is stronger in the span as given than in the same span moved by 40 ms."""
    spans = [p for p in speech.phones if p.symbol in "szʃʧ"]
    here, early, late = (np.mean([_hiss(speech, p, shift) for p in spans]) for shift in (0.0, -0.04, 0.04))
    assert here > early
    assert here > late


def test_same_text_same_sound(settings: Settings) -> None:
    one, other = speak("Hello there.", settings), speak("Hello there.", settings)
    assert np.array_equal(one.samples, other.samples)
    assert one.samples.dtype == np.float32
    assert one.sample_rate == 24_000


def test_a_sentence_without_end_is_split(settings: Settings) -> None:
    speech = speak("and so on " * 120, settings)
    assert speech.duration_s > 30


@pytest.mark.parametrize("text", ["", "  \n ", "...", "?! —"])
def test_nothing_to_say(text: str, settings: Settings) -> None:
    with pytest.raises(CountenanceError) as caught:
        speak(text, settings)
    assert caught.value.finding.rule is NOTHING_TO_SAY


@pytest.mark.parametrize(("text", "culprit"), [("Hello 世界", "世"), ("Nice \N{GRINNING FACE}", "\N{GRINNING FACE}")])
def test_foreign_characters_are_named(text: str, culprit: str, settings: Settings) -> None:
    with pytest.raises(CountenanceError, match=culprit) as caught:
        speak(text, settings)
    assert caught.value.finding.rule is CANNOT_BE_SPOKEN


def test_too_long(settings: Settings) -> None:
    with pytest.raises(CountenanceError) as caught:
        speak("word " * 5000, settings)
    assert caught.value.finding.rule is SCRIPT_TOO_LONG
    assert caught.value.finding.measured == 25_000


def test_accents_and_money_are_spoken(settings: Settings) -> None:
    speech = speak("Zoë paid €20 & a naïve 5% at the café.", settings)
    assert {p.symbol for p in speech.phones} > {PAUSE, WORD_GAP}


def _samples(speech: Speech, start_s: float, end_s: float) -> np.ndarray:
    return speech.samples[round(max(start_s, 0.0) * speech.sample_rate) : round(end_s * speech.sample_rate)]


def _loudness_db(speech: Speech, start_s: float, end_s: float) -> float:
    return float(10 * np.log10(np.mean(np.square(_samples(speech, start_s, end_s))) + 1e-10))


def _quietest_db(speech: Speech, phone: Phone) -> float:
    starts = np.arange(phone.start_s - 0.02, phone.end_s + 0.01, 0.005)
    return min(_loudness_db(speech, s, s + 0.01) for s in starts)


def _hiss(speech: Speech, phone: Phone, shift_s: float) -> float:
    samples = _samples(speech, phone.start_s + shift_s, phone.end_s + shift_s)
    power = np.square(np.abs(np.fft.rfft(samples)))
    high = np.fft.rfftfreq(len(samples), 1 / speech.sample_rate) > 4000
    return float(power[high].sum() / (power.sum() + 1e-9))
