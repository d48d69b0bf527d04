"""What was heard of a statement, beside what should have been spoken: which words differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from countenance.consent.words import likeness, words_of

_SAME = 0.75
"""Words as alike as this are heard as the same."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words in a row."""

    text: str
    mark: Literal["same", "missing", "other"]
    """`missing` was to be spoken and was not heard, `other` was heard and was not to be spoken"""


def compared(expected: str, heard: str) -> tuple[Piece, ...]:
    """The words that were heard, in their order, with those that are missing where they should have been."""
    wanted, said = expected.split(), heard.split()
    pieces: list[Piece] = []
    matcher = SequenceMatcher(None, [_sound(each) for each in wanted], [_sound(each) for each in said], autojunk=False)
    for change, a, b, c, d in matcher.get_opcodes():
        if change == "equal" or _are_alike(wanted[a:b], said[c:d]):
            pieces.append(Piece(" ".join(said[c:d]), "same"))
            continue
        if a < b:
            pieces.append(Piece(" ".join(wanted[a:b]), "missing"))
        if c < d:
            pieces.append(Piece(" ".join(said[c:d]), "other"))
    return _joined(pieces)


def _are_alike(wanted: Sequence[str], said: Sequence[str]) -> bool:
    """Whether it is the same in another spelling, as recognisers write names."""
    return bool(wanted and said) and likeness(" ".join(wanted), " ".join(said)) >= _SAME


def _sound(word: str) -> str:
    return "".join(words_of(word))


def _joined(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    made: list[Piece] = []
    for piece in pieces:
        if made and made[-1].mark == piece.mark:
            made[-1] = Piece(f"{made[-1].text} {piece.text}", piece.mark)
        else:
            made.append(piece)
    return tuple(made)
