"""What every message is: lenient towards what it does not know, and read in both of Tavus's vocabularies."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, StringConstraints, model_validator
from pydantic_core import CoreSchema

from countenance.wire.patterns import NOT_BLANK

Item = TypeVar("Item")
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=255, pattern=NOT_BLANK)]
"""What somebody calls something: not blank, and kept without the space around it."""

NOT_STORABLE = "There is a character or a number in it that cannot be stored, or it is nested too deep."
_DEEPEST = 100


def is_storable(value: Any) -> bool:
    """Whether decoded JSON holds only what every database and every other program reads: JSON's texts may hold NUL and
    halves of characters, Python reads numbers that JSON does not have, and others may not read as deep.
    """
    left = [(value, 0)]
    while left:
        part, depth = left.pop()
        if depth > _DEEPEST:
            return False
        match part:
            case str() as text:
                if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
                    return False
            case float() as number:
                if not math.isfinite(number):
                    return False
            case dict() as fields:
                left += [(each, depth + 1) for each in (*fields, *fields.values())]
            case list() as items:
                left += [(each, depth + 1) for each in items]
    return True


class Message(BaseModel):
    """A JSON object; fields that are not known are passed over, as Tavus does."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Request(Message):
    """A message to the server. A field may be sent under another name: of two, the one that says something counts.
    Null is the same as nothing: what has a default gets it.
    """

    synonyms: ClassVar[Mapping[str, str]] = {}
    """other name -> name"""

    @model_validator(mode="before")
    @classmethod
    def _as_it_is_meant(cls, data: Any) -> Any:
        if not is_storable(data):
            raise ValueError(NOT_STORABLE)
        if not isinstance(data, dict):
            return data
        read = dict(data)
        for other, name in cls.synonyms.items():
            if other in read and read.get(name) in (None, ""):
                read[name] = read[other]
        defaults = cls._defaults()
        return {name: value for name, value in read.items() if value is not None or name not in defaults}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        schema = handler(core)
        fields = handler.resolve_ref_schema(schema).get("properties", {})
        if handler.mode == "validation":
            fields.update({name: _or_null(fields[name]) for name in cls._defaults()})
        for other, name in cls.synonyms.items():
            if name in fields:
                fields[other] = {**fields[name], "description": f"The same as `{name}`."}
        return schema

    @classmethod
    def _defaults(cls) -> Sequence[str]:
        """The fields that have a default other than null, which may itself say something."""
        return [
            name for name, field in cls.model_fields.items() if not field.is_required() and field.default is not None
        ]


def _or_null(described: Mapping[str, Any]) -> dict[str, Any]:
    about = {key: value for key, value in described.items() if key in ("title", "description", "default")}
    kind = {key: value for key, value in described.items() if key not in about}
    return {"anyOf": [kind, {"type": "null"}], **about}


class Page(Message, Generic[Item]):
    """Part of a list."""

    data: list[Item]
    total_count: int
    """how many there are on all pages"""


class Empty(Message):
    """An object without fields."""
