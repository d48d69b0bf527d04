"""What a language brings to the consent statement: its wordings, and how its words are compared.

Each language is one JSON file, in `statements/` beside this module or in the folder that `Settings.statements_dir`
names; a file there replaces a built-in one of the same name. Only scripts whose letters fold to a-z are understood.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from countenance.consent import rules
from countenance.consent.words import folded, words_of
from countenance.errors import CountenanceError, Finding
from countenance.settings import Settings

NAME = "{name}"
ORGANISATION = "{organisation}"
WORDS = "{words}"
ENGLISH = "en"

_BUILT_IN = Path(__file__).parent / "statements"
_MOST_BYTES = 1_000_000
_T = TypeVar("_T")
_Code = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Wording(_Data):
    """A statement with gaps for the names of the person and of the organisation."""

    version: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]
    """Stable; a changed text is a new version."""
    template: str
    key_phrases: Annotated[tuple[str, ...], Field(min_length=1)]
    """Parts of `template` that carry the consent: without every word of them it is none."""
    source: str = ""
    """Where the wording comes from, if it is not our own."""

    def fill(self, name: str, organisation: str) -> str:
        """The text with both names in it; braces in a name are only braces."""
        return re.sub(r"\{(name|organisation)\}", lambda gap: name if gap[1] == "name" else organisation, self.template)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.template.count(NAME) != 1 or self.template.count(ORGANISATION) != 1:
            raise ValueError(f"the template of {self.version} must hold {NAME} and {ORGANISATION} once each")
        if absent := [phrase for phrase in self.key_phrases if phrase not in self.template]:
            raise ValueError(f"the template of {self.version} does not hold its key phrases {absent}")
        return self


class Language(_Data):
    """One language of the statement."""

    language: _Code
    """ISO 639."""
    name: str
    """As its speakers call it."""
    wordings: Annotated[tuple[Wording, ...], Field(min_length=1)]
    """All that are accepted; the first is the one to show to people."""
    phrase: str = ""
    """The sentence that holds the one-time words, with `{words}` in their place."""
    phrase_words: tuple[str, ...] = ()
    """What one-time words are drawn from: common, and unlike each other in sound."""
    negations: Annotated[tuple[str, ...], Field(min_length=1)]
    """Words that take a consent back; as `tokens` gives them."""
    fillers: tuple[str, ...] = ()
    """Words that mean nothing between two others."""
    expansions: dict[str, str] = {}
    """Short forms written out; `*` stands for the rest of the word on both sides."""
    compounds: dict[str, str] = {}
    """Words in a row that count as one, such as "artificial intelligence" and "AI"."""
    numbers: dict[str, str] = {}
    """Numbers in digits as they are spoken; what is missing below 100 is put together from tens and ones."""

    def tokens(self, text: str) -> list[str]:
        """Words of a-z and 0-9 in lower case: short forms and numbers written out, compounds as one word."""
        words = [part for word in folded(text).split() for part in self._parts(word)]
        return [word for word, _ in self.joined([(word, None) for word in words])]

    def parts_of(self, word: str) -> list[str]:
        """The tokens of a single word, before compounds are put together."""
        return [part for piece in folded(word).split() for part in self._parts(piece)]

    def joined(self, words: list[tuple[str, _T]]) -> list[tuple[str, _T]]:
        """Compounds as one word; each word keeps what it was paired with, a compound that of its first word."""
        compounds = [(key.split(), value) for key, value in self.compounds.items()]
        result: list[tuple[str, _T]] = []
        for word in words:
            result.append(word)
            for parts, whole in compounds:
                if [text for text, _ in result[-len(parts) :]] == parts:
                    result[-len(parts) :] = [(whole, result[-len(parts)][1])]
        return result

    def _parts(self, word: str) -> list[str]:
        for pattern, replacement in _patterns(tuple(self.expansions.items())):
            word = pattern.sub(replacement, word)
        return [spoken for token in words_of(word) for spoken in self._spoken(token)]

    def _spoken(self, token: str) -> list[str]:
        if token in self.numbers:
            return [self.numbers[token]]
        if len(token) == 2 and f"{token[0]}0" in self.numbers and token[1] in self.numbers:
            return [self.numbers[f"{token[0]}0"], self.numbers[token[1]]]
        return [token]


@lru_cache
def _patterns(expansions: tuple[tuple[str, str], ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each short form as a pattern for a whole word; a mark behind the word does not belong to it."""
    return tuple((_pattern(key), _replacement(key, value)) for key, value in expansions)


def _pattern(key: str) -> re.Pattern[str]:
    word = re.escape(key).replace(re.escape("*"), r"(\w+)")
    return re.compile(rf"^(\W*){word}(\W*)$")


def _replacement(key: str, value: str) -> str:
    # The groups are: marks before, the rest of the word if there is a star, marks behind.
    rest = value.replace("*", r"\g<2>")
    return rf"\g<1>{rest}\g<{3 if '*' in key else 2}>"


def language_of(code: str, settings: Settings) -> Language:
    """The language called `code`.

    Raises:
        CountenanceError: consent.unknown_language, consent.statement_file_invalid.
    """
    path = _files(settings.statements_dir).get(code)
    if path is None:
        known = ", ".join(sorted(_files(settings.statements_dir)))
        raise CountenanceError(Finding(rules.UNKNOWN_LANGUAGE, detail=f"There are: {known}.", measured=code))
    return _read(path, path.stat().st_mtime_ns)


def languages(settings: Settings) -> tuple[Language, ...]:
    """All languages, English first.

    Raises:
        CountenanceError: consent.statement_file_invalid.
    """
    codes = sorted(_files(settings.statements_dir), key=lambda code: (code != ENGLISH, code))
    return tuple(language_of(code, settings) for code in codes)


def _files(folder: Path | None) -> dict[str, Path]:
    found = {path.stem: path for path in _BUILT_IN.glob("*.json")}
    return found | ({path.stem: path for path in folder.glob("*.json")} if folder else {})


@lru_cache
def _read(path: Path, changed_ns: int) -> Language:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError("it is larger than a megabyte")
        language = Language.model_validate_json(path.read_bytes())
        if language.language != path.stem:
            raise ValueError(f"its language is {language.language}, its name says {path.stem}")
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, part['loc'])) or 'file'}: {part['msg']}" for part in error.errors()[:5])
        raise CountenanceError(Finding(rules.STATEMENT_FILE_INVALID, file=str(path), detail=f"{wrong}.")) from error
    except (OSError, ValueError) as error:
        raise CountenanceError(Finding(rules.STATEMENT_FILE_INVALID, file=str(path), detail=f"{error}.")) from error
    return language
