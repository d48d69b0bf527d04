"""Apply the consent rules to what was heard, seen and compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from textwrap import shorten

from countenance.consent import rules
from countenance.consent.faces import Faces
from countenance.consent.likeness import Likeness
from countenance.consent.spoken import Heard
from countenance.errors import Finding, Rule

_MOST_QUOTED = 400
MOST_EXTRA = 0.2
"""Words that do not belong into the statement, as a share of its length."""


class Decision(StrEnum):
    """What follows from a score, and from all of them."""

    ACCEPTED = "accepted"
    REVIEW = "review"
    """A human should look before anything is made of it."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Score:
    """One measurement and what it was held against."""

    id: str
    value: float
    accepted_from: float
    review_from: float
    """From here up to `accepted_from` a human decides; below it is refused."""

    @property
    def decision(self) -> Decision:
        if self.value >= self.accepted_from:
            return Decision.ACCEPTED
        return Decision.REVIEW if self.value >= self.review_from else Decision.REFUSED


def spoken_scores(heard: Heard) -> tuple[Score, ...]:
    words, organisation = _limit(rules.STATEMENT_NOT_SPOKEN) / 100, _limit(rules.ORGANISATION_NOT_HEARD)
    scores = (
        Score("words", heard.coverage, words, words),
        Score("name", heard.name_likeness, _limit(rules.NAME_UNSURE), _limit(rules.NAME_NOT_HEARD)),
        Score("organisation", heard.organisation_likeness, organisation, organisation),
    )
    if heard.one_time_words is None:
        return scores
    sure, unsure = _limit(rules.PHRASE_UNSURE) / 100, _limit(rules.PHRASE_NOT_SPOKEN) / 100
    return (*scores, Score("one_time_words", heard.one_time_words, sure, unsure))


def face_scores(likeness: Likeness) -> tuple[Score, ...]:
    match, review = _limit(rules.FACE_UNSURE), _limit(rules.OTHER_FACE)
    return (
        Score("face", likeness.typical, match, review),
        # That some frames fit badly never refuses by itself, but a change of person must be seen by somebody.
        Score("face_worst", likeness.worst, review, -1.0),
    )


def voice_scores(likeness: Likeness) -> tuple[Score, ...]:
    match, review = _limit(rules.VOICE_UNSURE), _limit(rules.OTHER_VOICE)
    return (
        Score("voice", likeness.typical, match, review),
        Score("voice_worst", likeness.worst, review, -1.0),
    )


def spoken_findings(heard: Heard) -> Iterator[Finding]:
    """What is wrong with the words. Names are judged only if the statement around them is there."""
    said = f"Understood: “{shorten(heard.transcript.text, _MOST_QUOTED, placeholder=' …')}”"
    if not _is_complete(heard):
        missing = ", ".join(f"“{phrase}”" for phrase in heard.missing_phrases)
        detail = f"Not heard word for word: {missing}. {said}" if missing else said
        yield Finding(rules.STATEMENT_NOT_SPOKEN, detail=detail, measured=100 * heard.coverage)
    if heard.negations:
        yield Finding(rules.NEGATED, detail=f"Heard: {', '.join(heard.negations)}. {said}")
    yield from _phrase_findings(heard)
    if not _is_complete(heard):
        return
    name = f"Heard: “{heard.name}”."
    if heard.name_likeness < _limit(rules.NAME_NOT_HEARD):
        yield Finding(rules.NAME_NOT_HEARD, detail=name, measured=heard.name_likeness)
    elif heard.name_likeness < _limit(rules.NAME_UNSURE):
        yield Finding(rules.NAME_UNSURE, detail=name, measured=heard.name_likeness)
    if heard.organisation_likeness < _limit(rules.ORGANISATION_NOT_HEARD):
        detail = f"Heard: “{heard.organisation}”."
        yield Finding(rules.ORGANISATION_NOT_HEARD, detail=detail, measured=heard.organisation_likeness)


def _phrase_findings(heard: Heard) -> Iterator[Finding]:
    if heard.one_time_words is None:
        return
    share, detail = 100 * heard.one_time_words, f"Heard: “{shorten(heard.one_time_words_heard, 80)}”."
    if share < _limit(rules.PHRASE_NOT_SPOKEN):
        yield Finding(rules.PHRASE_NOT_SPOKEN, detail=detail, measured=share)
    elif share < _limit(rules.PHRASE_UNSURE):
        yield Finding(rules.PHRASE_UNSURE, detail=detail, measured=share)


def face_findings(consent: Faces) -> Iterator[Finding]:
    """What is wrong with the picture of the consent recording."""
    seen = 100 * (1 - consent.none / consent.looks) if consent.looks else 0.0
    several = 100 * consent.several / consent.looks if consent.looks else 0.0
    if seen < _limit(rules.NO_FACE):
        yield Finding(rules.NO_FACE, measured=seen)
    if several > _limit(rules.SEVERAL_FACES):
        yield Finding(rules.SEVERAL_FACES, measured=several)


def likeness_findings(scores: tuple[Score, ...], refused: Rule, unsure: Rule) -> Iterator[Finding]:
    """The typical likeness first; the worst one only matters where the typical one is fine."""
    typical, worst = scores
    if typical.decision is Decision.REFUSED:
        yield Finding(refused, measured=typical.value)
    elif typical.decision is Decision.REVIEW:
        yield Finding(unsure, measured=typical.value)
    elif worst.decision is not Decision.ACCEPTED:
        detail = "The recordings fit as a whole, but parts of them do not."
        yield Finding(unsure, detail=detail, measured=worst.value, limit=worst.accepted_from)


def _is_complete(heard: Heard) -> bool:
    enough = heard.coverage >= _limit(rules.STATEMENT_NOT_SPOKEN) / 100
    return enough and not heard.missing_phrases and heard.extra <= MOST_EXTRA


def _limit(rule: Rule) -> float:
    return rule.limit or 0.0
