"""Who signs the videos that are made here: the owner's certificate, or one that this machine makes for itself.

credentials/authority.pem    private key and certificate of this installation's own authority
            authority.crt    its certificate alone, for others who want to trust it
            signer.pem       private key of the signer, its certificate, the authority's

Videos carry no time stamp of a third party, since nothing is fetched. So a signature holds only as long as the
certificate does: it is good for ten years and replaced after one. The authority's key is read for that alone.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from countenance.errors import CountenanceError
from countenance.media.certificates import (
    MOST_NAME,
    SIGNER_YEARS,
    SKEW,
    YEAR,
    authoritys_certificate,
    new_key,
    signers_certificate,
)
from countenance.media.credential_rules import ANCHORS_UNUSABLE, SIGNER_UNUSABLE
from countenance.media.errors import UNREADABLE, problem
from countenance.media.private import locked, private_folder, write
from countenance.settings import Settings

_FOLDER = "credentials"
_AUTHORITY, _CERTIFICATE, _SIGNER, _LOCK = "authority.pem", "authority.crt", "signer.pem", "lock"
_RENEWED_AFTER = 1 * YEAR
_MOST_BYTES = 256 * 1024
_PRIVATE_KEY = re.compile(rb"-----BEGIN ([A-Z ]*)PRIVATE KEY-----.*?-----END \1PRIVATE KEY-----", re.DOTALL)
_CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}

_Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class Signer:
    """A certificate and its key, for content credentials."""

    algorithm: str
    """as C2PA names it: `es256`, `es384`, `es512`, `ed25519` or `ps256`"""
    chain: bytes
    """PEM, the signer's certificate first"""
    key: bytes = field(repr=False)
    """PEM, PKCS #8"""
    source: Path = Path()
    """the certificate's file, for whoever has to repair it"""


def signer_of(settings: Settings) -> Signer:
    """Who signs here; the first call makes an authority and a signer where the settings name none.

    Raises:
        CountenanceError: media.signer_unusable.
    """
    given = (settings.c2pa_certificate, settings.c2pa_key, settings.c2pa_key_pem)
    if given != (None, None, None):
        return _given(settings)
    folder = settings.data_dir / _FOLDER
    try:
        private_folder(folder)
        with locked(folder / _LOCK):
            return _own(folder, settings.organisation)
    except OSError as error:
        raise _unusable(folder, f"{error.strerror}." if error.strerror else "") from error


def own_anchors(settings: Settings) -> str:
    """The certificate (PEM) of this installation's own authority; empty if it has none yet."""
    try:
        return (settings.data_dir / _FOLDER / _CERTIFICATE).read_text("ascii")
    except (OSError, ValueError):
        return ""


def trusted_anchors(settings: Settings) -> str:
    """The certificates (PEM) of the authorities that the settings trust; empty if they name none.

    Raises:
        CountenanceError: media.unreadable, media.anchors_unusable.
    """
    path = settings.trust_anchors
    if path is None:
        return ""
    try:
        text = path.read_text("utf-8")
        x509.load_pem_x509_certificates(text.encode())
    except OSError as error:
        raise problem(UNREADABLE, path) from error
    except ValueError as error:
        raise problem(ANCHORS_UNUSABLE, path) from error
    return text


def _given(settings: Settings) -> Signer:
    path, secret = settings.c2pa_certificate, settings.c2pa_key_pem
    if path is None or (settings.c2pa_key is None and secret is None):
        raise _unusable(path or settings.c2pa_key or Path(), "Of certificate and key only one is named.")
    if secret is not None:
        text, source = secret.get_secret_value().encode(), Path("COUNTENANCE_C2PA_KEY_PEM")
    else:
        source = settings.c2pa_key or Path()
        text = _secret(source)
    key, certificates = _key(text, source), _certificates(_bytes_of(path), path)
    if not _belong(key, certificates[0]):
        raise _unusable(path, "The key belongs to another certificate.")
    now = datetime.now(UTC)
    if not certificates[0].not_valid_before_utc <= now <= certificates[0].not_valid_after_utc:
        raise _unusable(path, f"It is good until {certificates[0].not_valid_after_utc:%Y-%m-%d}, and not today.")
    return _signer(key, certificates, path)


