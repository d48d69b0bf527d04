"""Pronunciation dictionaries."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, RootModel, computed_field

from countenance.wire.message import Message, Name, Request
from countenance.wire.patterns import NOT_BLANK

MAX_RULES = 10_000


class RuleBody(Request):
    """A word or phrase, and how it is said."""

    text: str = Field(min_length=1, max_length=200, pattern=NOT_BLANK)
    pronunciation: str = Field(min_length=1, max_length=500, pattern=NOT_BLANK)
    type: Literal["alias", "ipa"]
    alphabet: Literal["ipa"] | None = None
    case_sensitive: bool = False
    word_boundaries: bool = True


class CreateDictionary(Request):
    """A name, and rules."""

    name: Name
    rules: list[RuleBody] = Field(default=[], max_length=MAX_RULES)


class PatchStep(Message):
    """One operation of a JSON Patch (RFC 6902)."""

    op: Literal["add", "remove", "replace", "move", "copy", "test"]
    path: str = Field(max_length=1024)
    value: object = None
    from_: str | None = Field(default=None, alias="from", max_length=1024)


class Patch(RootModel[list[PatchStep]]):
    """A JSON Patch of `name` and `rules`."""


class DictionaryBody(Message):
    """A dictionary."""

    pronunciation_dictionary_id: str
    name: str
    rules: list[RuleBody] | None = Field(default=None, description="Not in lists.")
    rules_count: int
    created_at: str
    updated_at: str

    @computed_field
    def uuid(self) -> str:
        """The same as the id."""
        return self.pronunciation_dictionary_id

    @computed_field
    def id(self) -> str:
        """The same as the id."""
        return self.pronunciation_dictionary_id
