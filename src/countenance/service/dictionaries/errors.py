"""What can be wrong with a change of a dictionary."""

from __future__ import annotations

from countenance.errors import Rule

PATCH_INVALID = Rule(
    id="service.patch_invalid",
    title="The JSON Patch cannot be applied.",
    remedy="Send a list of operations as RFC 6902 has them, on `/name` and `/rules`, that leaves a valid dictionary.",
)
DICTIONARIES_TOO_MANY = Rule(
    id="service.dictionaries_too_many",
    title="This workspace has as many pronunciation dictionaries as it may have.",
    remedy="Delete one that is not needed any more, or add the rules to another one.",
    limit=100.0,
    unit="dictionaries",
)
DICTIONARY_CHANGING = Rule(
    id="service.dictionary_changing",
    title="Others change this dictionary all the time.",
    remedy="Send the patch again.",
)
RULES = (PATCH_INVALID, DICTIONARIES_TOO_MANY, DICTIONARY_CHANGING)
