"""The consent receipt: who agreed to what, or who declared what, signed so that no byte of it can be changed.

The record is laid out after ISO/IEC TS 27560:2023, "Consent record information structure": header (`schema_version`,
`record_id`, `pii_principal_id`), `pii_processing`, `parties` and `event` carry its field names. The standard fixes no
JSON encoding and no signature, so this is one arrangement after it and claims no conformance. The names of the header
and of the processing section are the standard's tables 1 and 2; those of the other sections follow the W3C Data
Privacy Vocabulary group's guide to it (https://w3id.org/dpv/guides/consent-27560). What the standard has no place for
stands under `evidence`. docs/consent-receipts.md describes every field.
"""

from __future__ import annotations

import getpass
import hashlib
import re
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from countenance import __version__
from countenance.consent import jws
from countenance.consent.keys import PublicKey, signing_key
from countenance.consent.receipt_content import STRICT, Kind, ReceiptContent, Time, check_content
from countenance.consent.receipt_rules import RECEIPT_INVALID
from countenance.errors import CountenanceError, Finding
from countenance.settings import Settings

TYPE = "consent-receipt+jws"
SCHEMA = "countenance-consent-receipt-1"
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as it stands in its file. Whether it is true, `verify` says."""

    id: str
    """UUID, version 4"""
    issued_at: str
    software: str
    content: ReceiptContent
    key_id: str
    text: str = field(repr=False)
    """the file, byte for byte (ASCII)"""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; the shape is part of the public interface."""
        return {
            "record_id": self.id,
            "issued_at": self.issued_at,
            "software": self.software,
            "key_id": self.key_id,
            "sha256": self.sha256,
            **asdict(self.content),
        }


@dataclass(frozen=True, slots=True)
class _Payload:
    __pydantic_config__ = STRICT
    schema_version: Literal["countenance-consent-receipt-1"]
    record_id: str
    pii_principal_id: str | None
    pii_processing: dict[str, Any] | None
    parties: list[dict[str, Any]]
    event: dict[str, Any]
    software: str
    issued_at: Time
    evidence: ReceiptContent


def sign(content: ReceiptContent, settings: Settings) -> Receipt:
    """Make a receipt. It counts once it is in the register: see `register.issue`.

    Raises:
        CountenanceError: for a key that cannot be used.
        ValueError: for a content that proves nothing, such as a consent without a verdict.
    """
    content = replace(content, account=content.account or account_of(settings))
    check_content(content)
    record_id, issued_at = str(uuid.uuid4()), now()
    payload = {
        "schema_version": SCHEMA,
        "record_id": record_id,
        "pii_principal_id": content.person,
        "pii_processing": _processing(content),
        "parties": _parties(content),
        "event": _event(content, issued_at),
        "software": f"countenance {__version__}",
        "issued_at": issued_at,
        "evidence": asdict(content),
    }
    return parse(jws.sign(payload, TYPE, signing_key(settings)))


def parse(text: str) -> Receipt:
    """Read a receipt without believing it.

    Raises:
        CountenanceError: consent.receipt_invalid.
    """
    return _receipt(jws.opened(text), text)


def verify(text: str, keys: Mapping[str, PublicKey]) -> Receipt:
    """Read a receipt that one of these keys (by id) signed, and that is as it was signed. Needs no network.

    Raises:
        CountenanceError: consent.receipt_invalid, consent.receipt_unknown_key.
    """
    return _receipt(jws.verify(text, keys), text)


def account_of(settings: Settings) -> str:
    """Who acts: the account of the settings, or the system's user."""
    if settings.account:
        return settings.account
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container may run as a number without a name
        return "unknown"


def now() -> str:
    """This moment in UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def is_id(text: str) -> bool:
    """Whether this can be the id of a receipt; what is not must never become part of a path."""
    return _ID.fullmatch(text) is not None


def _receipt(envelope: jws.Envelope, text: str) -> Receipt:
    if envelope.type != TYPE:
        raise CountenanceError(Finding(RECEIPT_INVALID, detail=f"It is a record of another kind: {envelope.type}."))
    if envelope.payload.get("schema_version") != SCHEMA:
        raise CountenanceError(Finding(RECEIPT_INVALID, detail=f"Only records of the form {SCHEMA} are known here."))
    try:
        payload = _payload_type().validate_json(envelope.payload_json)
        check_content(payload.evidence)
        if not is_id(payload.record_id):
            raise ValueError("no id")
    except (ValidationError, ValueError, RecursionError) as error:
        raise CountenanceError(Finding(RECEIPT_INVALID, detail="Its fields are not those of a receipt.")) from error
    return Receipt(payload.record_id, payload.issued_at, payload.software, payload.evidence, envelope.key_id, text)


@cache
def _payload_type() -> TypeAdapter[_Payload]:
    return TypeAdapter(_Payload)


def _processing(content: ReceiptContent) -> dict[str, Any] | None:
    if content.statement is None:
        return None
    return {
        "privacy_notice": {
            "version": content.statement.version,
            "language": content.statement.language,
            "text": content.statement.text,
        },
        "language": content.statement.language,
        "purposes": [
            {
                "purpose": "Create a digital replica of the person, and make videos that look and sound like them.",
                "purpose_type": "digital replica",
                "lawful_basis": "explicit consent",
                "pii_information": [
                    {"pii_type": kind, "sensitive_pii_category": "biometric data"}
                    for kind in ("moving pictures of the face", "recordings of the voice", "templates of both")
                ],
                "pii_controllers": ["controller"],
                "collection_method": "recordings of the person",
                "processing_method": "training of a replica, and rendering of videos with it",
                "storage_locations": ["on the controller's machines"],
                "retention_period": "until the consent is revoked",
            }
        ],
    }


def _parties(content: ReceiptContent) -> list[dict[str, Any]]:
    controller = {"party_id": "controller", "party_name": content.organisation, "party_role": "PII controller"}
    account = {"party_id": "account", "party_name": content.account, "party_role": "acted for the controller"}
    if content.person is None:
        return [controller, account]
    return [controller, account, {"party_id": "principal", "party_name": content.person, "party_role": "PII principal"}]


def _event(content: ReceiptContent, at: str) -> dict[str, Any]:
    if content.kind is Kind.CONSENT:
        return {"entity_id": "principal", "event_type": "explicit", "event_state": "given", "event_time": at}
    return {"entity_id": "account", "event_type": "declaration", "event_state": "declared", "event_time": at}
