"""Pronunciation dictionaries."""

from __future__ import annotations

from countenance.client import call
from countenance.client.call import Call, path
from countenance.client.request import Answer, Request
from countenance.wire.dictionaries import CreateDictionary, DictionaryBody, Patch
from countenance.wire.message import Page

_PLACE = ("v2", "pronunciation-dictionaries")
_UNCHANGED = 304


def create(wanted: CreateDictionary, idempotency_key: str | None = None) -> Call[DictionaryBody]:
    """A new dictionary."""
    return call.create(DictionaryBody, path(*_PLACE), wanted, idempotency_key)


def listed(limit: int = 10, page: int = 1) -> Call[Page[DictionaryBody]]:
    """The workspace's dictionaries, newest first, without their rules."""
    return call.get(Page[DictionaryBody], path(*_PLACE, limit=limit, page=page))


def get(dictionary_id: str) -> Call[DictionaryBody]:
    """One dictionary with its rules."""
    return call.get(DictionaryBody, path(*_PLACE, dictionary_id))


def change(dictionary_id: str, patch: Patch) -> Call[DictionaryBody | None]:
    """Apply a JSON Patch (RFC 6902); None where nothing changed. It is not sent again where its answer is lost."""
    body = patch.model_dump_json(by_alias=True, exclude_unset=True).encode()
    headers = {"Content-Type": "application/json"}
    request = Request("PATCH", path(*_PLACE, dictionary_id), body, headers, repeatable=False)
    return Call(request, _changed, also=(_UNCHANGED,))


def delete(dictionary_id: str) -> Call[None]:
    """Videos that are under way with it fail; those that are made stay."""
    return call.delete(path(*_PLACE, dictionary_id))


def _changed(answer: Answer) -> DictionaryBody | None:
    return None if answer.status == _UNCHANGED else DictionaryBody.model_validate_json(answer.body)
