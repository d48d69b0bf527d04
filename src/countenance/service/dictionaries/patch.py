"""A JSON Patch (RFC 6902) of a dictionary."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from jsonpatch import InvalidJsonPatch, JsonPatch, JsonPatchException, JsonPatchTestFailed
from jsonpointer import JsonPointer, JsonPointerException

from countenance.errors import CountenanceError
from countenance.service.dictionaries.errors import PATCH_INVALID
from countenance.service.errors import refused
from countenance.voice import pronunciation
from countenance.wire.patterns import is_blank

MOST_STEPS = 10_000
_MOST_COPIED = 2_000_000
"""Characters of JSON: copies of copies would grow without bound from a short patch."""
_FIELDS = {"name", "rules"}


def patched(before: Mapping[str, Any], patch: Sequence[Any]) -> pronunciation.Dictionary:
    """The dictionary after the patch, checked; `before` stays as it is.

    Raises:
        CountenanceError: service.patch_invalid, of a patch that cannot be applied or leaves no valid dictionary.
    """
    if len(patch) > MOST_STEPS:
        raise refused(PATCH_INVALID, f"It has more than {MOST_STEPS} operations.", len(patch))
    after = _applied(copy.deepcopy(dict(before)), patch)
    if not isinstance(after, dict) or set(after) - _FIELDS:
        raise refused(PATCH_INVALID, "A dictionary has `name` and `rules` and nothing else.")
    try:
        checked = pronunciation.parse(after)
    except CountenanceError as error:
        raise refused(PATCH_INVALID, error.finding.detail) from error
    if is_blank(checked.name):
        raise refused(PATCH_INVALID, "Its name is blank.")
    return replace(checked, name=checked.name.strip())


def _applied(document: Any, patch: Sequence[Any]) -> Any:
    copied = 0
    for number, step in enumerate(patch, start=1):
        try:
            copied += _copied(document, step)
            if copied > _MOST_COPIED:
                raise InvalidJsonPatch("too much is copied")
            document = JsonPatch([step]).apply(document, in_place=True)
        except (JsonPatchException, JsonPointerException, TypeError, ValueError, KeyError, IndexError) as error:
            raise refused(PATCH_INVALID, f"Operation {number}: {_why(error, step)}.") from error
    return document


def _why(error: Exception, step: Any) -> str:
    """In words: the library quotes documents and the names of its own types."""
    if isinstance(error, InvalidJsonPatch) or not isinstance(step, dict):
        return str(error)[:200]
    if isinstance(error, JsonPatchTestFailed):
        return f"`{step.get('path')}` has another value".replace("\n", " ")[:200]
    places = [str(step[name])[:80] for name in ("from", "path") if name in step]
    return f"there is no place {' or no place '.join(f'`{place}`' for place in places)}"


def _copied(document: Any, step: Any) -> int:
    """How much an operation copies, before it does."""
    if not isinstance(step, dict) or step.get("op") != "copy" or not isinstance(step.get("from"), str):
        return 0
    return len(json.dumps(JsonPointer(step["from"]).resolve(document)))
