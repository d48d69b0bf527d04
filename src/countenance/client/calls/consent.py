"""Statements, and links by which a person is asked to speak one."""

from __future__ import annotations

from countenance.client import call
from countenance.client.call import Call, path
from countenance.wire.consent import (
    AskConsent,
    ConsentRequestBody,
    ReceiptBody,
    RevokeReceipt,
    StatementBody,
    WantStatement,
)
from countenance.wire.message import Page

_REQUESTS = ("v2", "consent-requests")
_ERASING_S = 600.0


def statement(wanted: WantStatement) -> Call[StatementBody]:
    """What a person is to read aloud, with words that are good for one consent."""
    return call.post(StatementBody, path("v2", "consent-statements"), wanted)


def ask(replica_id: str, whom: AskConsent, idempotency_key: str | None = None) -> Call[ConsentRequestBody]:
    """A link for the person whose replica waits for consent; it is told this once."""
    where = path("v2", "replicas", replica_id, "consent-requests")
    return call.create(ConsentRequestBody, where, whom, idempotency_key)


def of_replica(replica_id: str) -> Call[Page[ConsentRequestBody]]:
    """A replica's links and what became of them, newest first."""
    return call.get(Page[ConsentRequestBody], path("v2", "replicas", replica_id, "consent-requests"))


def get(request_id: str) -> Call[ConsentRequestBody]:
    """One link and what became of it."""
    return call.get(ConsentRequestBody, path(*_REQUESTS, request_id))


def withdraw(request_id: str) -> Call[None]:
    """Take a link back; its replica goes on waiting, for another one."""
    return call.delete(path(*_REQUESTS, request_id))


def receipt_of(replica_id: str) -> Call[ReceiptBody]:
    """A replica's signed receipt, checked by the server, with the public key to check it elsewhere."""
    return call.get(ReceiptBody, path("v2", "replicas", replica_id, "receipt"))


def receipt(receipt_id: str) -> Call[ReceiptBody]:
    """The same by the receipt's own id, also when its replica is gone because it was revoked."""
    return call.get(ReceiptBody, path("v2", "receipts", receipt_id))


def revoke(replica_id: str, reason: str = "") -> Call[ReceiptBody]:
    """Take the consent back, for good: everything that was made under it is erased. It is not asked once more."""
    body = RevokeReceipt(confirm="revoke", reason=reason)
    where = path("v2", "replicas", replica_id, "receipt", "revoke")
    return call.post(ReceiptBody, where, body, read_timeout_s=_ERASING_S)
