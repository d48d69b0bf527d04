"""countenance export, import, upgrade: a replica on its way to another machine, and what proves its consent there."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bundles import small_replica

from countenance.cli.exits import Exit
from countenance.consent.keys import signing_key
from countenance.consent.permission import carried, still_stands
from countenance.consent.receipt import Receipt
from countenance.consent.receipt_content import ReceiptContent
from countenance.consent.register import HoldingKind, hold, issue
from countenance.consent.revoke import revoke
from countenance.engine import replica as bundle
from countenance.settings import Settings

Command = Callable[..., Any]


@pytest.fixture
def receipt(own_settings: Settings, agreement: Callable[..., ReceiptContent]) -> Receipt:
    return issue(agreement(), own_settings)


@pytest.fixture
def replica(receipt: Receipt, own_settings: Settings, tmp_path: Path) -> Path:
    """A replica with a consent that stands, as training leaves it."""
    footage = {"sha256": receipt.content.files["footage"].sha256}
    made = small_replica(tmp_path, consent=carried(receipt), footage=footage)
    bundle.save(made, tmp_path / "ada")
    hold(receipt.id, HoldingKind.REPLICA, tmp_path / "ada", own_settings)
    return tmp_path / "ada"


@pytest.fixture
def file(replica: Path, tmp_path: Path, command: Command) -> Path:
    done = command("export", replica, "--out", tmp_path / "ada.replica", "--json")
    assert done.code == Exit.OK, done.result
    return tmp_path / "ada.replica"


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Another installation, which knows nothing yet."""
    monkeypatch.setenv("COUNTENANCE_DATA_DIR", str(tmp_path / "elsewhere"))
    return Settings()


def trust(issuer: Settings, where: Settings) -> None:
    """What a person does who was given the issuer's public key."""
    public = signing_key(issuer).public
    keys = where.data_dir / "keys"
    keys.mkdir(parents=True, exist_ok=True)
    (keys / f"{public.id}.pub.pem").write_bytes(public.pem())


def rule(done: Any) -> str:
    return str(done.result["error"]["rule"])


def test_there_and_back(receipt: Receipt, replica: Path, file: Path, tmp_path: Path, command: Command) -> None:
    done = command("import", file, "--out", tmp_path / "copy", "--json")
    assert (done.code, done.err) == (Exit.OK, "")
    assert done.result == {
        "ok": True,
        "replica": str(tmp_path / "copy"),
        "format_version": bundle.FORMAT_VERSION,
        "receipt": receipt.id,
    }
    assert (tmp_path / "copy" / "replica.json").read_bytes() == (replica / "replica.json").read_bytes()
    told = command("import", file, "--out", tmp_path / "copy")
    assert told.code == Exit.OK
    assert receipt.id in told.out


def test_a_revocation_finds_the_copies(
    receipt: Receipt, replica: Path, file: Path, own_settings: Settings, tmp_path: Path, command: Command
) -> None:
    assert command("import", file, "--out", tmp_path / "copy").code == Exit.OK
    kept = tmp_path / "kept by hand"
    shutil.copy(file, kept)
    assert revoke(receipt.id, own_settings).complete
    assert not any(path.exists() for path in (replica, file, tmp_path / "copy"))
    done = command("import", kept, "--out", tmp_path / "again", "--json")
    assert (done.code, rule(done)) == (Exit.REFUSED, "consent.revoked")
    assert not (tmp_path / "again").exists()


def test_elsewhere_it_does_not_arrive_before_its_consent_is_proven(
    receipt: Receipt, file: Path, own_settings: Settings, elsewhere: Settings, tmp_path: Path, command: Command
) -> None:
    there = tmp_path / "there"
    for arguments in ((), ("--take-receipt",)):
        done = command("import", file, "--out", there, *arguments, "--json")
        assert (done.code, rule(done)) == (Exit.REFUSED, "consent.receipt_unknown_key")
    trust(own_settings, elsewhere)
    done = command("import", file, "--out", there, "--json")
    assert (done.code, rule(done)) == (Exit.REFUSED, "consent.receipt_not_held")
    assert "--take-receipt" in done.result["error"]["detail"]
    assert not there.exists()
    assert command("import", file, "--out", there, "--take-receipt", "--json").code == Exit.OK
    still_stands(bundle.describe(there), elsewhere)()
    assert revoke(receipt.id, elsewhere).complete
    assert not there.exists()


