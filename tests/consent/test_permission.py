"""What a replica says of its consent counts only as far as it is signed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from countenance.consent.declaration import AI_GENERATED, declare
from countenance.consent.permission import carried, receipt_of
from countenance.consent.receipt import Receipt
from countenance.consent.receipt_content import Kind, Material, ReceiptContent
from countenance.consent.register import HoldingKind, hold, issue
from countenance.consent.revoke import revoke
from countenance.errors import CountenanceError
from countenance.settings import Settings


@pytest.fixture
def receipt(own_settings: Settings, agreement: Callable[..., ReceiptContent]) -> Receipt:
    return issue(agreement(), own_settings)


def sha256(receipt: Receipt, role: str = "footage") -> dict[str, str]:
    return {"sha256": receipt.content.files[role].sha256}


def refusal(description: Mapping[str, Any], settings: Settings) -> str:
    with pytest.raises(CountenanceError) as error:
        receipt_of(description, settings)
    return error.value.finding.rule.id


def test_the_id_beside_the_signed_text_must_be_its_own(receipt: Receipt, own_settings: Settings) -> None:
    said = {"consent": carried(receipt), "footage": sha256(receipt)}
    assert receipt_of(said, own_settings) == receipt
    for other in ("00000000-0000-4000-8000-000000000000", None, [receipt.id]):
        forged = {**said, "consent": {**carried(receipt), "receipt": other}}
        assert refusal(forged, own_settings) == "consent.receipt_of_another"


def test_a_replica_that_names_another_receipt_goes_with_its_own(
    receipt: Receipt, own_settings: Settings, agreement: Callable[..., ReceiptContent], tmp_path: Path
) -> None:
    other = issue(agreement(), own_settings)
    folder = tmp_path / "ada"
    folder.mkdir()
    consent = {**carried(receipt), "receipt": other.id}
    (folder / "replica.json").write_text(json.dumps({"consent": consent, "hashes": {}}))
    hold(receipt.id, HoldingKind.REPLICA, folder, own_settings)
    assert revoke(receipt.id, own_settings).complete
    assert not folder.exists()


def test_a_grafted_picture_is_not_what_was_agreed_to(receipt: Receipt, own_settings: Settings) -> None:
    stolen = {"consent": carried(receipt), "footage": {"sha256": "ab" * 32}}
    for picture in (sha256(receipt), sha256(receipt, "consent")):
        assert refusal({**stolen, "picture": picture}, own_settings) == "consent.receipt_of_another"
    spoken = {"consent": carried(receipt), "footage": sha256(receipt, "consent")}
    assert refusal(spoken, own_settings) == "consent.receipt_of_another", "the statement's recording is not the footage"
    unfit: list[object] = [[sha256(receipt)["sha256"]], {}, None]
    for no_text in unfit:
        said = {"consent": carried(receipt), "footage": {"sha256": no_text}}
        assert refusal(said, own_settings) == "consent.receipt_of_another"


def test_a_picture_counts_where_the_receipt_is_for_one(
    own_settings: Settings, agreement: Callable[..., ReceiptContent]
) -> None:
    declared = replace(
        agreement(),
        kind=Kind.DECLARATION,
        material=Material.IMAGE,
        person=None,
        statement=None,
        verdict=None,
        subject="invented",
        declarations=(declare(AI_GENERATED, "ada"),),
    )
    receipt = issue(declared, own_settings)
    made = {"consent": carried(receipt), "footage": {"sha256": "ab" * 32}, "picture": sha256(receipt)}
    assert receipt_of(made, own_settings) == receipt
    assert refusal({**made, "footage": sha256(receipt), "picture": {}}, own_settings) == "consent.receipt_of_another"
