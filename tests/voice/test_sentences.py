"""What a voice says when: sentence by sentence, as they are written."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from countenance.settings import Settings
from countenance.voice import hibari
from countenance.voice.catalogue import speak
from countenance.voice.english import read
from countenance.voice.pronunciation import Dictionary, Piece, parse
from countenance.voice.sentences import as_written
from countenance.voice.speech import PAUSE, Sentence, Speech

SETTINGS = Settings(threads=1)
TEXT = 'Dr. Ada Lo said: "Come in." Was it [Kyiv](/kˈijɪv/)\'s\nbest café?\n\n...\nNo!'
WRITTEN = ['Dr. Ada Lo said: "Come in."', "Was it Kyiv's", "best café? ...", "No!"]
"""A line break ends a sentence, behind a short line."""


def _dictionary(*rules: tuple[str, str, str]) -> Dictionary:
    return parse({"name": "d", "rules": [dict(zip(("text", "pronunciation", "type"), r, strict=True)) for r in rules]})


@pytest.fixture(scope="module")
def speech() -> Speech:
    return speak(TEXT, SETTINGS)


def test_sentences_are_told_as_they_are_written(speech: Speech) -> None:
    assert [sentence.text for sentence in speech.sentences] == WRITTEN


def test_their_times_are_those_of_their_sounds(speech: Speech) -> None:
    """Between them there are pauses, and every sound is in one of them."""
    spans = [(each.start_s, each.end_s) for each in speech.sentences]
    for phone in speech.phones:
        inside = any(start - 1e-9 <= phone.start_s and phone.end_s <= end + 1e-9 for start, end in spans)
        assert inside or phone.symbol == PAUSE, phone
    loud = [float(np.abs(_cut(speech, *span)).max()) for span in spans]
    between = zip([0.0, *(end for _, end in spans)], [*(start for start, _ in spans), speech.duration_s], strict=True)
    quiet = [
        float(np.sqrt(np.mean(_cut(speech, start, end - 0.06) ** 2))) for start, end in between if end - start > 0.2
    ]
    assert min(loud) > 0.1
    assert len(quiet) >= 4
    assert max(quiet) < 0.01


def test_it_is_told_when_they_go_on_after_a_pause() -> None:
    said = speak("One moment, please; the boat is late.", SETTINGS)
    (sentence,) = said.sentences
    assert len(sentence.resumes_s) == 2
    for resumes_s in sentence.resumes_s:
        (before,) = (phone for phone in said.phones if phone.end_s == resumes_s)
        assert before.symbol == PAUSE
        assert float(np.abs(_cut(said, resumes_s, resumes_s + 0.1)).max()) > 0.1


def _cut(speech: Speech, start_s: float, end_s: float) -> Any:
    return speech.samples[round(start_s * speech.sample_rate) : round(end_s * speech.sample_rate)]


def test_they_are_not_told_as_a_dictionary_respells_them(speech: Speech) -> None:
    dictionary = _dictionary(
        ("Ada Lo", "Eve. Or Adam", "alias"), ("café", "kæˈfeɪ", "ipa"), ("No", "Not. At all", "alias")
    )
    told = speak(TEXT, SETTINGS, pronunciations=dictionary).sentences
    assert [sentence.text for sentence in told] == [*(["Dr. Ada Lo", 'said: "Come in."']), *WRITTEN[1:]]
    assert told[-1].end_s - told[-1].start_s > 2 * (speech.sentences[-1].end_s - speech.sentences[-1].start_s)


@pytest.mark.parametrize(
    ("spoken", "told"),
    [
        (("One two.", "Three."), ["One 2.", "III."]),
        (("One two.", " Three."), ["One 2.", "III."]),
        (("two.",), ["2. III."]),
        (("Three",), ["III."]),
        ((), []),
    ],
)
def test_what_is_spoken_is_found_in_what_is_written(spoken: tuple[str, ...], told: list[str]) -> None:
    pieces = [Piece("One ", "One "), Piece("2", "two"), Piece(". ", ". "), Piece("III", "Three"), Piece(".", ".")]
    sentences = [Sentence(text, float(at), at + 0.5) for at, text in enumerate(spoken)]
    found = as_written(sentences, pieces)
    assert [sentence.text for sentence in found] == told
    assert [(each.start_s, each.end_s) for each in found] == [(each.start_s, each.end_s) for each in sentences]


def test_two_that_are_one_as_written_pause_between_them() -> None:
    pieces = [Piece("3:15", "Three. Fifteen"), Piece(".", ".")]
    spoken = [Sentence("Three.", 0.0, 1.0, (0.4,)), Sentence("Fifteen.", 1.5, 3.0, (2.0,))]
    assert as_written(spoken, pieces) == (Sentence("3:15.", 0.0, 3.0, (0.4, 1.5, 2.0)),)


def test_a_sentence_that_is_read_in_parts_is_one() -> None:
    text = "and so on " * 60
    assert len(read(text)[0].utterances) > 1
    told = hibari.speak(text, SETTINGS)
    assert [sentence.text for sentence in told.sentences] == [text.strip()]
    assert told.duration_s - 1 < told.sentences[0].end_s < told.duration_s
