"""The register knows what was made under which consent, and a replica speaks only while its own one stands."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from countenance.consent.permission import carried, still_stands
from countenance.consent.receipt import Receipt, sign
from countenance.consent.receipt_content import ReceiptContent
from countenance.consent.register import (
    HeldFile,
    HoldingKind,
    Standing,
    check_stands,
    held,
    held_ids,
    hold,
    holdings,
    issue,
    read_text,
    standing,
    text_of,
)
from countenance.errors import CountenanceError
from countenance.settings import Settings


@pytest.fixture
def receipt(own_settings: Settings, agreement: Callable[..., ReceiptContent]) -> Receipt:
    return issue(agreement(), own_settings)


def rule_of(call: Callable[[], object]) -> str:
    with pytest.raises(CountenanceError) as error:
        call()
    return error.value.finding.rule.id


def description(receipt: Receipt, footage: str = "footage") -> dict[str, object]:
    """What matters of a replica's description."""
    return {"consent": carried(receipt), "footage": {"sha256": receipt.content.files[footage].sha256}}


def test_an_issued_receipt_is_kept_for_its_owner_alone(receipt: Receipt, own_settings: Settings) -> None:
    file = own_settings.data_dir / "consents" / receipt.id / "receipt.jws"
    assert file.read_text() == receipt.text
    assert [path.stat().st_mode & 0o777 for path in (file, file.parent, file.parent.parent)] == [0o600, 0o700, 0o700]
    assert held(receipt.id, own_settings) == receipt
    assert held_ids(own_settings) == [receipt.id]
    assert standing(receipt.id, own_settings) is Standing.ACTIVE
    assert receipt.content.account == "studio@example.org"


@pytest.mark.parametrize("unknown", ["", "..", "../../etc", "00000000-0000-4000-8000-000000000000"])
def test_what_is_not_held_is_unknown(unknown: str, receipt: Receipt, own_settings: Settings) -> None:
    assert standing(unknown, own_settings) is Standing.UNKNOWN
    assert rule_of(lambda: check_stands(unknown, own_settings)) == "consent.receipt_not_held"
    assert rule_of(lambda: held(unknown, own_settings)) == "consent.receipt_not_held"
    footage = Path(own_settings.data_dir).parent / "footage.mp4"
    assert rule_of(lambda: hold(unknown, HoldingKind.FOOTAGE, footage, own_settings)) == "consent.receipt_not_held"


def test_holdings_are_noted_with_the_hash_of_every_file(
    receipt: Receipt, own_settings: Settings, tmp_path: Path
) -> None:
    replica = tmp_path / "a replica"
    (replica / "inner").mkdir(parents=True)
    for name in ("replica.json", "inner/base.mp4"):
        (replica / name).write_text(name)
    (replica / "a link").symlink_to(tmp_path / "footage.mp4")
    (tmp_path / "another name").symlink_to(replica)
    hold(receipt.id, HoldingKind.FOOTAGE, tmp_path / "footage.mp4", own_settings)
    hold(receipt.id, HoldingKind.REPLICA, tmp_path / "another name", own_settings)
    footage, bundle = holdings(receipt.id, own_settings)
    assert (footage.path, footage.is_folder) == (str(tmp_path / "footage.mp4"), False)
    assert footage.files == (HeldFile("", receipt.content.files["footage"].sha256),)
    assert (bundle.path, bundle.is_folder) == (str(replica), True)
    assert {file.name for file in bundle.files} == {"replica.json", "inner/base.mp4"}
    (replica / "inner/base.mp4").write_text("trained again")
    hold(receipt.id, HoldingKind.REPLICA, replica, own_settings)
    again = holdings(receipt.id, own_settings)
    assert [row.path for row in again] == [footage.path, bundle.path]
    assert again[1].files != bundle.files
    notes = own_settings.data_dir / "consents" / receipt.id / "holdings.json"
    assert notes.stat().st_mode & 0o777 == 0o600


def test_what_is_not_there_cannot_be_held(receipt: Receipt, own_settings: Settings, tmp_path: Path) -> None:
    gone = tmp_path / "gone.mp4"
    assert rule_of(lambda: hold(receipt.id, HoldingKind.FOOTAGE, gone, own_settings)) == "media.file_missing"
    assert holdings(receipt.id, own_settings) == ()


def test_records_and_keys_cannot_be_held(receipt: Receipt, own_settings: Settings) -> None:
    """What is held is deleted one day."""
    data = own_settings.data_dir
    for path in (
        data,
        data.parent,
        data / "keys",
        data / "credentials",
        data / "keys/signing.pem",
        data / "consents" / receipt.id,
    ):
        assert rule_of(partial(hold, receipt.id, HoldingKind.CACHE, path, own_settings)) == "consent.place_kept"


