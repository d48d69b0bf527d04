"""What can be wrong where work is done durably."""

from __future__ import annotations

from countenance.errors import Rule

DATA_IN_USE = Rule(
    id="service.data_in_use",
    title="Another server already works with this data folder.",
    remedy="Stop it first, or give this one a data folder of its own (COUNTENANCE_DATA_DIR).",
)
RULES = (DATA_IN_USE,)
