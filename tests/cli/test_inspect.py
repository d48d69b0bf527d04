"""countenance inspect: what it makes of our own videos and pictures, of others', of changed ones, and of the rest."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from signing import new_authority

from countenance.cli.exits import Exit
from countenance.consent.receipt import Receipt
from countenance.consent.receipt_content import ReceiptContent
from countenance.consent.register import folder_of, issue
from countenance.consent.revoke import revoke
from countenance.engine.credit import statement_of
from countenance.engine.upgrade import id_of
from countenance.media.credentials import sealer
from countenance.media.write import VideoWriter
from countenance.settings import Settings

Command = Callable[..., Any]


@pytest.fixture
def receipt(own_settings: Settings, agreement: Callable[..., ReceiptContent]) -> Receipt:
    return issue(agreement(), own_settings)


def film(path: Path, settings: Settings | None = None, description: dict[str, Any] | None = None) -> Path:
    """A second of grey, signed as the renderer signs it unless there is nothing to say."""
    seal = sealer(statement_of(description or {}, voice="hibari"), settings) if settings else None
    with VideoWriter(path, 64, 48, seal=seal) as writer:
        for level in range(25):
            writer.write(np.full((48, 64, 3), level * 10, np.uint8))
    return path


@pytest.fixture
def description(receipt: Receipt) -> dict[str, Any]:
    return {
        "format_version": 1,
        "software": "countenance 0.1.0",
        "engine": "retrieve-warp",
        "synthetic": False,
        "consent": {"receipt": receipt.id, "jws": receipt.text},
        "hashes": {"base.mp4": "ab", "atlas.safetensors": "cd"},
    }


def test_a_video_of_our_own(
    own_settings: Settings, receipt: Receipt, description: dict[str, Any], tmp_path: Path, command: Command
) -> None:
    video = film(tmp_path / "a [b]video.mp4", own_settings, description)
    done = command("inspect", video, "--json")
    assert (done.code, done.err) == (Exit.OK, "")
    said = done.result
    assert (said["ok"], said["signed_by"], said["receipt"], said["standing"], said["findings"]) == (
        True, "this installation", receipt.id, "active", [],
    )  # fmt: skip
    created = said["replica"].pop("created_at")
    assert created.endswith("+00:00")
    assert said["replica"] == {
        "replica": id_of(description),
        "engine": "retrieve-warp",
        "trained_with": "countenance 0.1.0",
        "material": "footage",
        "receipt": receipt.id,
        "voice": "hibari",
        "tier": "final",
    }
    assert said["credentials"]["source_types"][0] == "trainedAlgorithmicMedia"
    told = command("inspect", video)
    words = " ".join(told.out.split())
    for wanted in ("a [b]video.mp4", "AI-generated", receipt.id, "in force", "this installation"):
        assert wanted in words
    assert b"Ada" not in video.read_bytes(), "nobody's name is in it"


def picture(path: Path, settings: Settings | None = None, description: dict[str, Any] | None = None) -> Path:
    """Noise, still or moving, signed as the pictures of a video are unless there is nothing to say."""
    noise = np.random.default_rng(0).integers(0, 255, (3, 48, 64, 3)).astype(np.uint8)
    first, *rest = (Image.fromarray(each) for each in noise)
    if path.suffix == ".gif":
        first.save(path, save_all=True, append_images=rest)
    else:
        first.save(path)
    if settings:
        sealer(statement_of(description or {}, voice="hibari"), settings)(path, path)
    return path


@pytest.mark.parametrize("name", ["still.jpg", "preview.gif"])
def test_pictures_of_a_video_are_read_like_the_video(
    name: str, own_settings: Settings, receipt: Receipt, description: dict[str, Any], tmp_path: Path, command: Command
) -> None:
    signed = picture(tmp_path / name, own_settings, description)
    done = command("inspect", signed, "--json")
    said = done.result
    assert (done.code, said["signed_by"], said["receipt"], said["standing"], said["findings"]) == (
        Exit.OK, "this installation", receipt.id, "active", [],
    )  # fmt: skip
    assert (said["replica"]["replica"], said["replica"]["voice"]) == (id_of(description), "hibari")
    assert "AI-generated" in command("inspect", signed).out
    content = signed.read_bytes()
    signed.write_bytes(content[:-100] + bytes([content[-100] ^ 1]) + content[-99:])
    done = command("inspect", signed, "--json")
    assert (done.code, done.result["error"]["rule"]) == (Exit.REFUSED, "media.credentials_broken")
    signed.write_bytes(content)
    revoke(receipt.id, own_settings)
    done = command("inspect", signed, "--json")
    assert (done.code, done.result["error"]["rule"]) == (Exit.REFUSED, "consent.revoked")


def test_a_picture_is_not_read_beyond_the_limit(
    tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTENANCE_MAX_FILE_BYTES", "5000")
    done = command("inspect", picture(tmp_path / "large.gif"), "--json")
    assert (done.code, done.result["error"]["rule"]) == (Exit.REFUSED, "media.file_too_large")


def test_a_revoked_consent_is_told(
    own_settings: Settings, receipt: Receipt, description: dict[str, Any], tmp_path: Path, command: Command
) -> None:
    video = film(tmp_path / "video.mp4", own_settings, description)
    revoke(receipt.id, own_settings)
    done = command("inspect", video, "--json")
    assert (done.code, done.result["error"]["rule"]) == (Exit.REFUSED, "consent.revoked")
    assert (done.result["standing"], done.result["signed_by"]) == ("revoked", "this installation")
    assert "REVOKED" in command("inspect", video).out


def test_elsewhere_nothing_is_known_of_its_consent(
    own_settings: Settings,
    description: dict[str, Any],
    tmp_path: Path,
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    video = film(tmp_path / "video.mp4", own_settings, description)
    anchors = own_settings.data_dir / "credentials" / "authority.crt"
    monkeypatch.setenv("COUNTENANCE_DATA_DIR", str(tmp_path / "elsewhere"))
    done = command("inspect", video, "--json")
    assert (done.code, done.result["signed_by"], done.result["standing"]) == (Exit.OK, "unknown", None)
    assert [finding["rule"] for finding in done.result["findings"]] == ["media.signer_unknown"]
    monkeypatch.setenv("COUNTENANCE_TRUST_ANCHORS", str(anchors))
    done = command("inspect", video, "--json")
    assert (done.result["signed_by"], done.result["findings"]) == ("trusted", [])
    assert not (tmp_path / "elsewhere").exists()


def test_a_damaged_receipt_proves_nothing(
    own_settings: Settings, receipt: Receipt, description: dict[str, Any], tmp_path: Path, command: Command
) -> None:
    video = film(tmp_path / "video.mp4", own_settings, description)
    (folder_of(receipt.id, own_settings) / "receipt.jws").write_text(receipt.text + "A")
    done = command("inspect", video, "--json")
    assert (done.code, done.result["error"]["rule"]) == (Exit.REFUSED, "consent.receipt_invalid")


def test_a_changed_video_is_not_believed(
    own_settings: Settings, description: dict[str, Any], tmp_path: Path, command: Command
) -> None:
    video = film(tmp_path / "video.mp4", own_settings, description)
    content = bytearray(video.read_bytes())
    content[-20] ^= 1
    video.write_bytes(content)
    for arguments in (("--json",), ()):
        done = command("inspect", video, *arguments)
        assert done.code == Exit.REFUSED
        assert "media.credentials_broken" in done.out + done.err
    said = command("inspect", video, "--json").result
    assert (said["signed_by"], said["standing"]) == (None, None)
    assert "CHANGED" in command("inspect", video).out


def test_another_products_credentials(own_settings: Settings, tmp_path: Path, command: Command) -> None:
    authority = new_authority()
    plain = film(tmp_path / "plain.mp4")
    theirs = authority.sign(plain, tmp_path / "theirs.mp4", "digitalCapture")
    done = command("inspect", theirs, "--json")
    rules = [finding["rule"] for finding in done.result["findings"]]
    assert (done.code, rules) == (Exit.OK, ["media.not_of_a_replica", "media.signer_unknown"])
    assert (done.result["replica"], done.result["receipt"], done.result["standing"]) == (None, None, None)
    assert done.result["credentials"]["generator"] == "Test Maker 1.2"
    far = authority.sign(plain, tmp_path / "far.mp4", "digitalCapture", remote="https://example.org/a", embed=False)
    done = command("inspect", far, "--json")
    assert (done.code, done.result["error"]["rule"]) == (Exit.REFUSED, "media.credentials_elsewhere")


@pytest.mark.parametrize(
    ("name", "code", "rule"),
    [
        ("plain.mp4", Exit.REFUSED, "media.no_credentials"),
        ("plain.jpg", Exit.REFUSED, "media.no_credentials"),
        ("plain.gif", Exit.REFUSED, "media.no_credentials"),
        ("text.mp4", Exit.REFUSED, "media.unknown_format"),
        ("empty.mp4", Exit.REFUSED, "media.empty_file"),
        ("none.mp4", Exit.INPUT, "media.file_missing"),
        (".", Exit.INPUT, "media.not_a_file"),
    ],
)
def test_what_has_none(
    name: str, code: Exit, rule: str, own_settings: Settings, tmp_path: Path, command: Command
) -> None:
    film(tmp_path / "plain.mp4")
    picture(tmp_path / "plain.jpg")
    picture(tmp_path / "plain.gif")
    (tmp_path / "text.mp4").write_text("no video")
    (tmp_path / "empty.mp4").touch()
    for arguments in ((), ("--json",)):
        done = command("inspect", tmp_path / name, *arguments)
        assert done.code == code
        assert "Traceback" not in done.err
    assert done.result["error"]["rule"] == rule
    assert not own_settings.data_dir.exists()


def test_a_trusted_file_that_cannot_be_read_is_named(
    own_settings: Settings, tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = new_authority().sign(film(tmp_path / "plain.mp4"), tmp_path / "theirs.mp4", "digitalCapture")
    monkeypatch.setenv("COUNTENANCE_TRUST_ANCHORS", os.fspath(tmp_path / "none.pem"))
    done = command("inspect", theirs, "--json")
    assert (done.code, done.result["error"]["rule"]) == (Exit.INPUT, "media.unreadable")


def test_what_a_replica_says_to_be_made_of_is_a_picture_or_footage() -> None:
    assert statement_of({"source": "image"}, voice="hibari").replica["material"] == "image"
    for made_up in ("anything I like", ["image"], 5):
        said = statement_of({"source": made_up}, voice="hibari")
        assert (said.replica["material"], len(said.source_types)) == ("footage", 2)


def test_a_stranger_cannot_borrow_a_consent_that_stands(
    own_settings: Settings, receipt: Receipt, description: dict[str, Any], tmp_path: Path, command: Command
) -> None:
    video = film(tmp_path / "video.mp4", Settings(data_dir=tmp_path / "stranger"), description)
    said = command("inspect", video, "--json").result
    assert (said["signed_by"], said["receipt"], said["standing"]) == ("unknown", receipt.id, None)
    assert "in force" not in command("inspect", video).out
    revoke(receipt.id, own_settings)
    done = command("inspect", video, "--json")
    assert (done.code, done.result["standing"]) == (Exit.REFUSED, "revoked")


@pytest.mark.parametrize(
    "content", ["not a pem at all\n", "", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_authorities_that_are_none_are_told(
    content: str,
    own_settings: Settings,
    description: dict[str, Any],
    tmp_path: Path,
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    video = film(tmp_path / "video.mp4", Settings(data_dir=tmp_path / "stranger"), description)
    (tmp_path / "anchors.pem").write_text(content)
    monkeypatch.setenv("COUNTENANCE_TRUST_ANCHORS", str(tmp_path / "anchors.pem"))
    done = command("inspect", video, "--json")
    assert (done.code, done.result["error"]["rule"]) == (Exit.INPUT, "media.anchors_unusable")
    assert done.result["error"]["file"] == str(tmp_path / "anchors.pem")