def test_a_replica_under_somebody_elses_consent_does_not_arrive(
    file: Path, own_settings: Settings, tmp_path: Path, command: Command
) -> None:
    """The receipt is real and held here, but the replica is not the one that it was given for."""
    forged = tmp_path / "forged"
    with zipfile.ZipFile(file) as opened:
        entries = [(entry, opened.read(entry)) for entry in opened.infolist()]
    description = json.loads(entries[0][1]) | {"metrics": {"lip_ssim": 1.0}}
    for others in (entries[1:], entries[1:-1]):
        with zipfile.ZipFile(forged, "w") as out:
            for entry, data in [(entries[0][0], json.dumps(description).encode()), *others]:
                out.writestr(zipfile.ZipInfo(entry.filename), data)
        done = command("import", forged, "--out", tmp_path / "there", "--json")
        assert (done.code, rule(done)) == (Exit.REFUSED, "consent.not_vouched")
    with zipfile.ZipFile(forged, "w") as out:
        for entry, data in [*entries[:-1], (entries[-1][0], description["consent"]["jws"].encode())]:
            out.writestr(zipfile.ZipInfo(entry.filename), data)
    done = command("import", forged, "--out", tmp_path / "there", "--json")
    assert (done.code, rule(done)) == (Exit.REFUSED, "consent.not_vouched")
    assert not (tmp_path / "there").exists()


def test_only_what_may_speak_is_exported(
    receipt: Receipt, replica: Path, own_settings: Settings, tmp_path: Path, command: Command
) -> None:
    (own_settings.data_dir / "consents" / receipt.id / "receipt.jws").unlink()
    done = command("export", replica, "--out", tmp_path / "out", "--json")
    assert (done.code, rule(done)) == (Exit.REFUSED, "consent.receipt_not_held")
    bundle.save(small_replica(tmp_path), tmp_path / "nobody")
    done = command("export", tmp_path / "nobody", "--out", tmp_path / "out", "--json")
    assert (done.code, rule(done)) == (Exit.REFUSED, "consent.receipt_missing")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("as_json", [False, True])
def test_mistakes_are_told(tmp_path: Path, own_settings: Settings, as_json: bool, command: Command) -> None:
    (tmp_path / "text").write_text("no archive")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_bytes(b"cat")
    flag = ["--json"] if as_json else []
    for arguments, expected in [
        (("export", tmp_path / "photos", "--out", tmp_path / "out"), "engine.not_a_replica"),
        (("import", tmp_path / "text", "--out", tmp_path / "out"), "engine.not_an_archive"),
        (("import", tmp_path / "none", "--out", tmp_path / "out"), "media.file_missing"),
        (("import", tmp_path / "text", "--out", tmp_path / "photos"), "engine.place_taken"),
        (("upgrade", tmp_path / "photos"), "engine.not_a_replica"),
    ]:
        done = command(*arguments, *flag)
        assert done.code == Exit.INPUT
        assert expected in done.out + done.err
        assert "Traceback" not in done.err
    assert not (tmp_path / "out").exists()


def test_what_is_up_to_date_stays_as_it_is(replica: Path, command: Command) -> None:
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in replica.iterdir()}
    done = command("upgrade", replica, "--json")
    assert (done.code, done.result["format_before"]) == (Exit.OK, bundle.FORMAT_VERSION)
    assert {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in replica.iterdir()} == before
    assert "Nothing was changed." in command("upgrade", replica).out


def test_an_older_replica_is_brought_up_to_date(
    receipt: Receipt, replica: Path, own_settings: Settings, command: Command
) -> None:
    path = replica / "replica.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format_version": 1}))
    done = command("upgrade", replica, "--json")
    assert (done.code, rule(done)) == (Exit.REFUSED, "consent.not_made_here")
    hold(receipt.id, HoldingKind.REPLICA, replica, own_settings)
    done = command("upgrade", replica, "--json")
    assert (done.code, done.result["format_before"], done.result["format_version"]) == (Exit.OK, 1, 2)
    still_stands(bundle.load(replica).description, own_settings)()
    # What was noted of it is noted anew: a revocation deletes it as it is now.
    assert revoke(receipt.id, own_settings).complete
    assert not replica.exists()