def test_a_register_that_is_damaged_is_told(receipt: Receipt, own_settings: Settings, tmp_path: Path) -> None:
    folder = own_settings.data_dir / "consents" / receipt.id
    (folder / "holdings.json").write_text('[{"path": 1}]')
    assert rule_of(lambda: holdings(receipt.id, own_settings)) == "consent.register_unusable"
    with (folder / "receipt.jws").open("a") as file:
        file.write("x")
    assert rule_of(lambda: held(receipt.id, own_settings)) == "consent.receipt_invalid"
    blocked = replace(receipt.content)
    (tmp_path / "blocked").mkdir()
    (tmp_path / "blocked" / "consents").write_text("in the way")
    settings = own_settings.model_copy(update={"data_dir": tmp_path / "blocked"})
    assert rule_of(lambda: issue(blocked, settings)) == "consent.register_unusable"


def test_a_replica_may_speak_while_its_consent_stands(receipt: Receipt, own_settings: Settings) -> None:
    check = still_stands(description(receipt), own_settings)
    check()
    (own_settings.data_dir / "consents" / receipt.id / "revocation.jws").write_text("whatever it says")
    assert rule_of(check) == "consent.revoked"
    assert rule_of(lambda: still_stands(description(receipt), own_settings)) == "consent.revoked"


def test_a_receipt_that_vanishes_from_the_register_stops_it_too(receipt: Receipt, own_settings: Settings) -> None:
    check = still_stands(description(receipt), own_settings)
    (own_settings.data_dir / "consents" / receipt.id / "receipt.jws").unlink()
    assert rule_of(check) == "consent.receipt_not_held"


@pytest.mark.parametrize(
    ("bundle", "rule"),
    [
        ({}, "consent.receipt_missing"),
        ({"consent": None}, "consent.receipt_missing"),
        ({"consent": {"jws": 5}}, "consent.receipt_missing"),
        ({"consent": {"jws": "a.b.c"}}, "consent.receipt_invalid"),
    ],
)
def test_a_replica_without_a_receipt_does_not_speak(
    bundle: dict[str, object], rule: str, receipt: Receipt, own_settings: Settings
) -> None:
    assert rule_of(lambda: still_stands(bundle, own_settings)) == rule


def test_another_replica_s_receipt_does_not_help(
    receipt: Receipt, own_settings: Settings, agreement: Callable[..., ReceiptContent], tmp_path: Path
) -> None:
    borrowed = {**description(receipt), "footage": {"sha256": "ab" * 32}}
    assert rule_of(lambda: still_stands(borrowed, own_settings)) == "consent.receipt_of_another"
    assert rule_of(lambda: still_stands({"consent": carried(receipt)}, own_settings)) == "consent.receipt_of_another"
    not_issued = sign(agreement(), own_settings)
    assert rule_of(lambda: still_stands(description(not_issued), own_settings)) == "consent.receipt_not_held"
    stranger = sign(agreement(), Settings(data_dir=tmp_path / "elsewhere"))
    assert rule_of(lambda: still_stands(description(stranger), own_settings)) == "consent.receipt_unknown_key"


def test_a_receipt_is_found_by_file_id_and_replica(receipt: Receipt, own_settings: Settings, tmp_path: Path) -> None:
    file = own_settings.data_dir / "consents" / receipt.id / "receipt.jws"
    replica = tmp_path / "replica"
    replica.mkdir()
    (replica / "replica.json").write_text(json.dumps(description(receipt)))
    for reference in (str(file), receipt.id, str(replica)):
        assert text_of(reference, own_settings) == receipt.text
    (replica / "replica.json").write_text('{"consent": null}')
    for reference in (str(replica), str(tmp_path), "nothing", "00000000-0000-4000-8000-000000000000"):
        assert rule_of(partial(text_of, reference, own_settings)) == "consent.receipt_unreadable"


def test_a_file_that_is_no_text_is_no_receipt(tmp_path: Path) -> None:
    (tmp_path / "high bit").write_bytes(b"abc\xe1.def.ghi")
    assert rule_of(lambda: read_text(tmp_path / "high bit")) == "consent.receipt_invalid"
    with (tmp_path / "large").open("wb") as file:
        os.truncate(file.fileno(), 10_000_000)
    assert rule_of(lambda: read_text(tmp_path / "large")) == "consent.receipt_invalid"
