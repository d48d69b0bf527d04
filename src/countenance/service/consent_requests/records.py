"""The signed records of a consent, for the person who gave it by a link: a proof of their own."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy.orm import Session

from countenance.consent.revoke import PRINCIPAL
from countenance.errors import CountenanceError, Finding
from countenance.service.consent_requests.revoke import OVER, standing
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
    return request.receipt_id or session.get_one(Replica, request.replica_id).receipt_id


def offered(session: Session, service: Service, request: ConsentRequest) -> str | None:
    """That id where the person can have a signed record now: of what stands, or that they have taken it back."""
    is_over = standing(service, request, session.get_one(Replica, request.replica_id)) in OVER
    with suppress(CountenanceError):
        text_of(session, service, request, REVOCATION if is_over else RECEIPT)
        return receipt_of(session, request)
    return None


def text_of(session: Session, service: Service, request: ConsentRequest, name: str) -> str:
    """One of the records: `RECEIPT` as long as the consent can be taken back, `REVOCATION` afterwards, which names
    nobody, and `KEY`, to check either. A revocation by the organisation is not for the person: its reason is what a
    member wrote, of whomever.

    Raises:
        CountenanceError: service.receipt_unknown for what there is not, consent.receipt_not_held.
    """
    receipt_id = receipt_of(session, request)
    if receipt_id is None:
        raise CountenanceError(Finding(RECEIPT_UNKNOWN))
    held = receipts.held(receipt_id, service.settings)
    is_over = standing(service, request, session.get_one(Replica, request.replica_id)) in OVER
    revocation = held.revocation
    is_theirs = revocation is not None and revocation.content["event"]["entity_id"] == PRINCIPAL
    texts = {
        RECEIPT: None if is_over else held.text,
        REVOCATION: revocation.text if revocation is not None and is_theirs else None,
        KEY: held.public_key,
    }
    text = texts.get(name)
    if text is None:
        raise CountenanceError(Finding(RECEIPT_UNKNOWN, measured=name[:40]))
    return text
