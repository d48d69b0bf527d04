"""What is said and when, as captions for players (WebVTT, https://www.w3.org/TR/webvtt1/)."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from countenance.voice.speech import Sentence

LINE = 42
"""Characters of a line, as captions are usually set; a caption has two at most."""
MOST_CHARACTERS = 2 * LINE
LONGEST_S = 6.0
PAUSE_S = 0.7
"""After such a pause between words another caption begins."""
_ENDS = (".", "!", "?", "…")
_CLAUSE_END = re.compile(r"""((?<=[,;:—–…)])|(?<=[,;:—–…)]["'”’]))\s+|\s+(?=[—–(])""")
_CLAUSE_ENDS = tuple(f"{sign}{quote}" for sign in ",;:—–…)" for quote in ("", *"\"'”’"))
_PAUSE_NEAR_S = 1.5
_SPACE = re.compile(r"\s+")
_NEAR = 0.2
"""Of a text's length: so near to its middle a clause may end where the text is split, so that no part only flashes."""


@dataclass(frozen=True, slots=True)
class _Cue:
    text: str
    start_s: float
    end_s: float


def vtt_of_words(words: Sequence[Mapping[str, Any]]) -> str:
    """A caption file; `words` have `text`, `start_s` and `end_s`, in their order."""
    cues = (
        _Cue(" ".join(str(word["text"]).strip() for word in cue), cue[0]["start_s"], cue[-1]["end_s"])
        for cue in _together(words)
    )
    return _written(cues)


def vtt_of_sentences(sentences: Sequence[Sentence]) -> str:
    """A caption file. A sentence that does not fit in one caption is split, between clauses where it can be: there the
    next part begins with the sound after the pause nearest to the share of the time that the part before has of the
    characters, elsewhere with that share."""
    return _written(cue for sentence in sentences for cue in _shared_out(sentence))


def _written(cues: Iterable[_Cue]) -> str:
    blocks = (
        f"{_stamp(cue.start_s)} --> {_stamp(cue.end_s)}\n{html.escape(_in_lines(cue.text), quote=False)}"
        for cue in cues
    )
    return "\n\n".join(["WEBVTT", *blocks]) + "\n"


def _together(words: Sequence[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    """The words of each caption."""
    cue: list[Mapping[str, Any]] = []
    for word in words:
        if cue and _is_over(cue, word):
            yield cue
            cue = []
        cue.append(word)
    if cue:
        yield cue


def _is_over(cue: Sequence[Mapping[str, Any]], word: Mapping[str, Any]) -> bool:
    """Whether this word stands in another caption."""
    last = cue[-1]
    length = sum(len(str(each["text"]).strip()) + 1 for each in (*cue, word)) - 1
    return (
        str(last["text"]).strip().endswith(_ENDS)
        or word["start_s"] - last["end_s"] >= PAUSE_S
        or word["end_s"] - cue[0]["start_s"] > LONGEST_S
        or length > MOST_CHARACTERS
    )


def _shared_out(sentence: Sentence) -> Iterator[_Cue]:
    parts = _parts(" ".join(sentence.text.split()))
    start_s = sentence.start_s
    for number, part in enumerate(parts):
        share = len(part) / max(1, sum(len(each) for each in parts[number:]))
        end_s = start_s + share * (sentence.end_s - start_s)
        if part.endswith(_CLAUSE_ENDS):
            pauses = [at for at in sentence.resumes_s if start_s < at and abs(at - end_s) <= _PAUSE_NEAR_S]
            end_s = min(pauses, key=lambda at: abs(at - end_s), default=end_s)
        yield _Cue(part, start_s, end_s)
        start_s = end_s


def _parts(text: str) -> list[str]:
    """The text in parts that fit in a caption."""
    if len(text) <= LINE or "\n" in _in_lines(text):
        return [text]
    middle = len(text) // 2  # of a word without end
    before, after = _halves(text, lambda before, after: True) or (text[:middle], text[middle:])
    return [*_parts(before), *_parts(after)]


def _in_lines(text: str) -> str:
    """The text in two lines where it does not fit in one; as it is where it does not fit in two either."""
    if len(text) <= LINE:
        return text
    return "\n".join(_halves(text, lambda before, after: max(len(before), len(after)) <= LINE) or (text,))


def _halves(text: str, fits: Callable[[str, str], bool]) -> tuple[str, str] | None:
    """The text in two: where a clause ends near its middle, else between the words that are nearest to it."""
    middle = len(text) / 2
    for ends, farthest in ((_CLAUSE_END, _NEAR * len(text)), (_SPACE, middle)):
        halves = [(text[: end.start()], text[end.end() :]) for end in ends.finditer(text)]
        fitting = [(one, other) for one, other in halves if abs(len(one) - middle) <= farthest and fits(one, other)]
        if fitting:
            return min(fitting, key=lambda pair: abs(len(pair[0]) - middle))
    return None


def _stamp(seconds: float) -> str:
    """`75.5` -> `00:01:15.500`"""
    ms = max(0, round(seconds * 1000))
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"
