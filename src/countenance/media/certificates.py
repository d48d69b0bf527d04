"""Certificates that sign content credentials: an authority of one machine, and signers of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_YEARS, SIGNER_YEARS = 30, 10
YEAR = timedelta(days=365)
SKEW = timedelta(days=1)
"""A certificate counts from a day before it was made, for clocks that are behind."""
MOST_NAME = 64
"""characters of an organisation's name in a certificate (X.520)"""
_USES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def authoritys_certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """Of an authority that vouches for itself."""
    serial = x509.random_serial_number()
    # A name of its own, so that the authorities of two installations are not taken for one.
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Countenance on one machine, {serial % 2**32:08x}")])
    return (
        _builder(name, name, key.public_key(), serial, AUTHORITY_YEARS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
        .sign(key, hashes.SHA256())
    )


def signers_certificate(
    key: CertificatePublicKeyTypes,
    organisation: str,
    authority_key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
) -> x509.Certificate:
    """As C2PA 2.2, 14.5.1 asks of a signer's certificate; `organisation` has at most `MOST_NAME` characters."""
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, "Countenance, a certificate made on one machine"),
        ]
    )
    return (
        _builder(name, authority.subject, key, x509.random_serial_number(), SIGNER_YEARS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage("digital_signature"), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: CertificatePublicKeyTypes, serial: int, years: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder(issuer, subject, key, serial)
        .not_valid_before(now - SKEW)
        .not_valid_after(now + years * YEAR)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*allowed: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{use: use in allowed for use in _USES})
