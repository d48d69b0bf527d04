"""The signed records of a consent, for the person who gave it by a link: a proof of their own."""

from __future__ import annotations

from sqlalchemy.orm import Session

from countenance.errors import CountenanceError, Finding
from countenance.service.consent_requests.revoke import standing
from countenance.service.consent_requests.taken_back import receipt_told
from countenance.service.context import Service
from countenance.service.db.tables import ConsentRequest, Replica
from countenance.service.replicas import receipts
from countenance.service.replicas.errors import RECEIPT_UNKNOWN

RECEIPT, REVOCATION, KEY = "receipt.jws", "revocation.jws", "issuer.pub.pem"


def receipt_of(session: Session, request: ConsentRequest) -> str | None:
    """The id of the receipt of what was recorded by a link, also after the person took it back; None where there is
    none."""
    if request.state != "recorded":
        return None
    return session.get_one(Replica, request.replica_id).receipt_id or receipt_told(session, request.replica_id)


def text_of(session: Session, service: Service, request: ConsentRequest, name: str) -> str:
    """One of the records: `RECEIPT` as long as the consent can be taken back, `REVOCATION` afterwards, which names
    nobody, and `KEY`, to check either.

    Raises:
        CountenanceError: service.receipt_unknown for what there is not, consent.receipt_not_held.
    """
    receipt_id = receipt_of(session, request)
    if receipt_id is None:
        raise CountenanceError(Finding(RECEIPT_UNKNOWN))
    held = receipts.held(receipt_id, service.settings)
    is_over = standing(service, request, session.get_one(Replica, request.replica_id)) in ("revoked", "ended")
    texts = {
        RECEIPT: None if is_over else held.text,
        REVOCATION: held.revocation.text if held.revocation else None,
        KEY: held.public_key,
    }
    text = texts.get(name)
    if text is None:
        raise CountenanceError(Finding(RECEIPT_UNKNOWN, measured=name[:40]))
    return text
