"""What can be wrong with a change of a dictionary."""

from __future__ import annotations

from countenance.errors import Rule

PATCH_INVALID = Rule(
    id="service.patch_invalid",
    title="The JSON Patch cannot be applied.",
    remedy="Send a list of operations as RFC 6902 has them, on `/name` and `/rules`, that leaves a valid dictionary.",
)
RULES = (PATCH_INVALID,)
