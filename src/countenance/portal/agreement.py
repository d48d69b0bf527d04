"""Whether the person agreed, in plain words: what was heard, what was compared, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from countenance.consent.statement import statement_for
from countenance.errors import CountenanceError
from countenance.portal.heard import Piece, compared
from countenance.settings import Settings
from countenance.wire.consent import ReceiptBody

_SCORES: Mapping[str, tuple[str, str]] = {
    "words": ("The statement was spoken", "How much of the statement was heard, word for word."),
    "name": ("The name was spoken", "How alike the name that was heard is to the one that was given."),
    "organisation": (
        "Who may use it was spoken",
        "How alike the name of this installation’s organisation is to what was heard there.",
    ),
    "one_time_words": (
        "The one-time words were spoken",
        "Words that were drawn for this recording alone: an old recording cannot have them.",
    ),
    "face": ("The same face in both recordings", "How alike the faces are: other people stay below 0.42."),
    "face_worst": ("The same face all the way through", "The least alike of the looks at both."),
    "voice": ("The same voice in both recordings", "How alike the voices are: other people stay below 0.50."),
    "voice_worst": ("The same voice all the way through", "The least alike of the parts of both."),
    "mouth_motion": ("The mouth moves while it is spoken", "A still picture with a sound does not pass."),
    "lips": ("The lips fit the words", "How well the lips move with this sound."),
    "lips_distinct": ("And no other words", "How much better they fit it than the same sound at another moment."),
}
_WORDS = {"accepted": ("Yes", "good"), "review": ("In doubt", "wait"), "refused": ("No", "bad")}
_VERDICTS = {
    "accepted": ("The person agreed", "good"),
    "review": ("Somebody has to look", "wait"),
    "refused": ("This is no consent", "bad"),
}


@dataclass(frozen=True, slots=True)
class Score:
    """One thing that was compared."""

    title: str
    word: str
    tone: str
    value: float
    limit: float
    """from which it is accepted"""
    means: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """The judgement on a recorded statement."""

    words: str
    tone: str
    person: str
    heard: tuple[Piece, ...]
    """empty where nothing was understood"""
    scores: tuple[Score, ...]
    reviewed_by: str


def agreement(
    clearance: Mapping[str, Any] | None, receipt: ReceiptBody | None, reviewed_by: str | None, settings: Settings
) -> Agreement | None:
    """What was found of the recorded statement; None where none was judged.

    The words that were shown stand in the receipt; before there is one, they are those of the statement in force.
    """
    verdict = (clearance or {}).get("consent")
    if not isinstance(verdict, Mapping):
        return None
    words, tone = _VERDICTS.get(str(verdict.get("decision")), _VERDICTS["review"])
    if reviewed_by and tone == "wait":
        words, tone = "The person agreed", "good"
    transcript = str(verdict.get("transcript") or "")
    shown = _statement(verdict, receipt, settings)
    return Agreement(
        words=words,
        tone=tone,
        person=str(verdict.get("name") or ""),
        heard=compared(shown, transcript) if shown and transcript else (),
        scores=_scores(verdict.get("scores") or {}),
        reviewed_by=reviewed_by or "",
    )


def spoken(receipt: ReceiptBody) -> tuple[Piece, ...]:
    """What was heard, beside the words of the statement as they stand in a receipt; empty for a declaration."""
    statement = (receipt.content or {}).get("statement")
    return compared(statement["text"], statement["transcript"]) if statement else ()


def question(name: str) -> str:
    """What a score answers, in words."""
    return _SCORES[name][0] if name in _SCORES else name


def scores_of(receipt: ReceiptBody) -> tuple[Score, ...]:
    """What was compared before a receipt was signed; empty for a declaration."""
    verdict = (receipt.content or {}).get("verdict")
    return _scores(verdict["scores"]) if verdict else ()


def _scores(given: Mapping[str, Mapping[str, Any]]) -> tuple[Score, ...]:
    made = []
    for name, (title, means) in _SCORES.items():
        if name in given:
            score = given[name]
            word, tone = _WORDS.get(str(score["decision"]), _WORDS["review"])
            made.append(Score(title, word, tone, float(score["value"]), float(score["accepted_from"]), means))
    return tuple(made)


def _statement(verdict: Mapping[str, Any], receipt: ReceiptBody | None, settings: Settings) -> str:
    signed = ((receipt.content if receipt else None) or {}).get("statement")
    if signed:
        return str(signed["text"])
    words: Sequence[str] = verdict.get("one_time_words") or ()
    try:
        asked = statement_for(
            str(verdict.get("name") or ""),
            settings,
            language=str(verdict.get("language") or "en"),
            one_time_words=tuple(words),
        )
    except CountenanceError:
        return ""  # a language that this installation does not have any more
    return asked.text if asked.version == verdict.get("statement") else ""
