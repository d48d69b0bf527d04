"""Phones of recordings: where they are, and that there are none where nothing can be told."""

from __future__ import annotations

import subprocess
import sys
from difflib import SequenceMatcher
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from countenance.media.sound import resampled
from countenance.people.speech import Transcript, Word
from countenance.settings import Settings
from countenance.voice import alignment
from countenance.voice.alignment import align, phones_heard
from countenance.voice.hibari import speak
from countenance.voice.speech import PAUSE, WORD_GAP, Phone

TEXT = (
    "The big brown map was lost by Paul, who bought a purple book for $20 from my mother. "
    "Maybe five people move from above the valley before Monday."
)
LIPS = "pbm"


@pytest.fixture(scope="module")
def spoken() -> tuple[NDArray[np.float32], tuple[Phone, ...]]:
    speech = speak(TEXT, Settings(threads=1))
    return resampled(speech.samples, speech.sample_rate, 16_000), speech.phones


@pytest.fixture(scope="module")
def heard(spoken: tuple[NDArray[np.float32], tuple[Phone, ...]]) -> tuple[Phone, ...]:
    return phones_heard(spoken[0], Settings(threads=1))


def test_phones_follow_each_other_to_the_end(
    spoken: tuple[NDArray[np.float32], tuple[Phone, ...]], heard: tuple[Phone, ...]
) -> None:
    assert heard[0].start_s == 0.0
    assert heard[-1].end_s == pytest.approx(len(spoken[0]) / 16_000)
    assert all(a.end_s == pytest.approx(b.start_s) for a, b in pairwise(heard))


def test_sounds_are_found_where_the_voice_made_them(
    spoken: tuple[NDArray[np.float32], tuple[Phone, ...]], heard: tuple[Phone, ...]
) -> None:
    """The voice knows its own times to 25 ms."""
    made = [phone for phone in spoken[1] if phone.symbol in LIPS]
    found = [phone for phone in heard if phone.symbol in LIPS]
    assert [phone.symbol for phone in found] == [phone.symbol for phone in made]
    errors = np.array([abs(a.start_s - b.start_s) for a, b in zip(found, made, strict=True)])
    assert np.median(errors) < 0.025
    assert np.quantile(errors, 0.9) < 0.05


def test_most_phones_are_those_that_were_spoken(
    spoken: tuple[NDArray[np.float32], tuple[Phone, ...]], heard: tuple[Phone, ...]
) -> None:
    consonants = "bdfɡhklmnŋpstvzʃʧʤθðɹwj"
    made = "".join(phone.symbol for phone in spoken[1] if phone.symbol in consonants)
    found = "".join(phone.symbol for phone in heard if phone.symbol in consonants)
    assert SequenceMatcher(None, made, found).ratio() > 0.9


def test_the_same_sound_has_the_same_phones(spoken: tuple[NDArray[np.float32], tuple[Phone, ...]]) -> None:
    words = (Word("The", 0.26, 0.45, 1.0), Word("big", 0.45, 0.65, 1.0), Word("brown", 0.65, 1.0, 1.0))
    part = spoken[0][:16_000]
    once, again = (align(part, words, Settings(threads=1)) for _ in range(2))
    assert once == again != ()


def test_what_is_not_english_speech_has_no_phones(spoken: tuple[NDArray[np.float32], tuple[Phone, ...]]) -> None:
    backwards = np.ascontiguousarray(spoken[0][::-1])
    noise = np.random.default_rng(0).normal(0, 0.1, 48_000).astype(np.float32)
    for sound in (backwards, noise, np.zeros(48_000, np.float32), np.zeros(0, np.float32)):
        assert phones_heard(sound, Settings(threads=1)) == ()


def test_a_script_gives_what_was_said_where_hearing_fails(
    spoken: tuple[NDArray[np.float32], tuple[Phone, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alignment, "transcribe", lambda *_, **__: Transcript((), ""))
    found = phones_heard(spoken[0], Settings(threads=1), script=TEXT)
    made = [phone for phone in spoken[1] if phone.symbol in LIPS]
    assert [phone.symbol for phone in found if phone.symbol in LIPS] == [phone.symbol for phone in made]


def test_a_process_that_ends_or_hangs_costs_only_its_chunk(
    spoken: tuple[NDArray[np.float32], tuple[Phone, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = (Word("Maybe", 5.2, 5.5, 1.0),)
    real = subprocess.run

    def ends(command: list[str], **options: object) -> object:
        return real([sys.executable, "-c", "import os; os.abort()"], **options)  # type: ignore[call-overload]

    def hangs(command: list[str], **options: object) -> object:
        return real([sys.executable, "-c", "while True: pass"], **options)  # type: ignore[call-overload]

    monkeypatch.setattr(alignment, "_DEADLINE_S", -2.0)
    for misfortune in (ends, hangs):
        monkeypatch.setattr(subprocess, "run", misfortune)
        assert align(spoken[0][: 16_000 * 7], words, Settings(threads=1)) == ()


def test_gaps_between_words_are_no_phones(heard: tuple[Phone, ...]) -> None:
    assert WORD_GAP not in {phone.symbol for phone in heard}
    assert PAUSE in {phone.symbol for phone in heard}
