"""What can be wrong where work is done durably."""

from __future__ import annotations

from countenance.errors import Rule

DATA_IN_USE = Rule(
    id="service.data_in_use",
    title="Another server already works with this data folder.",
    remedy="Stop it first, or give this one a data folder of its own (COUNTENANCE_DATA_DIR).",
)
DATA_UNUSABLE = Rule(
    id="service.data_unusable",
    title="The data folder cannot be used.",
    remedy="Name a folder that this account may write to (`--data` or COUNTENANCE_DATA_DIR), on a disk with room; one "
    "that is not there yet is made.",
)
CANNOT_STORE = Rule(
    id="service.cannot_store",
    title="This server could not keep what it made: its disk is full, or does not work.",
    remedy="Nothing was charged. Tell the operator, who has to make room, and try again then.",
)
RULES = (DATA_IN_USE, DATA_UNUSABLE, CANNOT_STORE)
