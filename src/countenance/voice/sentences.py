"""The sentences of a speech as they are written, also where a dictionary of pronunciations has put in other words."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from countenance.voice.english import NOTATION
from countenance.voice.pronunciation import Piece
from countenance.voice.speech import Sentence


def as_written(sentences: Sequence[Sentence], pieces: Sequence[Piece]) -> tuple[Sentence, ...]:
    """The same sentences, each with all that is written up to the next one, and words without the sounds given for
    them. What one word of the text was made to say in several sentences is told as one.

    `sentences` are parts of what is spoken of `pieces`, in order (`starts`).
    """
    written = "".join(piece.written for piece in pieces)
    begins = starts(sentences, "".join(piece.spoken for piece in pieces))
    places = _places(begins, pieces)
    told: list[Sentence] = []
    ends = [*places[1:], len(written)] if places else []
    for sentence, begin, end in zip(sentences, places, ends, strict=True):
        text = " ".join(NOTATION.sub(r"\1", written[begin:end]).split())
        if told and not any(character.isalnum() for character in text):
            one = told.pop()
            resumes_s = (*one.resumes_s, sentence.start_s, *sentence.resumes_s)
            told.append(Sentence(one.text + text, one.start_s, sentence.end_s, resumes_s))
        else:
            told.append(replace(sentence, text=text))
    return tuple(told)


def starts(sentences: Sequence[Sentence], spoken: str) -> list[int]:
    """Where each sentence begins in a text of which they are parts, in order.

    Raises:
        ValueError: where they are not.
    """
    found: list[int] = []
    at = 0
    for sentence in sentences:
        found.append(spoken.index(sentence.text, at))
        at = found[-1] + len(sentence.text)
    return found


def _places(begins: Sequence[int], pieces: Sequence[Piece]) -> list[int]:
    """Places in what is spoken as places in what is written; inside a word that was replaced, the place after it."""
    written = [0, *accumulate(len(piece.written) for piece in pieces)]
    spoken = [0, *accumulate(len(piece.spoken) for piece in pieces)]
    places = []
    for begin in begins:
        number = bisect_right(spoken, begin) - 1
        inside = begin - spoken[number]
        is_replaced = number < len(pieces) and pieces[number].written != pieces[number].spoken
        places.append(written[number + 1] if inside and is_replaced else written[number] + inside)
    return places
