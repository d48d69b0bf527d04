"""Find a known text with gaps inside what somebody said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from countenance.consent.words import likeness

_ALIKE = 0.75
_MISSING, _EXTRA, _OTHER, _SIMILAR, _IN_GAP = 1.0, 0.5, 1.2, 0.4, 0.1


class Gap(Enum):
    """A place in the text where any words may stand."""

    NAME = "name"
    ORGANISATION = "organisation"


Expected = str | Gap


@dataclass(frozen=True, slots=True)
class Alignment:
    """Which expected words were spoken, and which spoken words belong where; all are positions in the two lists."""

    matched: frozenset[int]
    """Expected words that were said."""
    extra: tuple[tuple[int, int], ...]
    """Spoken words inside the text that do not belong there, each with the expected word that it replaces or
    precedes."""
    split: tuple[int, ...]
    """Spoken words that count only two together as one expected word."""
    gaps: dict[Gap, tuple[int, ...]]
    """Spoken words in each gap."""
    first: int
    """The first spoken word of the text."""
    stop: int
    """One after its last spoken word; equal to `first` if nothing of it was said."""


@dataclass(frozen=True, slots=True)
class _Step:
    cost: float
    expected: int
    """How many expected words this step takes."""
    spoken: int
    """How many spoken words."""
    matches: bool


def align(expected: Sequence[Expected], spoken: Sequence[str]) -> Alignment:
    """The place in `spoken` where `expected` fits best; what is said before and after it costs nothing.

    Edit distance (Needleman and Wunsch 1970) with free ends, in which similar words count as almost the same, two
    words that were heard as one (and one as two) are put together, and gaps take in any words.
    """
    table = [[0.0] * (len(spoken) + 1)]
    choice: list[list[_Step | None]] = [[None] * (len(spoken) + 1)]
    for i in range(1, len(expected) + 1):
        table.append([])
        choice.append([])
        for j in range(len(spoken) + 1):
            steps = list(_steps(expected, spoken, i, j))
            best = min(steps, key=lambda step: step.cost + table[i - step.expected][j - step.spoken])
            table[i].append(best.cost + table[i - best.expected][j - best.spoken])
            choice[i].append(best)
    stop = min(range(len(spoken) + 1), key=lambda j: (table[-1][j], j))
    return _trace(expected, choice, stop)


def _steps(expected: Sequence[Expected], spoken: Sequence[str], i: int, j: int) -> Iterator[_Step]:
    """All ways to reach the state in which `i` expected and `j` spoken words are dealt with."""
    wanted = expected[i - 1]
    yield _Step(_MISSING, 1, 0, False)
    if j == 0:
        return
    if isinstance(wanted, Gap):
        yield _Step(_IN_GAP, 1, 1, True)
        yield _Step(_IN_GAP, 0, 1, False)
        return
    if i < len(expected):
        yield _Step(_EXTRA, 0, 1, False)
    heard = spoken[j - 1]
    if wanted == heard:
        yield _Step(0.0, 1, 1, True)
    elif likeness(wanted, heard) >= _ALIKE:
        yield _Step(_SIMILAR, 1, 1, True)
    else:
        yield _Step(_OTHER, 1, 1, False)
    before = expected[i - 2] if i >= 2 else Gap.NAME
    if isinstance(before, str) and _is_both(heard, before, wanted):
        yield _Step(_SIMILAR, 2, 1, True)
    if j >= 2 and _is_both(wanted, spoken[j - 2], heard):
        yield _Step(_SIMILAR, 1, 2, True)


def _is_both(whole: str, first: str, second: str) -> bool:
    """Whether `whole` is two words in one, and not just one of them."""
    alike = likeness(first + second, whole)
    return alike >= _ALIKE and alike >= max(likeness(first, whole), likeness(second, whole))


def _trace(expected: Sequence[Expected], choice: list[list[_Step | None]], stop: int) -> Alignment:
    matched: set[int] = set()
    extra: list[tuple[int, int]] = []
    split: list[int] = []
    gaps: dict[Gap, tuple[int, ...]] = {}
    i, j = len(expected), stop
    while (step := choice[i][j]) is not None:
        wanted = expected[i - 1]
        said = tuple(range(j - step.spoken, j))
        if isinstance(wanted, Gap):
            gaps[wanted] = said + gaps.get(wanted, ())
        elif step.matches:
            matched.update(range(i - step.expected, i))
            split.extend(said if step.spoken > 1 else ())
        else:
            extra.extend((position, i - step.expected) for position in said)
        i, j = i - step.expected, j - step.spoken
    return Alignment(frozenset(matched), tuple(reversed(extra)), tuple(sorted(split)), gaps, j, stop)
