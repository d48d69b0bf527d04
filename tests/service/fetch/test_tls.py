"""Encrypted servers: whoever answers must be whom the name says, also where it is connected to by its address."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from countenance.errors import CountenanceError
from countenance.service.fetch.fetching import fetch
from countenance.service.fetch.session import safe_session
from countenance.settings import Settings

NAME = "media.example.com"


@dataclass
class Encrypted:
    """A server that has a certificate for one name, and notes by which it is called."""

    port: int
    certificate: Path
    called: list[str | None] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=list)


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    today = datetime.datetime.now(datetime.UTC)
    alternatives = x509.SubjectAlternativeName([x509.DNSName(NAME), x509.IPAddress(ipaddress.ip_address("192.0.2.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(alternatives, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + pem)
    return path


@pytest.fixture
def encrypted(tmp_path: Path) -> Iterator[Encrypted]:
    path = _certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    listener = socket.create_server(("127.0.0.1", 0))
    found = Encrypted(int(listener.getsockname()[1]), path)
    context.sni_callback = lambda _, name, __: found.called.append(name)

    def serve() -> None:
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            try:
                with plain, context.wrap_socket(plain, server_side=True) as connection:
                    found.heads.append(connection.recv(65536))
                    body = b"RIFF\x24\0\0\0WAVEfmt "
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            except OSError:  # the other side did not like the certificate
                continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield found
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


def test_a_certificate_that_nobody_vouches_for_is_refused(encrypted: Encrypted, tmp_path: Path, names: Any) -> None:
    settings = Settings(fetch_allow=f"{NAME}:{encrypted.port}")
    with pytest.raises(CountenanceError) as caught:
        fetch(settings, f"https://{NAME}:{encrypted.port}/film", tmp_path / "film")
    assert caught.value.finding.rule.id == "service.url_unreachable"
    assert "certificate" in caught.value.finding.detail
    assert (encrypted.called, encrypted.heads) == ([NAME], [])


def test_it_is_connected_to_an_address_and_asked_for_a_name(encrypted: Encrypted, names: Any) -> None:
    with safe_session(f"{NAME}:{encrypted.port}, other.example.com", 10.0) as session:
        session.verify = str(encrypted.certificate)
        with session.get(f"https://{NAME}:{encrypted.port}/film", stream=True) as answer:
            assert answer.status_code == 200
        with pytest.raises(requests.exceptions.SSLError):
            session.get(f"https://other.example.com:{encrypted.port}/film", stream=True)
    assert encrypted.called == [NAME, "other.example.com"]
    assert encrypted.heads[1:] in ([], [b""])  # nothing was asked of the other
    assert f"\r\nHost: {NAME}:{encrypted.port}\r\n".encode() in encrypted.heads[0]
