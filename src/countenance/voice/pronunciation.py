"""A pronunciation dictionary: words and how to say them, put into a script before it is spoken.

The shape and the limits are those of Tavus's pronunciation dictionaries, so that a dictionary made for one serves the
other: `{"name": ..., "rules": [{"text", "pronunciation", "type": "alias" | "ipa", "case_sensitive",
"word_boundaries"}]}`. An alias is text that is read instead; IPA becomes `[word](/phonemes/)` (`english.py`).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from countenance.errors import CountenanceError, Finding
from countenance.voice.english import NOTATION
from countenance.voice.errors import DICTIONARY_INVALID, SPOKEN_TOO_LONG, UNKNOWN_SOUND
from countenance.voice.ipa import UnknownSoundError, spoken_form
from countenance.voice.wordlist import Wordlist, wordlist

_MOST_BYTES = 20_000_000
_ERRORS_SHOWN = 5
_Named = Annotated[str, StringConstraints(min_length=1, max_length=255)]
_Text = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"\S")]
_Said = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"\S")]


_FAULTS = {
    "missing": "is missing",
    "extra_forbidden": "is not known",
    "string_type": "is no text",
    "string_too_short": "is empty",
    "string_pattern_mismatch": "is blank",
    "string_unicode": "has half a character in it",
    "bool_type": "is neither true nor false",
    "list_type": "is no list",
}
"""What pydantic finds, in the words of somebody who wrote a file."""


class Entry(BaseModel):
    """One word or phrase and how it is said."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    text: _Text
    pronunciation: _Said
    type: Literal["alias", "ipa"]
    alphabet: Literal["ipa"] | None = None
    case_sensitive: bool = False
    word_boundaries: bool = True
    """Whether only whole words are meant: "Ada" but not "Canada"."""


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    name: _Named
    rules: Annotated[list[Entry], Field(max_length=10_000)] = []


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Checked entries, ready to be looked up. Made by `load` and `parse`."""

    name: str
    entries: tuple[Entry, ...]
    exact: Mapping[str, Entry]
    """The case-sensitive entries by their text."""
    folded: Mapping[str, Entry]
    """All others by their text in lower case."""
    exact_words: tuple[Wordlist, Wordlist]
    """Of the case-sensitive entries: those that are whole words, and those that may also be parts of words."""
    folded_words: tuple[Wordlist, Wordlist]
    """The same of all others."""


def load(path: Path) -> Dictionary:
    """A dictionary from a JSON file (UTF-8); a list of rules alone is named like its file.

    Raises:
        CountenanceError: voice.dictionary_invalid, voice.unknown_sound; both tell the entry, counted from 1.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError(f"It is larger than {_MOST_BYTES // 1_000_000} MB")
        data = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        detail = f"Line {error.lineno}, column {error.colno}: {error.msg}."
        raise CountenanceError(Finding(DICTIONARY_INVALID, file=str(path), detail=detail)) from error
    except (OSError, ValueError, RecursionError) as error:
        raise CountenanceError(Finding(DICTIONARY_INVALID, file=str(path), detail=f"{error}.")) from error
    return parse({"name": path.stem, "rules": data} if isinstance(data, list) else data, file=str(path))


