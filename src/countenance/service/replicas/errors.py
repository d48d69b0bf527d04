"""What can be wrong with a request about a replica's life."""

from __future__ import annotations

from countenance.errors import Rule

NOTHING_TO_REVIEW = Rule(
    id="service.nothing_to_review",
    title="This replica does not wait for a human's review.",
    remedy="Look at its status; only what the machine left to a human can be confirmed.",
)
REPLICA_DELETED = Rule(
    id="service.replica_deleted",
    title="The replica was deleted before its video was made.",
    remedy="Nothing was charged. Use another replica.",
    tavus_type="replica_in_error_state",
)
REVIEW_REFUSED = Rule(
    id="service.review_refused",
    title="A human looked at what the machine was not sure of, and refused it.",
    remedy="Nothing was charged. Use other material, or the consent of the person who is shown; ask whoever refused it "
    "if you do not know why.",
)
REVIEW_MISSED = Rule(
    id="service.review_missed",
    title="A human had to look first, and nobody did in time.",
    remedy="Nothing was charged. Create the replica again, and confirm it or delete it.",
    limit=30.0,
    unit="days",
)
NO_RECEIPT = Rule(
    id="service.no_receipt",
    title="This replica has no receipt yet.",
    remedy="It is signed before the first preview can speak; look again then. What failed before that has none.",
)
RECEIPT_UNKNOWN = Rule(
    id="service.receipt_unknown",
    title="There is no such receipt in this workspace.",
    remedy="Use the `receipt_id` of one of its replicas.",
)
RULES = (NOTHING_TO_REVIEW, REPLICA_DELETED, REVIEW_REFUSED, REVIEW_MISSED, NO_RECEIPT, RECEIPT_UNKNOWN)
