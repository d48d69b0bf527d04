"""A server that listens on a socket, and one before it that misbehaves as it is told."""

from __future__ import annotations

import http.client
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from sqlalchemy.orm import Session

from countenance.api.app import create_app
from countenance.client import Client, Retry
from countenance.service.accounts import keys, workspaces
from countenance.service.context import Service
from countenance.service.db.database import open_database
from countenance.service.db.migrate import migrate
from countenance.service.objects.open import open_objects
from countenance.settings import Settings

PART = 5 * 1024 * 1024
HASTE = Retry(attempts=4, first_s=0.01)


class StillQueue:
    """Nobody works: what is begun stays as it is until a test says otherwise."""

    def enqueue(self, session: Session, queue: str, job_id: str, task: str) -> None:
        """It is not kept."""

    def cancel(self, workflow_ids: Sequence[str]) -> None:
        """There is nothing to cancel."""

    def forget(self, workflow_ids: Sequence[str]) -> None:
        """There is nothing to forget."""


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("served"),
        database_url=None,
        threads=1,
        requests_per_minute=0,
        upload_part_bytes=PART,
    )
    database = open_database(settings)
    migrate(database)
    yield Service(settings, database, open_objects(settings), StillQueue())
    database.dispose()


@pytest.fixture(scope="session")
def server(service: Service) -> Iterator[str]:
    """The URL of the server."""
    config = uvicorn.Config(create_app(service), port=0, log_config=None, timeout_graceful_shutdown=1)
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    running.should_exit = True
    thread.join(10)


@pytest.fixture
def workspace_id(service: Service) -> str:
    with service.database.transaction() as session:
        return workspaces.create(session, service.settings, "Studio").id


@pytest.fixture
def key(service: Service, workspace_id: str) -> str:
    """An owner's key to a workspace of this test alone."""
    with service.database.transaction() as session:
        return keys.create(session, workspace_id, "tests", "owner").text


@pytest.fixture
def client(server: str, key: str) -> Iterator[Client]:
    with Client(server, key, retry=HASTE) as client:
        yield client


class Proxy:
    """Hands requests on, and misbehaves in the order of `faults`: one for each request that fits `only`.

    `ok`; `drop` hangs up before the request is handed on, `lose` after; `cut` hangs up in the middle of the answer; a
    number answers with that status, `429:1` also with `Retry-After: 1`.
    """

    def __init__(self, target: str) -> None:
        self.url = ""
        self.host, _, port = target.removeprefix("http://").partition(":")
        self.port = int(port)
        self.faults: deque[str] = deque()
        self.only: Callable[[str, str], bool] = lambda method, path: True
        self.seen: list[tuple[str, str, dict[str, str]]] = []
        """method, path and headers (names in lower case) of what came"""

    def next_fault(self, method: str, path: str) -> str:
        if self.faults and self.only(method, path):
            return self.faults.popleft()
        return "ok"

    def paths(self, method: str) -> list[str]:
        return [path.partition("?")[0] for seen, path, _ in self.seen if seen == method]


def _handler(proxy: Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0)))
            proxy.seen.append((self.command, self.path, headers))
            fault = proxy.next_fault(self.command, self.path)
            self.close_connection = True
            if fault == "drop":
                return
            if fault[0].isdigit():
                status, _, after = fault.partition(":")
                self._answer(int(status), {"retry-after": after} if after else {}, b"<html>busy</html>")
                return
            with closing(http.client.HTTPConnection(proxy.host, proxy.port, timeout=30)) as connection:
                connection.request(self.command, self.path, body, headers)
                came = connection.getresponse()
                with came:
                    if came.getheader("content-type", "").startswith("text/event-stream"):
                        self._stream(came, at_most=1 if fault == "cut" else None)
                        return
                    data = came.read()
            told = {name: value for name, value in came.getheaders() if name.lower() not in ("connection", "date")}
            if fault == "lose":
                return
            self._answer(came.status, told, data, cut=fault == "cut")

        def _answer(self, status: int, headers: dict[str, str], data: bytes, *, cut: bool = False) -> None:
            self.send_response_only(status)
            for name, value in {**headers, "content-length": str(len(data)), "connection": "close"}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data[: len(data) // 2] if cut else data)

        def _stream(self, came: http.client.HTTPResponse, at_most: int | None) -> None:
            self.send_response_only(came.status)
            self.send_header("content-type", "text/event-stream")
            self.send_header("connection", "close")
            self.end_headers()
            events = 0
            while line := came.readline():
                self.wfile.write(line)
                self.wfile.flush()
                events += line == b"\n"
                if at_most is not None and events >= at_most:
                    return

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any

        def log_message(self, *_: Any) -> None:
            """Nothing is logged."""

    return Handler


@pytest.fixture
def proxy(server: str) -> Iterator[Proxy]:
    """What misbehaves before the server."""
    proxy = Proxy(server)
    running = ThreadingHTTPServer(("127.0.0.1", 0), _handler(proxy))
    running.daemon_threads = False  # they are waited for
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    proxy.url = f"http://127.0.0.1:{running.server_address[1]}"
    yield proxy
    running.shutdown()
    running.server_close()
    thread.join(5)


@pytest.fixture
def through(proxy: Any, key: str) -> Iterator[Client]:
    """A client that asks through the proxy."""
    with Client(proxy.url, key, retry=HASTE) as client:
        yield client


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A sound of eleven megabytes: three parts, each unlike the others."""
    import random
    import wave

    path = tmp_path / "voice.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(random.Random(1).randbytes(11 * 1024 * 1024))  # noqa: S311
    return path
