"""Words and phrases, and which of them begin at a place of a text.

Looking costs about the same whatever the words are, alike or not: all that begin in one place begin each other too, so
that one search in the sorted words finds the longest, and it knows the others.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wordlist:
    """Words to look for; none is empty."""

    words: tuple[str, ...]
    """sorted"""
    within: tuple[tuple[int, ...], ...]
    """For each word the lengths of the words that it begins with, its own last."""
    firsts: frozenset[str]
    """The characters with which they begin."""
    longest: int
    """characters"""

    def at(self, text: str, place: int) -> Iterator[str]:
        """The words that stand in the text from this place on, the longest first."""
        window = text[place : place + self.longest]
        nearest = bisect_right(self.words, window) - 1
        if nearest < 0:
            return
        word, lengths = self.words[nearest], self.within[nearest]
        count = bisect_right(lengths, _shared(word, window))
        for length in reversed(lengths[:count]):
            yield window[:length]


def wordlist(words: Iterable[str]) -> Wordlist:
    """Make a list of words, in any order."""
    ordered = tuple(sorted(set(words)))
    within: list[tuple[int, ...]] = []
    open_: list[str] = []
    for word in ordered:
        while open_ and not word.startswith(open_[-1]):
            open_.pop()
        open_.append(word)
        within.append(tuple(map(len, open_)))
    longest = max(map(len, ordered), default=0)
    return Wordlist(ordered, tuple(within), frozenset(word[0] for word in ordered), longest)


def _shared(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginning."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low
