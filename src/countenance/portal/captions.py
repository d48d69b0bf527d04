"""Words and their times as captions for players (WebVTT, https://www.w3.org/TR/webvtt1/)."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MOST_CHARACTERS = 84
"""Of one caption: two lines, as they are usually set."""
LONGEST_S = 6.0
PAUSE_S = 0.7
"""After such a pause another caption begins."""
_ENDS = (".", "!", "?", "…")


def web_vtt(words: Sequence[Mapping[str, Any]]) -> str:
    """A caption file; `words` have `text`, `start_s` and `end_s`, in their order."""
    cues = [
        f"{_stamp(cue[0]['start_s'])} --> {_stamp(cue[-1]['end_s'])}\n"
        + html.escape(" ".join(str(word["text"]).strip() for word in cue), quote=False)
        for cue in _cues(words)
    ]
    return "\n\n".join(["WEBVTT", *cues]) + "\n"


def _cues(words: Sequence[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
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


def _stamp(seconds: float) -> str:
    """`75.5` -> `00:01:15.500`"""
    ms = max(0, round(seconds * 1000))
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"