def _own(folder: Path, organisation: str) -> Signer:
    """The signer in the data folder, for whoever has locked it; made anew where it is due."""
    path = folder / _SIGNER
    name = organisation[:MOST_NAME]
    if path.exists():
        data = _secret(path)
        key, certificates = _key(data, path), _certificates(data, path)
        if _is_fresh(certificates, name) and _belong(key, certificates[0]):
            return _signer(key, certificates, path)
    authority_key, authority = _authority(folder)
    key = new_key()
    certificates = [signers_certificate(key.public_key(), name, authority_key, authority), authority]
    signer = _signer(key, certificates, path)
    write(path, signer.key + signer.chain)
    return signer


def _is_fresh(certificates: Sequence[x509.Certificate], organisation: str) -> bool:
    now, first = datetime.now(UTC), certificates[0]
    renewed_at = first.not_valid_before_utc + SKEW + _RENEWED_AFTER
    named = first.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return first.not_valid_before_utc <= now < renewed_at and [each.value for each in named] == [organisation]


def _authority(folder: Path) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """This installation's authority. It is replaced where it would end before the signers that it is to sign."""
    path = folder / _AUTHORITY
    if path.exists():
        data = _secret(path)
        key, certificate = _key(data, path), _certificates(data, path)[0]
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not _belong(key, certificate):
            raise _unusable(path, "Key and certificate do not belong together.")
        now = datetime.now(UTC)
        if certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc - SIGNER_YEARS * YEAR:
            _hand_out(folder, certificate)
            return key, certificate
    key = new_key()
    certificate = authoritys_certificate(key)
    write(path, _private_pem(key) + certificate.public_bytes(Encoding.PEM))
    _hand_out(folder, certificate)
    return key, certificate


def _hand_out(folder: Path, certificate: x509.Certificate) -> None:
    """Put the authority's certificate where others find it, with those that it had before."""
    path, pem = folder / _CERTIFICATE, certificate.public_bytes(Encoding.PEM)
    before = path.read_bytes() if path.exists() else b""
    if pem not in before:
        write(path, pem + before)


def _signer(key: _Key, certificates: Sequence[x509.Certificate], source: Path) -> Signer:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        algorithm = _CURVES.get(key.curve.name)
    else:
        algorithm = "ed25519" if isinstance(key, ed25519.Ed25519PrivateKey) else "ps256"
    if algorithm is None:
        raise _unusable(source, "The key is on a curve that C2PA does not know.")
    chain = b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates)
    return Signer(algorithm, chain, _private_pem(key), source)


def _private_pem(key: _Key) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _belong(key: _Key, certificate: x509.Certificate) -> bool:
    spki = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    try:
        return key.public_key().public_bytes(*spki) == certificate.public_key().public_bytes(*spki)
    except (UnsupportedAlgorithm, ValueError):
        return False


def _key(data: bytes, source: Path) -> _Key:
    block = _PRIVATE_KEY.search(data)
    try:
        key = load_pem_private_key(block.group() + b"\n" if block else data, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:  # TypeError: it has a password
        # Without the cause: what a parser says of a private key may quote it.
        raise _unusable(source, f"The key has {type(error).__name__}.") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey):
        raise _unusable(source, "The key is of a kind that C2PA does not know.")
    return key


def _certificates(data: bytes, source: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(data)
    except ValueError as error:
        raise _unusable(source, "There is no certificate (PEM) in it.") from error


def _secret(path: Path) -> bytes:
    """The content of a file that not everybody may read."""
    return _bytes_of(path, secret=True)


def _bytes_of(path: Path, *, secret: bool = False) -> bytes:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        detail = f"{error.strerror}." if isinstance(error, OSError) and error.strerror else ""
        raise _unusable(path, detail) from error
    # A mounted secret is often readable for a group; for everybody it must not be.
    if secret and mode & (stat.S_IRWXO | stat.S_IWGRP):
        raise _unusable(path, "Anyone on this machine can read or change the key.")
    if len(data) > _MOST_BYTES:
        raise _unusable(path, "It is too large for a key or a certificate.")
    return data


def _unusable(path: Path, detail: str = "") -> CountenanceError:
    return problem(SIGNER_UNUSABLE, path, detail)
