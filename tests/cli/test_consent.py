"""countenance consent: what show, verify, revoke and list say, to a person and to a program."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from countenance.cli.exits import Exit
from countenance.consent.keys import signing_key
from countenance.consent.receipt import Receipt, sign
from countenance.consent.receipt_content import ReceiptContent
from countenance.consent.register import HoldingKind, hold, issue
from countenance.settings import Settings

Command = Callable[..., Any]


@pytest.fixture
def receipt(own_settings: Settings, agreement: Callable[..., ReceiptContent], tmp_path: Path) -> Receipt:
    receipt = issue(agreement("Zoë [bold]\x1b[31mMüller"), own_settings)
    for kind in (HoldingKind.CONSENT, HoldingKind.FOOTAGE):
        hold(receipt.id, kind, tmp_path / f"{kind.value}.mp4", own_settings)
    return receipt


@pytest.fixture
def file(receipt: Receipt, own_settings: Settings) -> Path:
    return own_settings.data_dir / "consents" / receipt.id / "receipt.jws"


def test_verify(receipt: Receipt, file: Path, command: Command) -> None:
    for reference in (file, receipt.id):
        done = command("consent", "verify", reference, "--json")
        assert (done.code, done.err) == (Exit.OK, "")
        assert done.result == {
            "ok": True,
            "verified": True,
            "record": "receipt",
            "receipt": receipt.id,
            "standing": "active",
        }
    told = command("consent", "verify", file)
    assert told.code == Exit.OK
    assert "exactly as it was signed" in told.out
    assert "in force" in told.out


def test_verify_elsewhere_with_nothing_but_the_public_key(
    receipt: Receipt, own_settings: Settings, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = signing_key(own_settings).public
    (tmp_path / "their.jws").write_text(receipt.text)
    (tmp_path / "their.pem").write_bytes(public.pem())
    (tmp_path / "their.jwk").write_text(json.dumps(public.jwk()))
    monkeypatch.setenv("COUNTENANCE_DATA_DIR", str(tmp_path / "nothing yet"))
    for key in ("their.pem", "their.jwk"):
        done = command("consent", "verify", tmp_path / "their.jws", "--key", tmp_path / key, "--json")
        assert done.code == Exit.OK
        assert (done.result["verified"], done.result["standing"]) == (True, "unknown")
    unknown = command("consent", "verify", tmp_path / "their.jws", "--json")
    assert (unknown.code, unknown.result["error"]["rule"]) == (Exit.REFUSED, "consent.receipt_unknown_key")
    assert not (tmp_path / "nothing yet").exists()


def test_a_receipts_text_is_no_file(receipt: Receipt, command: Command) -> None:
    done = command("consent", "verify", receipt.text, "--json")
    assert (done.code, done.result["error"]["rule"]) == (Exit.INPUT, "consent.receipt_unreadable")


def test_another_key_does_not_do(receipt: Receipt, file: Path, command: Command, tmp_path: Path) -> None:
    (tmp_path / "other.pem").write_bytes(signing_key(Settings(data_dir=tmp_path / "other")).public.pem())
    done = command("consent", "verify", file, "--key", tmp_path / "other.pem", "--json")
    assert (done.code, done.result["error"]["rule"]) == (Exit.REFUSED, "consent.receipt_unknown_key")
    none = command("consent", "verify", file, "--key", tmp_path / "consent.mp4", "--json")
    assert (none.code, none.result["error"]["rule"]) == (Exit.INPUT, "consent.key_unreadable")


@pytest.mark.parametrize("change", [b"\n", b" ", b"A", b"\xff"])
@pytest.mark.parametrize("as_json", [False, True])
def test_a_changed_file_is_refused(
    change: bytes, as_json: bool, receipt: Receipt, command: Command, tmp_path: Path
) -> None:
    (tmp_path / "changed.jws").write_bytes(receipt.text.encode() + change)
    for name in ("verify", "show", "revoke"):
        done = command("consent", name, tmp_path / "changed.jws", *(["--json"] if as_json else []))
        assert done.code == Exit.REFUSED
        assert "consent.receipt_invalid" in done.out + done.err
        assert "Traceback" not in done.err


@pytest.mark.parametrize("reference", ["nothing.jws", "{}", "00000000-0000-4000-8000-000000000000"])
def test_what_cannot_be_read_is_an_input_that_cannot_be_used(
    reference: str, own_settings: Settings, command: Command, tmp_path: Path
) -> None:
    for name in ("verify", "show", "revoke"):
        done = command("consent", name, reference.format(tmp_path), "--json")
        assert (done.code, done.result["error"]["rule"]) == (Exit.INPUT, "consent.receipt_unreadable")


def test_show(receipt: Receipt, command: Command) -> None:
    shown = command("consent", "show", receipt.id, "--json").result
    assert (shown["ok"], shown["verified"], shown["standing"]) == (True, True, "active")
    assert shown["receipt"]["record_id"] == receipt.id
    assert shown["receipt"]["statement"]["one_time_phrase"] == "amber lantern"
    assert shown["receipt"]["files"]["footage"]["sha256"] == receipt.content.files["footage"].sha256
    assert (shown["revocation"], shown["deletion"]) == (None, None)
    told = command("consent", "show", receipt.id)
    assert told.code == Exit.OK
    words = " ".join(told.out.split())
    for wanted in ("good", "Zoë [bold]\N{REPLACEMENT CHARACTER}[31mMüller", "Harbour Films", "amber lantern", "0.710"):
        assert wanted in words
    assert "\x1b" not in told.out


def test_what_does_not_verify_is_never_shown_as_true(
    own_settings: Settings, agreement: Callable[..., ReceiptContent], command: Command, tmp_path: Path
) -> None:
    stranger = sign(agreement(), Settings(data_dir=tmp_path / "elsewhere"))
    (tmp_path / "their.jws").write_text(stranger.text)
    told = command("consent", "show", tmp_path / "their.jws")
    assert told.code == Exit.REFUSED
    assert "NOT VERIFIED" in told.out
    said = command("consent", "show", tmp_path / "their.jws", "--json").result
    assert (said["ok"], said["verified"]) == (False, False)
    assert said["error"]["rule"] == "consent.receipt_unknown_key"


def test_list(receipt: Receipt, file: Path, own_settings: Settings, command: Command) -> None:
    row = command("consent", "list", "--json").result["receipts"]
    assert [each["record_id"] for each in row] == [receipt.id]
    assert (row[0]["standing"], row[0]["kind"], row[0]["problem"]) == ("active", "consent", None)
    with file.open("a") as end:
        end.write("A")
    assert command("consent", "list", "--json").result["receipts"][0]["problem"] == "consent.receipt_invalid"
    assert command("consent", "list").code == Exit.OK


def test_an_empty_list(own_settings: Settings, command: Command) -> None:
    assert command("consent", "list", "--json").result == {"ok": True, "receipts": []}
    assert "No receipt" in command("consent", "list").out


def test_revoke(receipt: Receipt, file: Path, command: Command, tmp_path: Path) -> None:
    done = command("consent", "revoke", receipt.id, "--yes", "--reason", "enough", "--json")
    assert done.code == Exit.OK
    assert done.result["deletion"]["complete"] is True
    assert {Path(each["path"]).name: each["outcome"] for each in done.result["deletion"]["files"]} == {
        "consent.mp4": "deleted",
        "footage.mp4": "deleted",
    }
    assert not (tmp_path / "footage.mp4").exists()
    verified = command("consent", "verify", file, "--json")
    assert (verified.code, verified.result["error"]["rule"]) == (Exit.REFUSED, "consent.revoked")
    assert (verified.result["verified"], verified.result["standing"]) == (True, "revoked")
    shown = command("consent", "show", file, "--json").result
    assert shown["revocation"]["reason"] == "enough"
    assert shown["deletion"] == done.result["deletion"]
    for record in ("revocation", "deletion"):
        record_file = file.with_name(f"{record}.jws")
        assert command("consent", "verify", record_file, "--json").result["record"] == record
        record_file.write_bytes(record_file.read_bytes() + b"A")
        assert command("consent", "verify", record_file).code == Exit.REFUSED


@pytest.mark.parametrize("as_json", [False, True])
def test_without_a_terminal_it_must_be_confirmed(
    as_json: bool, receipt: Receipt, command: Command, tmp_path: Path
) -> None:
    done = command("consent", "revoke", receipt.id, *(["--json"] if as_json else []))
    assert done.code == Exit.INPUT
    assert "consent.not_confirmed" in done.out + done.err
    told = re.sub(r"[\s│]", "", done.out + done.err)  # a long path is folded inside the panel
    assert all(name in told for name in ("consent.mp4", "footage.mp4"))
    if as_json:
        assert {Path(each["path"]).name for each in done.result["would_erase"]} == {"consent.mp4", "footage.mp4"}
    assert (tmp_path / "footage.mp4").exists()
    assert command("consent", "verify", receipt.id).code == Exit.OK


@pytest.mark.parametrize(("typed", "code"), [("yes\n", Exit.INPUT), ("\n", Exit.INPUT), ("revoke\n", Exit.OK)])
def test_at_a_terminal_the_word_must_be_typed(typed: str, code: Exit, receipt: Receipt, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    arguments = [sys.executable, "-m", "countenance", "consent", "revoke", receipt.id]
    process = subprocess.Popen(arguments, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    os.close(theirs)
    os.write(ours, typed.encode())
    out, err = process.communicate(timeout=60)
    os.close(ours)
    assert process.returncode == code, out + err
    assert str(tmp_path / "footage.mp4") in err
    assert (tmp_path / "footage.mp4").exists() == (code != Exit.OK)


def test_what_could_not_be_erased_is_told(
    receipt: Receipt, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.unlink

    def refused(path: str, *, dir_fd: int | None = None) -> None:
        if path == "footage.mp4":
            raise PermissionError(13, "Permission denied")
        real(path, dir_fd=dir_fd)

    with monkeypatch.context() as patched:
        patched.setattr(os, "unlink", refused)
        done = command("consent", "revoke", receipt.id, "--yes", "--json")
    assert (done.code, done.result["error"]["rule"]) == (Exit.INPUT, "consent.not_erased")
    assert str(tmp_path / "footage.mp4") in done.result["error"]["detail"]
    assert done.result["deletion"]["complete"] is False
    assert command("consent", "revoke", receipt.id, "--yes").code == Exit.OK


def test_usage(command: Command) -> None:
    alone = command("consent")
    assert alone.code == Exit.USAGE
    assert "revoke" in alone.out + alone.err
    for line in ("verify", "verify a b", "sign", "revoke a --no-such-option", "list a"):
        done = command("consent", *line.split(), "--json")
        assert (done.code, done.result["error"]["rule"]) == (Exit.USAGE, "cli.usage")
