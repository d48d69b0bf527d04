"""A revocation stops everything first, then deletes what was made under the consent, that alone, and for real."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from countenance.consent.permission import carried
from countenance.consent.receipt import Receipt
from countenance.consent.receipt_content import ReceiptContent
from countenance.consent.register import HoldingKind, Standing, folder_of, hold, holdings, issue, standing
from countenance.consent.revoke import Deletion, deletion_of, revocation_of, revoke, to_erase
from countenance.errors import CountenanceError
from countenance.settings import Settings
from countenance.stock.clips import presenter_clip

MEDIA = b"the very pixels of a face " * 50
"""Stands in every file that has to go."""


@pytest.fixture
def receipt(own_settings: Settings, agreement: Callable[..., ReceiptContent], tmp_path: Path) -> Receipt:
    """A consent with recordings, a replica, an enrolled face and a cache."""
    for role in ("consent", "footage"):
        (tmp_path / f"{role}.mp4").write_bytes(role.encode() + MEDIA)
    receipt = issue(agreement(), own_settings)
    make_replica(tmp_path / "replicas" / "ada", receipt)
    for name in ("enrolled", "cache"):
        (own_settings.data_dir / name).mkdir()
    (own_settings.data_dir / "enrolled" / f"{receipt.id}.npz").write_bytes(b"embedding " + MEDIA)
    (own_settings.data_dir / "cache" / receipt.id / "crops").mkdir(parents=True)
    (own_settings.data_dir / "cache" / receipt.id / "crops" / "1.jpg").write_bytes(b"crop " + MEDIA)
    hold(receipt.id, HoldingKind.CONSENT, tmp_path / "consent.mp4", own_settings)
    hold(receipt.id, HoldingKind.FOOTAGE, tmp_path / "footage.mp4", own_settings)
    hold(receipt.id, HoldingKind.REPLICA, tmp_path / "replicas" / "ada", own_settings)
    return receipt


def make_replica(folder: Path, receipt: Receipt) -> Path:
    """A folder as the engine leaves one, as far as a revocation can see."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {name: name.encode() + MEDIA for name in ("engine.safetensors", "atlas.safetensors", "base.mp4")}
    for name, data in files.items():
        (folder / name).write_bytes(data)
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    (folder / "replica.json").write_text(json.dumps({"consent": carried(receipt), "hashes": hashes}))
    return folder


def outcomes(deletion: Deletion) -> dict[str, str]:
    return {Path(file.path).name: file.outcome for file in deletion.files}


def files_below(*folders: Path) -> set[str]:
    return {path.name for folder in folders for path in folder.rglob("*") if path.is_file()}


def test_everything_is_gone_and_the_records_stay(receipt: Receipt, own_settings: Settings, tmp_path: Path) -> None:
    planned = {path.name for _, path in to_erase(receipt.id, own_settings)}
    assert planned == {"consent.mp4", "footage.mp4", "ada", f"{receipt.id}.npz", receipt.id}
    media = [path for path in tmp_path.rglob("*") if path.is_file() and MEDIA in path.read_bytes()]
    assert len(media) == 7
    hashes = {hashlib.sha256(path.read_bytes()).hexdigest(): str(path) for path in media}
    deletion = revoke(receipt.id, own_settings, "I changed my mind.")
    assert [path for path in tmp_path.rglob("*") if path.is_file() and MEDIA in path.read_bytes()] == []
    assert list((tmp_path / "replicas").iterdir()) == []
    assert list((own_settings.data_dir / "cache").iterdir()) == []
    assert list((own_settings.data_dir / "enrolled").iterdir()) == []
    assert files_below(own_settings.data_dir / "consents") == {"receipt.jws", "revocation.jws", "deletion.jws", "lock"}
    assert deletion.complete
    assert set(outcomes(deletion).values()) == {"deleted"}
    assert {file.sha256: file.path for file in deletion.files if not file.path.endswith(".json")} == hashes
    assert deletion_of(receipt.id, own_settings) == deletion
    revocation = revocation_of(receipt.id, own_settings)
    assert revocation is not None
    assert (revocation.reason, revocation.account) == ("I changed my mind.", "studio@example.org")
    assert revocation.event["event_state"] == "withdrawn"
    assert revocation.receipt_sha256 == deletion.receipt_sha256 == receipt.sha256
    assert standing(receipt.id, own_settings) is Standing.REVOKED
    assert to_erase(receipt.id, own_settings) == []


