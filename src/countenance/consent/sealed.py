"""Private JSON files, encrypted where a key is set: AES-256-GCM, each bound to its own place.

A file that was moved onto another's name does not open: the name is part of what is authenticated. Files that were
written before a key was set stay readable.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from countenance.consent.claim_rules import BIOMETRIC_KEY_INVALID, BIOMETRIC_KEY_WRONG, STORED_FACE_DAMAGED
from countenance.consent.rules import CANNOT_STORE
from countenance.errors import CountenanceError, Finding
from countenance.media import private
from countenance.settings import Settings

_METHOD = "AES-256-GCM"
_KEY_BYTES, _NONCE_BYTES = 32, 12
_MOST_BYTES = 4_000_000


def save(path: Path, content: Mapping[str, Any], settings: Settings) -> None:
    """Write or replace a file, 0600 in a folder 0700, in one step.

    Raises:
        CountenanceError: consent.biometric_key_invalid, consent.cannot_store.
    """
    key = _key(settings)
    data = json.dumps(content, ensure_ascii=False).encode()
    if key is not None:
        data = json.dumps(_encrypted(data, key, _place(path))).encode()
    try:
        folder = private.private_folder(path.parent)
        folder.chmod(0o700)
        private.write(path, data)
    except OSError as error:
        raise _cannot_store(path, error) from error


def load(path: Path, settings: Settings) -> Mapping[str, Any]:
    """What was saved there.

    Raises:
        CountenanceError: consent.biometric_key_invalid, consent.biometric_key_wrong, consent.stored_face_damaged.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            data = file.read(_MOST_BYTES)
        content = json.loads(data)
        if isinstance(content, Mapping) and "encrypted" in content:
            content = json.loads(_decrypted(content, path, settings))
    except (OSError, ValueError, RecursionError) as error:
        raise damaged(path) from error
    if not isinstance(content, Mapping):
        raise damaged(path)
    return content


def delete(path: Path) -> bool:
    """Remove a file and whatever an interrupted write left beside it; whether there was one.

    Raises:
        CountenanceError: consent.cannot_store.
    """
    try:
        for left in path.parent.glob(f".{path.name}-*"):
            left.unlink(missing_ok=True)
        path.unlink()
        private.sync_folder(path.parent)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _cannot_store(path, error) from error
    return True


def damaged(path: Path) -> CountenanceError:
    return CountenanceError(Finding(STORED_FACE_DAMAGED, file=str(path)))


def _encrypted(data: bytes, key: bytes, place: bytes) -> dict[str, str]:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, data, place)
    return {"encrypted": _METHOD, "nonce": _base64(nonce), "data": _base64(sealed)}


def _decrypted(content: Mapping[str, Any], path: Path, settings: Settings) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if content["encrypted"] != _METHOD:
        raise damaged(path)
    nonce, sealed = (base64.b64decode(str(content.get(part)), validate=True) for part in ("nonce", "data"))
    key = _key(settings)
    if key is None or len(nonce) != _NONCE_BYTES:
        raise CountenanceError(Finding(BIOMETRIC_KEY_WRONG, file=str(path), detail="" if key else "No key is set."))
    try:
        return AESGCM(key).decrypt(nonce, sealed, _place(path))
    except InvalidTag as error:
        detail = "It may also have been changed or renamed."
        raise CountenanceError(Finding(BIOMETRIC_KEY_WRONG, file=str(path), detail=detail)) from error


def _place(path: Path) -> bytes:
    """What a file is bound to: its folder's and its own name, wherever the data folder is."""
    return f"countenance/{path.parent.name}/{path.name}".encode()


def _key(settings: Settings) -> bytes | None:
    if settings.biometric_key is None:
        return None
    try:
        key = base64.b64decode(settings.biometric_key.get_secret_value().strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _KEY_BYTES:
        raise CountenanceError(Finding(BIOMETRIC_KEY_INVALID))
    return key


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _cannot_store(path: Path, error: OSError) -> CountenanceError:
    detail = f"{error.strerror}." if error.strerror else ""
    return CountenanceError(Finding(CANNOT_STORE, file=str(path), detail=detail))
