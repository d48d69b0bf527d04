"""Signed records: compact JWS (RFC 7515) with Ed25519 (RFC 8037) and nothing else.

A record is exactly one text. Whatever the standards leave open is closed here: no other algorithm, no header that is
not known, no JSON with a name twice, no base64url whose last character has bits to spare, nothing before or behind.
So no byte can be changed, added or taken away without notice.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from countenance.consent.keys import PublicKey, SigningKey, public_key_of_jwk
from countenance.consent.receipt_rules import RECEIPT_INVALID, RECEIPT_UNKNOWN_KEY
from countenance.errors import CountenanceError, Finding

MOST_CHARACTERS = 8_000_000
"""A receipt has some thousand; the record of a deletion grows with its files."""
_ALGORITHM = "EdDSA"
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Envelope:
    """A record taken apart. Nothing in it is true before `verify` says so."""

    type: str
    key_id: str
    payload: Mapping[str, Any]
    payload_json: bytes
    signed: bytes
    signature: bytes


def sign(payload: Mapping[str, Any], record_type: str, key: SigningKey) -> str:
    """The record as text; `record_type` says what it is, so that one kind cannot be taken for another.

    The public key rides along for whoever wants to know it, and proves nothing by itself.
    """
    public = key.public
    header = {"alg": _ALGORITHM, "typ": record_type, "kid": public.id, "jwk": public.jwk()}
    signed = f"{_encoded(_json(header))}.{_encoded(_json(payload))}"
    return f"{signed}.{_encoded(key.sign(signed.encode()))}"


def opened(text: str) -> Envelope:
    """Take a record apart without believing it.

    Raises:
        CountenanceError: consent.receipt_invalid.
    """
    try:
        return _opened(text)
    except (ValueError, RecursionError) as error:  # JSON, UTF-8 and base64 errors are ValueErrors
        raise CountenanceError(Finding(RECEIPT_INVALID, detail="It has not the form of a signed record.")) from error


def verify(text: str, keys: Mapping[str, PublicKey]) -> Envelope:
    """Take a record apart and make sure that one of `keys` (by id) signed it as it is.

    Raises:
        CountenanceError: consent.receipt_invalid, consent.receipt_unknown_key.
    """
    envelope = opened(text)
    key = keys.get(envelope.key_id)
    if key is None:
        raise CountenanceError(Finding(RECEIPT_UNKNOWN_KEY, detail=f"The key's id is {envelope.key_id}."))
    if not key.verifies(envelope.signature, envelope.signed):
        raise CountenanceError(Finding(RECEIPT_INVALID, detail="The signature does not fit."))
    return envelope


def _opened(text: str) -> Envelope:
    if len(text) > MOST_CHARACTERS or not _COMPACT.fullmatch(text):
        raise ValueError("no compact JWS")
    head, body, tail = text.split(".")
    header, payload_json, signature = _object(_decoded(head)), _decoded(body), _decoded(tail)
    if header.keys() - {"jwk"} != {"alg", "typ", "kid"} or header["alg"] != _ALGORITHM or len(signature) != 64:
        raise ValueError("not signed as it must be")
    record_type, key_id = header["typ"], header["kid"]
    if not isinstance(record_type, str) or not isinstance(key_id, str) or not _KEY_ID.fullmatch(key_id):
        raise ValueError("no type or no key id")
    if "jwk" in header and public_key_of_jwk(header["jwk"]).id != key_id:
        raise ValueError("another key than it says")
    return Envelope(record_type, key_id, _object(payload_json), payload_json, f"{head}.{body}".encode(), signature)


def _json(value: Mapping[str, Any]) -> bytes:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # The name of a file may hold bytes that are no text.
    return text.encode("utf-8", "replace")


def _object(data: bytes) -> dict[str, Any]:
    value = json.loads(data.decode("utf-8"), object_pairs_hook=_without_twins, parse_constant=_no_constant)
    if not isinstance(value, dict):
        raise ValueError("no object")
    # Half of a surrogate pair, or a number beyond all bounds, could be read but not be shown again.
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
    return value


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError("no base64url") from error
    if _encoded(data) != text:
        raise ValueError("bits to spare")
    return data
