"""The Ed25519 keys behind receipts: one that signs, and those whose signatures count here.

The private key comes from the settings, or from `keys/signing.pem` in the data folder, made at its first use. The
public half of every key that ever signed here stays in `keys/<key id>.pub.pem`, so that older receipts still verify
after the signing key was replaced. Whose public key lies in that folder is trusted; nothing inside a receipt is.

A key's id is its JWK thumbprint (RFC 7638, with the members that RFC 8037 names for Ed25519).
"""

from __future__ import annotations

import base64
import hashlib
import json
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from countenance.consent.receipt_rules import KEY_EXPOSED, KEY_UNREADABLE, REGISTER_UNUSABLE
from countenance.errors import CountenanceError, Finding, Rule
from countenance.media.private import private_folder, write_once
from countenance.settings import Settings

_FOLDER = "keys"
_PRIVATE = "signing.pem"
_PUBLIC = ".pub.pem"
_MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What verifies signatures."""

    raw: bytes
    """32 bytes"""

    @property
    def id(self) -> str:
        """43 characters of base64url."""
        members = json.dumps(self.jwk(), separators=(",", ":"), sort_keys=True)
        return _base64url(hashlib.sha256(members.encode()).digest())

    def jwk(self) -> dict[str, str]:
        """The key as a JSON Web Key (RFC 8037)."""
        return {"crv": "Ed25519", "kty": "OKP", "x": _base64url(self.raw)}

    def pem(self) -> bytes:
        return self._key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def verifies(self, signature: bytes, message: bytes) -> bool:
        try:
            self._key().verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def _key(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self.raw)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """What signs; it never leaves this object but for its file."""

    private: Ed25519PrivateKey = field(repr=False)

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.private.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""
        return self.private.sign(message)


def signing_key(settings: Settings) -> SigningKey:
    """The key that signs here; the first call makes one if the settings name none.

    Raises:
        CountenanceError: consent.key_unreadable, consent.key_exposed, consent.register_unusable.
    """
    folder = settings.data_dir / _FOLDER
    try:
        private_folder(folder)
        key = _given(settings) or _own(folder / _PRIVATE)
        public = folder / f"{key.public.id}{_PUBLIC}"
        if not public.exists():
            write_once(public, key.public.pem())
    except OSError as error:
        raise _problem(REGISTER_UNUSABLE, folder, f"{error.strerror}." if error.strerror else "") from error
    return key


def trusted_keys(settings: Settings) -> dict[str, PublicKey]:
    """The keys whose signatures count here, by id; nothing is made or written.

    Raises:
        CountenanceError: consent.key_unreadable, consent.key_exposed.
    """
    folder = settings.data_dir / _FOLDER
    keys = [read_public_key(path) for path in sorted(folder.glob(f"*{_PUBLIC}"))]
    given = _given(settings)
    if given is not None:
        keys.append(given.public)
    elif (folder / _PRIVATE).exists():
        keys.append(_read_private(folder / _PRIVATE).public)
    return {key.id: key for key in keys}


def read_public_key(path: Path) -> PublicKey:
    """A public key from a PEM file or a JWK.

    Raises:
        CountenanceError: consent.key_unreadable.
    """
    data = _bytes_of(path)
    try:
        if data.lstrip().startswith(b"{"):
            return public_key_of_jwk(json.loads(data))
        key = load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm, RecursionError) as error:
        raise _problem(KEY_UNREADABLE, path) from error
    if not isinstance(key, Ed25519PublicKey):
        raise _problem(KEY_UNREADABLE, path, "It is a key of another kind.")
    return PublicKey(key.public_bytes_raw())


def public_key_of_jwk(jwk: object) -> PublicKey:
    """The key in a JWK.

    Raises:
        ValueError: if it is no public Ed25519 key.
    """
    if not isinstance(jwk, Mapping) or (jwk.get("kty"), jwk.get("crv")) != ("OKP", "Ed25519") or "d" in jwk:
        raise ValueError("no public Ed25519 key")
    x = jwk.get("x")
    raw = base64.urlsafe_b64decode(f"{x}=") if isinstance(x, str) and len(x) == 43 else b""
    key = PublicKey(raw)
    if len(raw) != 32 or key.jwk()["x"] != x:
        raise ValueError("no public Ed25519 key")
    return key


def _given(settings: Settings) -> SigningKey | None:
    """The key that the settings hold or name."""
    if settings.signing_key_pem is not None:
        return _private(settings.signing_key_pem.get_secret_value().encode(), Path("COUNTENANCE_SIGNING_KEY_PEM"))
    return None if settings.signing_key is None else _read_private(settings.signing_key)


def _own(path: Path) -> SigningKey:
    """The key in the data folder. Of several processes that make one at once, the first one's stays."""
    if not path.exists():
        made = Ed25519PrivateKey.generate()
        write_once(path, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return _read_private(path)


def _read_private(path: Path) -> SigningKey:
    data = _bytes_of(path)
    # A mounted secret is often readable for a group; for everybody it must not be.
    if path.stat().st_mode & (stat.S_IRWXO | stat.S_IWGRP):
        raise _problem(KEY_EXPOSED, path)
    return _private(data, path)


def _private(data: bytes, source: Path) -> SigningKey:
    try:
        key = load_pem_private_key(data, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:  # TypeError: it has a password
        # Without the cause: what a parser says of a private key may quote it.
        raise _problem(KEY_UNREADABLE, source, f"It has {type(error).__name__}.") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise _problem(KEY_UNREADABLE, source, "It is a key of another kind.")
    return SigningKey(key)


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        detail = f"{error.strerror}." if isinstance(error, OSError) and error.strerror else ""
        raise _problem(KEY_UNREADABLE, path, detail) from error
    if len(data) > _MOST_BYTES:
        raise _problem(KEY_UNREADABLE, path, "It is too large for a key.")
    return data


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _problem(rule: Rule, path: Path, detail: str = "") -> CountenanceError:
    return CountenanceError(Finding(rule, file=str(path), detail=detail))
