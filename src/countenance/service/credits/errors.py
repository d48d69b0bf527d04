"""What can be wrong with paying."""

from __future__ import annotations

from countenance.errors import Rule

OUT_OF_CREDITS = Rule(
    id="service.out_of_credits",
    title="The workspace has too few credits for this.",
    remedy="Wait until work in progress has ended and its credits are free again, or ask the operator for more; "
    "nothing was charged.",
)
RULES = (OUT_OF_CREDITS,)