def parse(data: Any, *, file: str = "", sounds_known: bool = False) -> Dictionary:
    """A dictionary from decoded JSON; what is not known beside `name` and `rules` is ignored.

    `sounds_known` says that it was parsed before, so that its sounds, which take longest, need no check.

    Raises:
        CountenanceError: voice.dictionary_invalid, voice.unknown_sound; both tell the entry, counted from 1.
    """
    try:
        shape = _Shape.model_validate(data)
    except ValidationError as error:
        wrong = "; ".join(f"{_place(part['loc'])} {_fault(part)}" for part in error.errors()[:_ERRORS_SHOWN])
        raise CountenanceError(Finding(DICTIONARY_INVALID, file=file, detail=f"{wrong}.")) from error
    exact: dict[str, Entry] = {}
    folded: dict[str, Entry] = {}
    for number, entry in enumerate(shape.rules, start=1):
        if not sounds_known:
            _check_sounds(entry, number, file)
        # A script may hold an accented letter as one character or as two.
        for form in {unicodedata.normalize(kind, entry.text) for kind in ("NFC", "NFD")}:
            index, key = (exact, form) if entry.case_sensitive else (folded, _lower(form))
            if key in index:
                detail = f'Entry {number}: "{entry.text}" stands there twice.'
                raise CountenanceError(Finding(DICTIONARY_INVALID, file=file, detail=detail))
            index[key] = entry
    return Dictionary(shape.name, tuple(shape.rules), exact, folded, _wordlists(exact), _wordlists(folded))


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: as it is written, and as it is spoken."""

    written: str
    spoken: str


def pronounced(text: str, dictionary: Dictionary) -> str:
    """What is spoken of `pieces`.

    Raises:
        CountenanceError: voice.spoken_too_long, as soon as it grows beyond that.
    """
    return "".join(piece.spoken for piece in pieces(text, dictionary))


def pieces(text: str, dictionary: Dictionary) -> list[Piece]:
    """The text with every entry's word replaced, the longest first, once; all else stays as it is.

    Words whose sounds are given already (`[word](/phonemes/)`) are left alone.

    Raises:
        CountenanceError: voice.spoken_too_long, as soon as it grows beyond that.
    """
    done: list[Piece] = []
    length = at = 0
    for given in (*NOTATION.finditer(text), None):
        between = text[at : given.start() if given else len(text)]
        kept = given[0] if given else ""
        for piece in (*_replaced(between, dictionary), Piece(kept, kept)):
            done.append(piece)
            length += len(piece.spoken)
            if SPOKEN_TOO_LONG.limit is not None and length > SPOKEN_TOO_LONG.limit:
                raise CountenanceError(Finding(SPOKEN_TOO_LONG))
        at = given.end() if given else at
    return done


def _wordlists(entries: Mapping[str, Entry]) -> tuple[Wordlist, Wordlist]:
    whole, anywhere = (
        wordlist(text for text, entry in entries.items() if entry.word_boundaries is boundaries)
        for boundaries in (True, False)
    )
    return whole, anywhere


def _replaced(text: str, dictionary: Dictionary) -> Iterator[Piece]:
    """The text in pieces, with what is said in place of its words."""
    lower = _lower(text)
    at = kept = 0
    while at < len(text):
        word, entry = _entry_at(text, lower, at, dictionary)
        if entry is None:
            at += 1
            continue
        yield Piece(text[kept:at], text[kept:at])
        yield Piece(word, _said(word, entry))
        at = kept = at + len(word)
    yield Piece(text[kept:], text[kept:])


def _entry_at(text: str, lower: str, at: int, dictionary: Dictionary) -> tuple[str, Entry | None]:
    """The longest entry that stands at this place, and its word there; exact case goes before any case."""
    found: tuple[str, Entry | None] = "", None
    for lists, entries, searched in (
        (dictionary.exact_words, dictionary.exact, text),
        (dictionary.folded_words, dictionary.folded, lower),
    ):
        for words, whole in zip(lists, (True, False), strict=True):
            if searched[at] not in words.firsts or (whole and _cuts_word(text, at)):
                continue
            for word in words.at(searched, at):
                end = at + len(word)
                if len(word) <= len(found[0]):
                    break
                if not (whole and _cuts_word(text, end)):
                    found = text[at:end], entries[word]
    return found


def _said(word: str, entry: Entry) -> str:
    if entry.type == "alias":
        return entry.pronunciation
    # The word itself is only for reading; what could end a sentence or the notation is left out of it.
    shown = re.sub(r"[^\w '-]", "", word).strip() or "word"
    return f"[{shown}](/{spoken_form(entry.pronunciation)}/)"


def _check_sounds(entry: Entry, number: int, file: str) -> None:
    if entry.type != "ipa":
        return
    try:
        spoken_form(entry.pronunciation)
    except UnknownSoundError as error:
        what = f"{' '.join(error.symbols[:10])} is not spoken" if error.symbols else "there is no sound in it"
        detail = f'Entry {number} ("{entry.text}", {entry.pronunciation}): {what}.'
        raise CountenanceError(Finding(UNKNOWN_SOUND, file=file, detail=detail)) from error


def _place(location: tuple[int | str, ...]) -> str:
    """Where in the file: `entry 3, text`."""
    match location:
        case ("rules", int(index), *rest):
            return ", ".join([f"entry {index + 1}", *map(str, rest)])
        case ():
            return "the file"
        case _:
            return ".".join(map(str, location))


def _fault(part: ErrorDetails) -> str:
    """What is wrong at a place, in words: `is missing`."""
    bounds = part.get("ctx", {})
    match part["type"]:
        case "string_too_long":
            return f"is longer than {bounds['max_length']} characters"
        case "too_long":
            return f"has more than {bounds['max_length']:,} entries"
        case "literal_error":
            one_of = str(bounds["expected"])
            return f"is neither {one_of.replace(' or ', ' nor ')}" if " or " in one_of else f"is not {one_of}"
        case "model_type" | "dict_type":
            return "is no object" if part["loc"] else "is no object with `name` and `rules`"
        case kind:
            return _FAULTS.get(kind, "cannot be used")


def _cuts_word(text: str, at: int) -> bool:
    """Whether there is a letter, digit or accent on both sides of this place."""
    return 0 < at < len(text) and _in_word(text[at - 1]) and _in_word(text[at])


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_" or unicodedata.category(character)[0] == "M"


def _lower(text: str) -> str:
    """In lower case and of the same length, so that places in one are places in the other."""
    return "".join(small if len(small := character.lower()) == 1 else character for character in text)
