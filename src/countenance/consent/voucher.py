"""The word that goes along with an exported replica: this is the one for which its receipt was given.

A receipt names the footage, not the replica made from it. Within an installation the register knows which is which;
to another, the installation that exports says so, signed, of exactly one `replica.json` and so, by the hashes in it,
of every byte of the replica. Without it, anybody could put another person's replica under a consent that was given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from countenance import __version__
from countenance.consent import jws
from countenance.consent import receipt as receipts
from countenance.consent.keys import signing_key, trusted_keys
from countenance.consent.permission import receipt_of
from countenance.consent.receipt import Receipt
from countenance.consent.receipt_content import STRICT, Sha256, Time
from countenance.consent.receipt_rules import NOT_VOUCHED, REVOKED
from countenance.consent.register import Standing, not_held, standing
from countenance.errors import CountenanceError, Finding
from countenance.settings import Settings

TYPE = "replica-voucher+jws"


@dataclass(frozen=True, slots=True)
class _Payload:
    __pydantic_config__ = STRICT
    schema_version: Literal["countenance-replica-voucher-1"]
    receipt_id: str
    replica_sha256: Sha256
    """of `replica.json`"""
    software: str
    issued_at: Time


def vouch(receipt_id: str, replica_sha256: str, settings: Settings) -> str:
    """Sign that the replica with this `replica.json` is the one for which the receipt was given.

    Raises:
        CountenanceError: for a key that cannot be used.
    """
    said = _Payload(
        "countenance-replica-voucher-1", receipt_id, replica_sha256, f"countenance {__version__}", receipts.now()
    )
    return jws.sign(asdict(said), TYPE, signing_key(settings))


def admitted(
    description: Mapping[str, Any], replica_sha256: str, voucher: str | None, settings: Settings, *, take: bool = False
) -> Receipt:
    """The receipt of a replica that comes from elsewhere, if all that may let it speak here is proven.

    The receipt must be signed with a key that is trusted here and belong to the replica's footage; whoever exported
    the replica, trusted likewise, must vouch for it; and this installation must hold the receipt and know of no
    revocation. `take` lets the last but one go: for whoever is about to take the receipt into the register.

    Raises:
        CountenanceError: consent.not_vouched, consent.receipt_not_held, consent.revoked, and what
            `permission.receipt_of` raises.
    """
    receipt = receipt_of(description, settings)
    known = standing(receipt.id, settings)
    if known is Standing.REVOKED:
        raise CountenanceError(Finding(REVOKED, detail=f"The receipt is {receipt.id}."))
    _check(voucher, receipt.id, replica_sha256, settings)
    if known is Standing.UNKNOWN and not take:
        raise not_held(receipt.id)
    return receipt


def _check(voucher: str | None, receipt_id: str, replica_sha256: str, settings: Settings) -> None:
    if voucher is None:
        raise CountenanceError(Finding(NOT_VOUCHED, detail="There is no word of whoever exported it."))
    try:
        envelope = jws.verify(voucher, trusted_keys(settings))
        said = _payload_type().validate_json(envelope.payload_json)
    except CountenanceError as error:
        raise CountenanceError(Finding(NOT_VOUCHED, detail=error.finding.detail)) from error
    except ValidationError as error:
        raise CountenanceError(Finding(NOT_VOUCHED, detail="It is a record of another kind.")) from error
    if envelope.type != TYPE or (said.receipt_id, said.replica_sha256) != (receipt_id, replica_sha256):
        raise CountenanceError(Finding(NOT_VOUCHED, detail="What was signed is about another replica."))


@cache
def _payload_type() -> TypeAdapter[_Payload]:
    return TypeAdapter(_Payload)
