"""Was the statement spoken, for this organisation, by somebody who says this name, and was it not denied?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from countenance.consent.align import Alignment, Expected, Gap, align
from countenance.consent.language import NAME, ORGANISATION, Language, Wording
from countenance.consent.phrase import spoken_share
from countenance.consent.words import likeness, words_of
from countenance.errors import Span
from countenance.people.speech import Transcript, Word

_BREATH_S = 0.7
"""Words closer than this to the statement's ends belong to the same sentence."""
_WORDS_AROUND = 6
_PHRASE_WITHIN_S = 5.0
"""One-time words that are further from the statement were not spoken with it."""
_LONGEST_NAME_WORDS = 10
_NOTHING_LIKE = 0.4
_LIKE_A_NAME = 0.75


@dataclass(frozen=True, slots=True)
class Heard:
    """What a recording says, held against the wording that it comes closest to."""

    transcript: Transcript
    wording: Wording
    coverage: float
    """Share of the wording's words that were said, in order, 0 to 1."""
    extra: float
    """Words in between that do not belong there, as a share of the wording's length."""
    missing_phrases: tuple[str, ...]
    """Key phrases that were not said word for word."""
    negations: tuple[str, ...]
    name: str
    """What was said in place of the name, as it was understood."""
    name_likeness: float
    organisation: str
    organisation_likeness: float
    span: Span | None
    """From the first to the last word of the statement."""
    one_time_words: float | None = None
    """Share of the one-time words that were said, 0 to 1; None if none were asked for."""
    one_time_words_heard: str = ""


@dataclass(frozen=True, slots=True)
class _Spoken:
    """One normalised word and the word of the transcript that it came from."""

    text: str
    word: Word


def hear(
    transcript: Transcript, name: str, organisation: str, language: Language, one_time_words: Sequence[str] = ()
) -> Heard:
    """Hold `transcript` against every accepted wording and keep the best fit.

    The transcript must come from a recogniser that was not told the name: told a name, Whisper writes it down for
    similar names too, or leaves the sentence out.
    """
    parts = [(part, word) for word in transcript.words for part in language.parts_of(word.text)]
    spoken = [_Spoken(text, word) for text, word in language.joined(parts)]
    candidates = (_compare(transcript, spoken, wording, name, organisation, language) for wording in language.wordings)
    best = max(candidates, key=lambda heard: heard.coverage - len(heard.missing_phrases) / 10)
    if not one_time_words:
        return best
    share, said, when = spoken_share(one_time_words, transcript, language)
    span = best.span
    if span is not None and when is not None:
        # They belong to the statement: whoever speaks them is looked at and listened to as its speaker.
        if max(when.start_s - span.end_s, span.start_s - when.end_s) > _PHRASE_WITHIN_S:
            share = 0.0
        span = Span(min(span.start_s, when.start_s), max(span.end_s, when.end_s))
    return replace(best, span=span, one_time_words=share, one_time_words_heard=said)


def _compare(
    transcript: Transcript, spoken: list[_Spoken], wording: Wording, name: str, organisation: str, language: Language
) -> Heard:
    expected = _expected(wording, language)
    said = [word.text for word in spoken]
    found = align(expected, said)
    words = [i for i, item in enumerate(expected) if isinstance(item, str)]
    inside = spoken[found.first : found.stop]
    name_heard, beside_name = _named(name, found.gaps.get(Gap.NAME, ()), said)
    organisation_heard, beside_organisation = _named(organisation, found.gaps.get(Gap.ORGANISATION, ()), said)
    extra = [position for position, _ in found.extra] + beside_name + beside_organisation
    missing = [p for p in wording.key_phrases if not _is_said(language.tokens(p), expected, found, said, language)]
    return Heard(
        transcript=transcript,
        wording=wording,
        coverage=len(found.matched.intersection(words)) / len(words),
        extra=len(extra) / len(words),
        missing_phrases=tuple(missing),
        negations=_negations(spoken, found, extra + _beside_names(found, said, name, organisation), language),
        name=name_heard,
        name_likeness=likeness(name, name_heard),
        organisation=organisation_heard,
        organisation_likeness=likeness(organisation, organisation_heard),
        span=Span(inside[0].word.start_s, inside[-1].word.end_s) if inside else None,
    )


def _expected(wording: Wording, language: Language) -> list[Expected]:
    gaps = {"namegap": Gap.NAME, "organisationgap": Gap.ORGANISATION}
    text = wording.template.replace(NAME, "namegap").replace(ORGANISATION, "organisationgap")
    return [gaps.get(token, token) for token in language.tokens(text)]


def _named(wanted: str, gap: Sequence[int], said: Sequence[str]) -> tuple[str, list[int]]:
    """The words of a gap that come closest to `wanted`, and the positions of the others.

    A word beside the name is often the next word of the statement, misheard: `Maria Keller and the person`.
    """
    runs = [gap[i : j + 1] for i in range(len(gap)) for j in range(i, min(len(gap), i + _LONGEST_NAME_WORDS))]
    if not runs:
        return "", []
    best = max(runs, key=lambda run: (likeness(wanted, _text(run, said)), len(run)))
    if likeness(wanted, _text(best, said)) < _NOTHING_LIKE:
        return _text(gap[:_LONGEST_NAME_WORDS], said), []
    return _text(best, said), [position for position in gap if position not in best]


def _beside_names(found: Alignment, said: Sequence[str], *names: str) -> list[int]:
    """Words in the gaps that are no part of the names: a denial may stand there too."""
    own = [word for name in names for word in words_of(name)]
    gaps = [position for gap in found.gaps.values() for position in gap]
    return [p for p in gaps if not any(likeness(word, said[p]) >= _LIKE_A_NAME for word in own)]


def _text(positions: Sequence[int], said: Sequence[str]) -> str:
    return " ".join(said[position] for position in positions)


def _is_said(
    phrase: list[str], expected: list[Expected], found: Alignment, said: Sequence[str], language: Language
) -> bool:
    """Every word of `phrase` was said, with nothing but fillers in between."""
    starts = (i for i in range(len(expected)) if expected[i : i + len(phrase)] == phrase)
    for start in starts:
        complete = all(i in found.matched for i in range(start, start + len(phrase)))
        split = any(start < at < start + len(phrase) and said[p] not in language.fillers for p, at in found.extra)
        if complete and not split:
            return True
    return False


def _negations(spoken: list[_Spoken], found: Alignment, extra: list[int], language: Language) -> tuple[str, ...]:
    """Words of denial among the extra words, hidden in two that count as one, and in one breath with the statement."""
    around = extra + list(found.split) + _same_breath(spoken, found.first, -1) + _same_breath(spoken, found.stop - 1, 1)
    return tuple(
        spoken[position].text for position in sorted(set(around)) if spoken[position].text in language.negations
    )


def _same_breath(spoken: list[_Spoken], edge: int, direction: int) -> list[int]:
    """Up to six words before (-1) or after (+1) the word at `edge`, as far as no pause lies between them."""
    positions: list[int] = []
    for outer in range(edge + direction, edge + direction * (_WORDS_AROUND + 1), direction):
        if not (0 <= outer < len(spoken) and 0 <= outer - direction < len(spoken)):
            break
        earlier, later = sorted((outer - direction, outer))
        if spoken[later].word.start_s - spoken[earlier].word.end_s > _BREATH_S:
            break
        positions.append(outer)
    return positions