def test_nothing_else_is_touched(receipt: Receipt, own_settings: Settings, tmp_path: Path) -> None:
    """Neighbours, files put into the replica's folder by somebody, and what was changed since."""
    (tmp_path / "replicas" / "ada" / "my notes.txt").write_text("mine")
    (tmp_path / "replicas" / "grace").mkdir()
    (tmp_path / "replicas" / "grace" / "base.mp4").write_bytes(b"base.mp4" + MEDIA)
    (tmp_path / "footage.mp4").write_bytes(b"a new recording in its place")
    other = own_settings.data_dir / "enrolled" / "00000000-0000-4000-8000-000000000000.npz"
    other.write_bytes(b"somebody else")
    deletion = revoke(receipt.id, own_settings)
    assert outcomes(deletion)["footage.mp4"] == "changed since and therefore left"
    assert outcomes(deletion)["consent.mp4"] == "deleted"
    assert files_below(tmp_path / "replicas") == {"my notes.txt", "base.mp4"}
    assert (tmp_path / "replicas" / "grace" / "base.mp4").exists()
    assert (tmp_path / "footage.mp4").exists()
    assert other.exists()
    assert deletion.complete


def test_the_clips_of_this_software_stay(receipt: Receipt, own_settings: Settings) -> None:
    hold(receipt.id, HoldingKind.FOOTAGE, presenter_clip(), own_settings)
    assert presenter_clip() not in [path for _, path in to_erase(receipt.id, own_settings)]
    deletion = revoke(receipt.id, own_settings)
    assert presenter_clip().is_file()
    assert outcomes(deletion)[presenter_clip().name] == "left, since it is part of this software"
    assert deletion.complete


