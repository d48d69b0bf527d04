"""May a replica speak? Only while the consent or declaration that it carries stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from countenance.consent import receipt as receipts
from countenance.consent.keys import trusted_keys
from countenance.consent.receipt import Receipt
from countenance.consent.receipt_content import Material
from countenance.consent.receipt_rules import RECEIPT_MISSING, RECEIPT_OF_ANOTHER
from countenance.consent.register import check_stands
from countenance.errors import CountenanceError, Finding
from countenance.settings import Settings


def carried(receipt: Receipt) -> dict[str, str]:
    """What a replica's description keeps under `consent`, at least."""
    return {"receipt": receipt.id, "jws": receipt.text}


def still_stands(description: Mapping[str, Any], settings: Settings) -> Callable[[], None]:
    """Verify the receipt that a replica's description (`replica.json`) carries, and get a check for later moments.

    The check takes far less than a millisecond. In whatever process it runs, it raises consent.revoked from the moment
    at which somebody revokes the consent: a renderer calls it before every picture.

    Raises:
        CountenanceError: consent.receipt_missing, consent.receipt_of_another, consent.receipt_not_held,
            consent.revoked, and what `receipt.verify` raises.
    """
    receipt = receipt_of(description, settings)

    def check() -> None:
        check_stands(receipt.id, settings)

    check()
    return check


def receipt_of(description: Mapping[str, Any], settings: Settings) -> Receipt:
    """The receipt that a replica's description carries, verified; whether it stands is not asked.

    Raises:
        CountenanceError: consent.receipt_missing, consent.receipt_of_another, and what `receipt.verify` raises.
    """
    consent = description.get("consent")
    text = consent.get("jws") if isinstance(consent, Mapping) else None
    if not isinstance(consent, Mapping) or not isinstance(text, str):
        raise CountenanceError(Finding(RECEIPT_MISSING))
    receipt = receipts.verify(text, trusted_keys(settings))
    # Only the signed text proves anything; what others read of the id beside it must not lead elsewhere.
    if consent.get("receipt") != receipt.id or not _is_for(receipt, description):
        raise CountenanceError(Finding(RECEIPT_OF_ANOTHER, detail=f"The receipt is {receipt.id}."))
    return receipt


def _is_for(receipt: Receipt, description: Mapping[str, Any]) -> bool:
    """Whether a replica says to be made from what was agreed to.

    What was agreed to is in the signed text: the footage or the picture. A replica from a picture was trained on
    footage made of it, and names both.
    """
    agreed = receipt.content.files.get("footage")
    material = description.get("picture" if receipt.content.material is Material.IMAGE else "footage")
    return agreed is not None and isinstance(material, Mapping) and material.get("sha256") == agreed.sha256
