"""Captions: two lines of 42 characters at most, split between clauses, with times that follow each other."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countenance.voice.captions import LINE, vtt_of_sentences
from countenance.voice.speech import Sentence

LONG = (
    "When the ferry had left the harbour, which took a good while that morning, the captain told us what he had seen "
    "in his forty years at sea; nobody on deck said a word."
)
TEXTS = st.lists(st.text("ab,;— -&<", min_size=1, max_size=60), min_size=1, max_size=8).map(" ".join)


def _cues(captions: str) -> list[tuple[float, float, list[str]]]:
    head, *blocks = captions.rstrip("\n").split("\n\n")
    assert head == "WEBVTT"
    cues = []
    for block in blocks:
        times, *lines = block.split("\n")
        start, end = (_seconds(stamp) for stamp in times.split(" --> "))
        cues.append((start, end, lines))
    return cues


def _seconds(stamp: str) -> float:
    assert re.fullmatch(r"\d\d:\d\d:\d\d\.\d{3}", stamp)
    hours, minutes, seconds = stamp.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def test_short_sentences_are_captions() -> None:
    captions = vtt_of_sentences(
        (Sentence("Fish & chips?", 0.21, 1.0), Sentence("Yes, <b>please</b>.", 3661.5, 3662.25))
    )
    assert captions == (
        "WEBVTT\n\n00:00:00.210 --> 00:00:01.000\nFish &amp; chips?\n\n"
        "01:01:01.500 --> 01:01:02.250\nYes, &lt;b&gt;please&lt;/b&gt;.\n"
    )


def test_nothing_said_is_a_file_without_captions() -> None:
    assert vtt_of_sentences(()) == "WEBVTT\n"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Please have your tickets ready by noon.", 1),
        ('"Please keep your tickets ready," | said the woman at the gate.', 2),
        ("He waits there, as he has always done | (or so they say), by the sea.", 2),
        ("See " + "x" * 90, 5),
    ],
)
def test_lines_are_broken_between_clauses_or_near_the_middle(text: str, lines: int) -> None:
    cues = _cues(vtt_of_sentences((Sentence(text.replace("| ", ""), 0.0, 3.0),)))
    shown = [line for _, _, part in cues for line in part]
    assert len(shown) == lines
    assert "|" not in text or shown == text.split(" | ")


def test_a_long_sentence_is_split_between_clauses() -> None:
    cues = _cues(vtt_of_sentences((Sentence(LONG, 10.0, 20.0),)))
    assert [lines for _, _, lines in cues] == [
        ["When the ferry had left the harbour,", "which took a good while that morning,"],
        ["the captain told us what he had", "seen in his forty years at sea;"],
        ["nobody on deck said a word."],
    ]
    assert (cues[0][0], cues[-1][1]) == (10.0, 20.0)
    first = cues[0][1] - cues[0][0]
    assert first == pytest.approx(10 * 74 / (74 + 63 + 27), abs=0.1)


def test_a_part_after_a_pause_begins_with_its_sound() -> None:
    resumes_s = (11.9, 13.6, 18.5)  # after each comma and the semicolon; by the characters alone it were 14.5 and 18.4
    cues = _cues(vtt_of_sentences((Sentence(LONG, 10.0, 20.0, resumes_s),)))
    assert [start for start, _, _ in cues] == [10.0, 13.6, 18.5]
    far_away = _cues(vtt_of_sentences((Sentence(LONG, 10.0, 20.0, (11.0, 19.99)),)))
    assert [start for start, _, _ in far_away] == [
        start for start, _, _ in _cues(vtt_of_sentences((Sentence(LONG, 10.0, 20.0),)))
    ]


@given(TEXTS, st.lists(st.floats(1.0, 9.0), max_size=5).map(sorted))
def test_whatever_is_said_is_shown_in_time(text: str, resumes_s: list[float]) -> None:
    cues = _cues(vtt_of_sentences((Sentence(text, 1.0, 9.0, tuple(resumes_s)),)))
    shown = "".join("".join(lines) for _, _, lines in cues)
    plain = shown.replace("&lt;", "<").replace("&amp;", "&")
    assert plain.replace(" ", "") == text.replace(" ", "")
    for start, end, lines in cues:
        assert 1.0 <= start <= end <= 9.0
        assert len(lines) <= 2
        assert all(len(line.replace("&lt;", "<").replace("&amp;", "&")) <= LINE for line in lines)
    assert all(one[1] == other[0] for one, other in pairwise(cues))