def test_links_are_never_followed(receipt: Receipt, own_settings: Settings, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("consent.mp4", "footage.mp4"):
        (tmp_path / name).rename(elsewhere / name)
    (tmp_path / "consent.mp4").symlink_to(elsewhere / "consent.mp4")
    (tmp_path / "replicas").rename(elsewhere / "replicas")
    (tmp_path / "replicas").symlink_to(elsewhere / "replicas")
    deletion = revoke(receipt.id, own_settings)
    assert files_below(elsewhere) >= {"consent.mp4", "footage.mp4", "base.mp4"}
    assert outcomes(deletion)["consent.mp4"] == "changed since and therefore left"
    assert outcomes(deletion)["base.mp4"] == "changed since and therefore left"
    assert outcomes(deletion)["footage.mp4"] == "already gone"
    assert (tmp_path / "consent.mp4").is_symlink()


def test_another_name_of_the_same_file_is_told(receipt: Receipt, own_settings: Settings, tmp_path: Path) -> None:
    os.link(tmp_path / "footage.mp4", tmp_path / "a copy.mp4")
    deletion = revoke(receipt.id, own_settings)
    detail = {Path(file.path).name: file.detail for file in deletion.files}
    assert detail["footage.mp4"] == "The same file has another name elsewhere."
    assert detail["consent.mp4"] == ""


def test_a_replica_of_another_consent_in_the_same_place_stays(
    receipt: Receipt, own_settings: Settings, agreement: Callable[..., ReceiptContent], tmp_path: Path
) -> None:
    newer = issue(agreement(), own_settings)
    replica = make_replica(tmp_path / "replicas" / "ada", newer)
    hold(newer.id, HoldingKind.REPLICA, replica, own_settings)
    deletion = revoke(receipt.id, own_settings)
    assert files_below(replica) == {"replica.json", "engine.safetensors", "atlas.safetensors", "base.mp4"}
    assert outcomes(deletion)["base.mp4"] == "already gone"
    assert outcomes(revoke(newer.id, own_settings))["base.mp4"] == "deleted"
    assert not replica.exists()


def test_footage_that_another_consent_covers_stays_until_that_is_revoked(
    receipt: Receipt, own_settings: Settings, agreement: Callable[..., ReceiptContent], tmp_path: Path
) -> None:
    second = issue(agreement(), own_settings)
    hold(second.id, HoldingKind.FOOTAGE, tmp_path / "footage.mp4", own_settings)
    assert "footage.mp4" not in {path.name for _, path in to_erase(receipt.id, own_settings)}
    first = revoke(receipt.id, own_settings)
    assert outcomes(first)["footage.mp4"] == "left, since another consent that stands covers it"
    assert (tmp_path / "footage.mp4").exists()
    assert outcomes(revoke(second.id, own_settings))["footage.mp4"] == "deleted"
    assert not (tmp_path / "footage.mp4").exists()


def test_a_replica_that_was_trained_again_goes_whole(receipt: Receipt, own_settings: Settings, tmp_path: Path) -> None:
    replica = tmp_path / "replicas" / "ada"
    (replica / "base.mp4").write_bytes(b"filmed again " + MEDIA)
    deletion = revoke(receipt.id, own_settings)
    assert outcomes(deletion)["base.mp4"] == "deleted"
    assert not replica.exists()


class Killed(BaseException):
    """As if the process had ended at this point."""


@pytest.mark.parametrize("survived", range(8))
def test_an_interrupted_deletion_is_taken_up_again(
    survived: int, receipt: Receipt, own_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "replicas" / "ada" / "base.mp4").write_bytes(b"filmed again " + MEDIA)
    real, calls = os.unlink, 0

    def unlink(path: str, *, dir_fd: int | None = None) -> None:
        nonlocal calls
        if dir_fd is not None and calls == survived:
            raise Killed
        calls += dir_fd is not None
        real(path, dir_fd=dir_fd)

    with monkeypatch.context() as patched:
        patched.setattr(os, "unlink", unlink)
        with pytest.raises(Killed):
            revoke(receipt.id, own_settings)
    assert standing(receipt.id, own_settings) is Standing.REVOKED
    first = revocation_of(receipt.id, own_settings)
    assert first is not None
    deletion = revoke(receipt.id, own_settings, "another reason")
    assert revocation_of(receipt.id, own_settings) == first
    assert deletion.complete
    # What had been finished is remembered as deleted; of the replica that was being deleted, files are just gone.
    assert Counter(outcomes(deletion).values()) == Counter({"deleted": 8 - max(0, survived - 4)}) + Counter(
        {"already gone": max(0, survived - 4)}
    )
    assert not any(MEDIA in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert not (tmp_path / "replicas" / "ada").exists()
    assert holdings(receipt.id, own_settings) == ()


def test_a_second_revocation_changes_nothing(receipt: Receipt, own_settings: Settings) -> None:
    first = revoke(receipt.id, own_settings, "first")
    folder = folder_of(receipt.id, own_settings)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert revoke(receipt.id, own_settings, "second") == first
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_what_the_system_refuses_stays_known_and_is_tried_again(
    receipt: Receipt, own_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: str, *, dir_fd: int | None = None) -> None:
        if path == "footage.mp4":
            raise PermissionError(13, "Permission denied")
        os.remove(path, dir_fd=dir_fd)

    with monkeypatch.context() as patched:
        patched.setattr(os, "unlink", refused)
        deletion = revoke(receipt.id, own_settings)
    assert not deletion.complete
    assert {file.path: file.detail for file in deletion.files if file.outcome == "not permitted"} == {
        str(tmp_path / "footage.mp4"): "Permission denied."
    }
    assert [path.name for _, path in to_erase(receipt.id, own_settings)] == ["footage.mp4"]
    again = revoke(receipt.id, own_settings)
    assert again.complete
    assert set(outcomes(again).values()) == {"deleted"}
    assert not (tmp_path / "footage.mp4").exists()


def test_what_is_made_while_somebody_revokes_is_found_by_the_next_call(
    receipt: Receipt, own_settings: Settings, tmp_path: Path
) -> None:
    """A training that ends after the revocation notes its replica, is refused, and the replica goes as well."""
    revoke(receipt.id, own_settings)
    late = make_replica(tmp_path / "replicas" / "late", receipt)
    with pytest.raises(CountenanceError) as error:
        hold(receipt.id, HoldingKind.REPLICA, late, own_settings)
    assert error.value.finding.rule.id == "consent.revoked"
    deletion = revoke(receipt.id, own_settings)
    assert not late.exists()
    assert deletion.complete
    assert len(deletion.files) == 12


def test_a_deletion_record_that_was_tampered_with_is_written_anew(receipt: Receipt, own_settings: Settings) -> None:
    revoke(receipt.id, own_settings)
    file = folder_of(receipt.id, own_settings) / "deletion.jws"
    signed = file.read_bytes()
    file.write_bytes(signed[:-10] + (b"B" if signed[-10:-9] == b"A" else b"A") + signed[-9:])
    with pytest.raises(CountenanceError):
        deletion_of(receipt.id, own_settings)
    assert revoke(receipt.id, own_settings).files == ()
    assert deletion_of(receipt.id, own_settings) is not None


def test_processes_that_revoke_at_once_agree(receipt: Receipt, own_settings: Settings, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "countenance", "consent", "revoke", receipt.id, "--yes", "--json", "--reason"]
    processes = [
        subprocess.Popen([*command, reason], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for reason in ("one", "two", "three")
    ]
    said = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], said
    deletions = [json.loads(out)["deletion"] for out, _ in said]
    assert deletions[0] == deletions[1] == deletions[2]
    assert {file["outcome"] for file in deletions[0]["files"]} == {"deleted"}
    assert not any(MEDIA in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    revocation = revocation_of(receipt.id, own_settings)
    assert revocation is not None
    assert revocation.reason in ("one", "two", "three")
    assert files_below(folder_of(receipt.id, own_settings)) == {"receipt.jws", "revocation.jws", "deletion.jws", "lock"}


def test_what_is_not_held_cannot_be_revoked(own_settings: Settings) -> None:
    for unknown in ("00000000-0000-4000-8000-000000000000", "../../etc"):
        with pytest.raises(CountenanceError) as error:
            revoke(unknown, own_settings)
        assert error.value.finding.rule.id == "consent.receipt_not_held"
