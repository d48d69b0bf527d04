"""Keys: made once, private, replaceable without losing what was signed before."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from countenance.consent.keys import PublicKey, public_key_of_jwk, read_public_key, signing_key, trusted_keys
from countenance.errors import CountenanceError
from countenance.settings import Settings


def pem(key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey, lock: KeySerializationEncryption | None = None) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock or NoEncryption())


def private_file(path: Path, data: bytes) -> Path:
    path.touch(mode=0o600)
    path.write_bytes(data)
    return path


def test_key_id_and_signature_are_those_of_the_standard() -> None:
    """The example key of RFC 8037, appendix A."""
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    key = public_key_of_jwk(jwk)
    assert key.id == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    assert key.jwk() == jwk
    message = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
    signature = bytes.fromhex(
        "860c98d2297f3060a33f42739672d61b53cf3adefed3d3c672f320dc021b411e"
        "9d59b8628dc351e248b88b29468e0e41855b0fb7d83bb15be902bfccb8cd0a02"
    )
    assert key.verifies(signature, message)
    assert not key.verifies(signature, message + b"x")


def test_the_first_use_makes_a_private_key_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "new" / "data")
    assert trusted_keys(settings) == {}
    assert not settings.data_dir.exists()
    key = signing_key(settings)
    folder = settings.data_dir / "keys"
    assert sorted(path.name for path in folder.iterdir()) == sorted(["signing.pem", f"{key.public.id}.pub.pem"])
    assert [path.stat().st_mode & 0o777 for path in folder.iterdir()] == [0o600, 0o600]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert settings.data_dir.stat().st_mode & 0o777 == 0o700
    assert signing_key(settings).public == key.public
    assert trusted_keys(settings) == {key.public.id: key.public}
    assert read_public_key(folder / f"{key.public.id}.pub.pem") == key.public
    assert key.private.private_bytes_raw().hex() not in repr(key)


def test_processes_that_start_at_once_make_one_key(tmp_path: Path) -> None:
    code = (
        "from countenance.settings import Settings; from countenance.consent.keys import signing_key; import sys;"
        f"settings = Settings(data_dir={str(tmp_path / 'data')!r});"
        "print('ready', flush=True); sys.stdin.readline(); print(signing_key(settings).public.id)"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    ids = {process.communicate(timeout=30)[0].strip() for process in processes}
    assert len(ids) == 1
    assert sorted(path.name for path in (tmp_path / "data/keys").iterdir()) == sorted(
        ["signing.pem", f"{ids.pop()}.pub.pem"]
    )


def test_a_key_can_be_replaced_and_what_it_signed_still_verifies(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    old = signing_key(settings).public
    (tmp_path / "keys/signing.pem").unlink()
    new = signing_key(settings).public
    assert old != new
    assert set(trusted_keys(settings)) == {old.id, new.id}


@pytest.mark.parametrize("mode", [0o604, 0o602, 0o666, 0o660])
def test_a_key_that_others_can_read_or_change_is_not_used(mode: int, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    signing_key(settings)
    (tmp_path / "keys/signing.pem").chmod(mode)
    with pytest.raises(CountenanceError) as error:
        signing_key(settings)
    assert error.value.finding.rule.id == "consent.key_exposed"


def test_what_is_no_usable_key_is_told_without_quoting_it(tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    for name, data in (
        ("text", b"secret words"),
        ("password", pem(key, BestAvailableEncryption(b"sesame"))),
        ("curve", pem(ec.generate_private_key(ec.SECP256R1()))),
        ("public", PublicKey(key.public_key().public_bytes_raw()).pem()),
        ("large", pem(key) + b" " * 100_000),
    ):
        settings = Settings(data_dir=tmp_path / "data", signing_key=private_file(tmp_path / name, data))
        with pytest.raises(CountenanceError) as error:
            signing_key(settings)
        assert error.value.finding.rule.id == "consent.key_unreadable", name
        assert error.value.__cause__ is None
        assert "secret" not in str(error.value)
    with pytest.raises(CountenanceError) as error:
        signing_key(Settings(data_dir=tmp_path / "data", signing_key=tmp_path / "nowhere.pem"))
    assert error.value.finding.rule.id == "consent.key_unreadable"


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(CountenanceError) as error:
        signing_key(Settings(data_dir=tmp_path / "data"))
    assert error.value.finding.rule.id == "consent.register_unusable"
    assert "keys" in error.value.finding.rule.title


def test_a_public_key_is_read_from_pem_or_jwk_and_from_nothing_else(tmp_path: Path) -> None:
    private = Ed25519PrivateKey.generate()
    public = PublicKey(private.public_key().public_bytes_raw())
    (tmp_path / "key.jwk").write_text(json.dumps({**public.jwk(), "kid": public.id, "use": "sig"}))
    (tmp_path / "key.pem").write_bytes(public.pem())
    assert read_public_key(tmp_path / "key.jwk") == read_public_key(tmp_path / "key.pem") == public
    for data in (
        pem(private),
        b"",
        b"{",
        b"{}",
        b"[" * 50_000,
        b'{"a":' * 10_000,
        json.dumps({**public.jwk(), "d": "secret"}).encode(),
        json.dumps({**public.jwk(), "x": public.jwk()["x"][:-1]}).encode(),
        json.dumps({**public.jwk(), "x": 5}).encode(),
        json.dumps({**public.jwk(), "crv": "X25519"}).encode(),
        b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
    ):
        (tmp_path / "bad").write_bytes(data)
        with pytest.raises(CountenanceError) as error:
            read_public_key(tmp_path / "bad")
        assert error.value.finding.rule.id == "consent.key_unreadable"
