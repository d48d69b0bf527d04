"""Files with content credentials, signed by an authority that is made for the tests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import c2pa  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_USES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Made:
    """Material that a manifest names, and how: `parentOf`, `componentOf` or `inputTo`."""

    path: Path
    relationship: str = "parentOf"


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority with one signer."""

    anchors: str
    chain: bytes
    key: bytes

    def sign(
        self,
        source: Path,
        out: Path,
        source_type: str,
        *,
        remote: str | None = None,
        embed: bool = True,
        ingredients: Sequence[Made] = (),
    ) -> Path:
        """Write `source` to `out` with a manifest that says `source_type` (or nothing of it, where it is empty)."""
        edited = any(made.relationship == "parentOf" for made in ingredients)
        action = {"action": "c2pa.edited" if edited else "c2pa.created"}
        if source_type:
            action["digitalSourceType"] = SOURCE_TYPES + source_type
        manifest = {
            "claim_generator_info": [{"name": "Test Maker", "version": "1.2"}],
            "title": out.name,
            "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [action]}}],
        }
        settings = {"builder": {"thumbnail": {"enabled": False}}, "core": {"allowed_network_hosts": []}}
        signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo("es256", self.chain, self.key, None))
        builder = c2pa.Builder(manifest, context=c2pa.Context.from_dict(settings))
        if edited:
            builder.set_intent(c2pa.C2paBuilderIntent.EDIT)
        for made in ingredients:
            with made.path.open("rb") as file:
                told = {"title": made.path.name, "relationship": made.relationship}
                builder.add_ingredient(json.dumps(told), "video/mp4", file)
        if remote:
            builder.set_remote_url(remote)
        if not embed:
            builder.set_no_embed()
        with source.open("rb") as read, out.open("w+b") as written:
            builder.sign(signer, "video/mp4", read, written)
        return out


def new_authority() -> Authority:
    """An ES256 authority and a signer whose certificate names a responder for its status, as real ones do."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = (
        _certificate("Test Root", "Test Root", root_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    responder = x509.AccessDescription(
        AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier("http://ocsp.example.org/")
    )
    leaf = (
        _certificate("Test Signer", "Test Root", key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage("digital_signature"), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .add_extension(x509.AuthorityInformationAccess([responder]), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    anchors, signer = (part.public_bytes(serialization.Encoding.PEM) for part in (root, leaf))
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Authority(anchors.decode(), signer + anchors, secret)


def _certificate(subject: str, issuer: str, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    names = [
        x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Test Organisation"),
                x509.NameAttribute(NameOID.COMMON_NAME, common),
            ]
        )
        for common in (subject, issuer)
    ]
    return (
        x509.CertificateBuilder(names[1], names[0], key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*allowed: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{use: use in allowed for use in _USES})
