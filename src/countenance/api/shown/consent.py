"""Statements and links as they are answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from countenance.consent.phrase import OneTimePhrase
from countenance.consent.statement import Statement
from countenance.service.consent_requests.revoke import OVER
from countenance.service.db.tables import ConsentRequest, Replica
from countenance.service.replicas.receipts import Held, Record
from countenance.wire.consent import Agreed, ConsentPage, ConsentRequestBody, ReceiptBody, SignedRecord, StatementBody
from countenance.wire.times import iso_ms


def statement(text: Statement, words: OneTimePhrase) -> StatementBody:
    """What is to be read aloud."""
    return StatementBody(
        text=text.text,
        language=text.language,
        version=text.version,
        phrase_id=words.id,
        words=list(words.words),
        expires_at=iso_ms(datetime.fromisoformat(words.expires_at)),
    )


def request(row: ConsentRequest, url: str | None = None) -> ConsentRequestBody:
    """A link; `url` only when it is made."""
    return ConsentRequestBody(
        request_id=row.id,
        replica_id=row.replica_id,
        state="revoked" if row.revoked_at else row.state,
        url=url,
        language=row.language,
        created_at=iso_ms(row.created_at),
        expires_at=iso_ms(row.expires_at),
        answered_at=iso_ms(row.answered_at) if row.answered_at else None,
        revoked_at=iso_ms(row.revoked_at) if row.revoked_at else None,
    )


def page(row: ConsentRequest, organisation: str, shown: StatementBody | None, state: str) -> ConsentPage:
    """What the person sees who opens the link; one that is closed names nobody."""
    return ConsentPage(
        state=state,
        organisation=organisation,
        full_name=(row.full_name or "") if shown else "",
        language=row.language,
        expires_at=iso_ms(row.expires_at),
        statement=shown,
    )


def agreed(
    row: ConsentRequest, replica: Replica, organisation: str, standing: str, words: str, receipt_id: str | None
) -> ConsentPage:
    """What the person sees once they have recorded the statement; what is over names nobody."""
    is_over = standing in OVER
    told: dict[str, Any] = {
        "receipt_id": receipt_id,
        "revoked_at": iso_ms(row.revoked_at) if row.revoked_at else None,
        "erased_at": iso_ms(replica.purged_at) if replica.purged_at else None,
    }
    if not is_over:
        said = {"full_name": row.full_name or "", "statement": words, "language": row.language}
        at = iso_ms(row.answered_at or row.created_at)
        told["agreed"] = Agreed.model_validate({**said, "agreed_at": at, "standing": standing})
    return page(row, organisation, None, standing if is_over else "recorded").model_copy(update=told)


def receipt(held: Held) -> ReceiptBody:
    """A receipt, and what became of it."""
    return ReceiptBody(
        receipt_id=held.id,
        standing="revoked" if held.standing == "revoked" else "active",
        verified=held.problem is None,
        problem=held.problem.message() if held.problem else None,
        text=held.text,
        content=held.receipt.as_dict() if held.receipt else None,
        public_key=held.public_key,
        revocation=_record(held.revocation),
        deletion=_record(held.deletion),
    )


def _record(record: Record | None) -> SignedRecord | None:
    return SignedRecord(text=record.text, content=dict(record.content)) if record else None
