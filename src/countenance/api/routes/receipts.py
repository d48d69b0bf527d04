"""Signed receipts: who agreed to what, or declared what; and taking that back."""

from __future__ import annotations

from fastapi import APIRouter

from countenance.api.call import ReadReplicas, WriteReplicas
from countenance.api.problem import problems
from countenance.api.shown import consent as shown
from countenance.service.replicas import receipts
from countenance.wire.consent import ReceiptBody, RevokeReceipt

router = APIRouter(prefix="/v2/receipts", tags=["consent"])
of_replica = APIRouter(tags=["consent"])


@of_replica.get("/{replica_id}/receipt")
def of(replica_id: str, call: ReadReplicas) -> ReceiptBody:
    """A replica's receipt, checked at this moment, with the public key to check it elsewhere."""
    with call.transaction() as session:
        receipt_id = receipts.of_replica(session, call.workspace_id, replica_id)
        call.note(session, "replica.receipt.read", "replica", replica_id)
    return shown.receipt(receipts.held(receipt_id, call.service.settings))


@of_replica.post("/{replica_id}/receipt/revoke", responses=problems(503))
def revoke(replica_id: str, body: RevokeReceipt, call: WriteReplicas) -> ReceiptBody:
    """Take the consent back, for good: rendering stops at once, everything that was made under it is erased, and what
    was erased is told in a signed record. It may be said twice."""
    with call.transaction() as session:
        receipt_id = receipts.of_replica(session, call.workspace_id, replica_id, own=True)
        # Noted before it is done: whatever happens then, it is known who wanted it.
        call.note(session, "replica.receipt.revoke", "replica", replica_id)
        call.note(session, receipts.REVOKED, "receipt", receipt_id)
    receipts.revoke(call.service, receipt_id, body.reason.strip())
    return shown.receipt(receipts.held(receipt_id, call.service.settings))


@router.get("/{receipt_id}")
def get(receipt_id: str, call: ReadReplicas) -> ReceiptBody:
    """The same by the receipt's own id, also when its replica is gone because it was revoked."""
    with call.transaction() as session:
        receipts.check_seen_by(session, call.workspace_id, receipt_id)
        call.note(session, "receipt.read", "receipt", receipt_id)
    return shown.receipt(receipts.held(receipt_id, call.service.settings))
