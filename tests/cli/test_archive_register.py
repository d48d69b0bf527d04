"""countenance export and import keep to the register: what it does not know is not vouched for, nor put in place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bundles import small_replica

from countenance.cli.exits import Exit
from countenance.consent import register
from countenance.consent.permission import carried
from countenance.consent.receipt import Receipt
from countenance.consent.receipt_content import ReceiptContent
from countenance.consent.register import HoldingKind, hold, holdings, issue
from countenance.engine import replica as bundle
from countenance.settings import Settings

Command = Callable[..., Any]


@pytest.fixture
def receipt(own_settings: Settings, agreement: Callable[..., ReceiptContent]) -> Receipt:
    return issue(agreement(), own_settings)


def made(receipt: Receipt, folder: Path, settings: Settings, *, noted: bool = True, **more: Any) -> Path:
    footage = {"sha256": receipt.content.files["footage"].sha256}
    bundle.save(small_replica(folder.parent, consent=carried(receipt), footage=footage, **more), folder)
    if noted:
        hold(receipt.id, HoldingKind.REPLICA, folder, settings)
    return folder


def full(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_replica_that_the_register_does_not_know_is_not_vouched_for(
    receipt: Receipt, own_settings: Settings, tmp_path: Path, command: Command
) -> None:
    made(receipt, tmp_path / "ada", own_settings)
    strange = made(receipt, tmp_path / "strange", own_settings, noted=False, metrics={"lip_ssim": 1.0})
    done = command("export", strange, "--out", tmp_path / "out", "--json")
    assert (done.code, done.result["error"]["rule"]) == (Exit.REFUSED, "consent.not_made_here")
    assert not (tmp_path / "out").exists()
    moved = (tmp_path / "ada").rename(tmp_path / "moved")
    assert command("export", moved, "--out", tmp_path / "out").code == Exit.OK


def test_an_archive_that_cannot_be_noted_is_not_left(
    receipt: Receipt, own_settings: Settings, tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    replica = made(receipt, tmp_path / "ada", own_settings)
    monkeypatch.setattr(register, "write_holdings", full)
    done = command("export", replica, "--out", tmp_path / "out", "--json")
    assert (done.code, done.result["error"]["rule"]) == (Exit.INPUT, "consent.register_unusable")
    assert not (tmp_path / "out").exists()


def test_an_import_that_cannot_be_noted_leaves_the_older_replica(
    receipt: Receipt,
    own_settings: Settings,
    agreement: Callable[..., ReceiptContent],
    tmp_path: Path,
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    older = made(issue(agreement(), own_settings), tmp_path / "older", own_settings)
    before = (older / "replica.json").read_bytes()
    made(receipt, tmp_path / "ada", own_settings)
    assert command("export", tmp_path / "ada", "--out", tmp_path / "file").code == Exit.OK
    with monkeypatch.context() as patch:
        patch.setattr(register, "write_holdings", full)
        assert command("import", tmp_path / "file", "--out", older).code == Exit.INPUT
    assert (older / "replica.json").read_bytes() == before
    assert command("import", tmp_path / "file", "--out", older).code == Exit.OK
    assert (older / "replica.json").read_bytes() != before


def test_nothing_is_written_where_keys_and_records_lie(
    receipt: Receipt, own_settings: Settings, tmp_path: Path, command: Command
) -> None:
    replica = made(receipt, tmp_path / "ada", own_settings)
    assert command("export", replica, "--out", tmp_path / "file").code == Exit.OK
    for name in ("consents/x", "keys/x", "credentials/authority.pem"):
        place = own_settings.data_dir / name
        for arguments in (("export", replica), ("import", tmp_path / "file")):
            done = command(*arguments, "--out", place, "--json")
            assert (done.code, done.result["error"]["rule"]) == (Exit.INPUT, "consent.place_kept")
        assert not place.exists()
    assert len(holdings(receipt.id, own_settings)) == 2
