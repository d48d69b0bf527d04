"""The sentence that a person speaks to agree, as it is shown to be read aloud."""

from __future__ import annotations

from dataclasses import dataclass

from countenance.consent import rules
from countenance.consent.language import ENGLISH, WORDS, language_of
from countenance.consent.words import words_of
from countenance.errors import CountenanceError, Finding
from countenance.settings import Settings


@dataclass(frozen=True, slots=True)
class Statement:
    """What a certain person is to speak."""

    version: str
    language: str
    text: str
    """With the sentence of the one-time words, if there are any."""


def check_name(name: str) -> None:
    """Whether this name can be told when it is spoken: of what is not folded to a-z nothing would be left to compare.

    Raises:
        CountenanceError: consent.name_missing.
    """
    if not any(token.isalpha() for token in words_of(name)):
        raise CountenanceError(Finding(rules.NAME_MISSING, measured=f"“{name[:80]}”"))


def statement_for(
    name: str, settings: Settings, *, language: str = ENGLISH, one_time_words: tuple[str, ...] = ()
) -> Statement:
    """The statement for this person to read aloud to agree to `Settings.organisation`.

    Raises:
        CountenanceError: consent.unknown_language, consent.statement_file_invalid.
    """
    spoken = language_of(language, settings)
    shown = spoken.wordings[0]
    text = shown.fill(name, settings.organisation)
    if one_time_words:
        text = f"{text} {spoken.phrase.replace(WORDS, ', '.join(one_time_words))}"
    return Statement(shown.version, language, text)
