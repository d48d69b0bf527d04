"""A server that answers as badly as it is told to, a service that nobody may reach, and a resolver that tells lies."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest

from countenance.settings import Settings

Answer = Callable[[socket.socket], None]


@dataclass
class Server:
    """Answers requests for a path with what `routes` says, byte by byte."""

    listener: socket.socket
    routes: dict[str, Answer] = field(default_factory=dict)
    heads: list[bytes] = field(default_factory=list)
    connections: int = 0

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def says(self, path: str, *parts: bytes, close: bool = True) -> str:
        """A route that answers with these bytes; its URL."""

        def answer(connection: socket.socket) -> None:
            for part in parts:
                connection.sendall(part)

        self.routes[path] = answer
        return self.url(path)

    def moves(self, path: str, to: str, status: int = 302) -> str:
        """A route that leads elsewhere; its URL."""
        head = f"HTTP/1.1 {status} Moved\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n"
        return self.says(path, head.encode("utf-8"))

    def run(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(10)
            head = b""
            while b"\r\n\r\n" not in head:
                more = connection.recv(65536)
                if not more:
                    return
                head += more
            self.heads.append(head)
            path = head.split(b" ")[1].decode("latin-1")
            self.routes.get(path, _nothing)(connection)
            connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def _nothing(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")


@pytest.fixture
def server() -> Iterator[Server]:
    yield from _running("127.0.0.1", socket.AF_INET)


@pytest.fixture(scope="module")
def inner() -> Iterator[Server]:
    """What runs inside the operator's network and must never be reached: every address of this machine."""
    yield from _running("::", socket.AF_INET6)


def _running(address: str, family: socket.AddressFamily) -> Iterator[Server]:
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    listener.bind((address, 0))
    listener.listen(128)
    server = Server(listener)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield server
    server.close()
    thread.join(5)


@pytest.fixture(scope="session")
def plain() -> Settings:
    """Settings as they are; to read them takes longer than most of these tests."""
    return Settings(max_file_bytes=1_000_000, fetch_timeout_s=20.0)


@pytest.fixture
def settings(server: Server, plain: Settings) -> Settings:
    """Exactly one host at exactly one port is allowed."""
    here = f"127.0.0.1:{server.port}"
    return plain.model_copy(update={"fetch_allow": here, "webhook_allow": here})


@pytest.fixture
def lax(plain: Settings) -> Settings:
    """Some other network is allowed at every port, so that not the port but the address must be what is refused."""
    return plain.model_copy(update={"fetch_allow": "198.51.100.77"})


@dataclass
class Names:
    """Stands in for the resolver of the operating system."""

    answers: dict[str, list[list[str]]] = field(default_factory=dict)
    """by host: what the first look-up tells, the second, ...; the last one is repeated. All others stand for this
    machine."""
    asked: list[str] = field(default_factory=list)

    def look_up(self, host: Any, port: Any, *args: Any, **kwargs: Any) -> list[Any]:
        name = host.decode() if isinstance(host, bytes) else str(host)
        with suppress(socket.gaierror):
            return _REAL(name, port, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)
        self.asked.append(name)
        found = self.answers.get(name, [["127.0.0.1"]])
        if found == [[]]:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        addresses = found.pop(0) if len(found) > 1 else found[0]
        return [entry for address in addresses for entry in _REAL(address, port, 0, socket.SOCK_STREAM)]


_REAL = socket.getaddrinfo


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    stand_in = Names()
    monkeypatch.setattr(socket, "getaddrinfo", stand_in.look_up)
    return stand_in


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Every address that anything tries to connect to; only those of this machine are let through."""
    tried: list[tuple[str, int]] = []
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        tried.append((address[0], address[1]))
        if not str(address[0]).startswith("127."):
            raise ConnectionRefusedError("no network in tests")
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    return tried
