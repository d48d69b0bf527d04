"""The whole server, with the real engine, killed in the middle of a training; and a disk that is full."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from countenance.cli.exits import Exit
from countenance.server.installation import installation
from countenance.service.credits.invariants import faults
from countenance.service.db.tables import CreditHold
from countenance.settings import Settings


class Server:
    """`countenance serve` in a process of its own, which can be begun again on the same data."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.key = ""
        self.url = ""
        self.process: subprocess.Popen[str] | None = None
        self.client = httpx2.Client(timeout=60)  # making one reads all the certificates there are

    def start(self, **environment: str) -> dict[str, Any]:
        """What it says first."""
        command = [sys.executable, "-m", "countenance", "serve", "--port", "0", "--data", str(self.data), "--json"]
        with (self.data.parent / "server.log").open("a") as log:
            self.process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=log, text=True, env={**os.environ, **environment}
            )
        assert self.process.stdout is not None
        told: dict[str, Any] = json.loads(self.process.stdout.readline())
        self.url, self.key = told["url"], told.get("api_key", self.key)
        return told

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Its exit status."""
        assert self.process is not None
        self.process.send_signal(number)
        try:
            return self.process.wait(30)
        finally:
            if self.process.stdout is not None:
                self.process.stdout.close()

    def call(self, method: str, path: str, **body: Any) -> Any:
        """The answer's JSON; None of an empty one."""
        answer = self.client.request(method, self.url + path, json=body or None, headers={"x-api-key": self.key})
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def until(self, path: str, done: Callable[[dict[str, Any]], bool], seconds: float) -> dict[str, Any]:
        """Poll until it is so."""
        end = time.monotonic() + seconds
        while not done(found := self.call("GET", path)):
            assert time.monotonic() < end, found
            time.sleep(0.3)
        return dict(found)


@contextmanager
def _server(data: Path) -> Iterator[Server]:
    server = Server(data)
    try:
        yield server
    finally:
        if server.process is not None and server.process.poll() is None:
            server.end(signal.SIGKILL)
        server.client.close()


def _uploaded(server: Server, footage: Path) -> str:
    """The id of an upload of a file, in one part."""
    content = footage.read_bytes()
    made = server.call("POST", "/v2/uploads", filename=footage.name, bytes=len(content))
    upload = str(made["upload_id"])
    headers = {"x-api-key": server.key}
    for part in made["parts"]:
        answer = httpx2.put(part["url"], content=content, headers=headers, timeout=60)
        assert answer.status_code < 300, answer.text
    server.call("POST", f"/v2/uploads/{upload}/complete")
    return upload


def _hold(data: Path) -> CreditHold:
    """The one hold, after all invariants were found to be kept."""
    with installation(Settings(data_dir=data), migrated=False) as service, service.database.reading() as session:
        broken = {name: count for name, count in faults(session).items() if count}
        assert not broken
        return session.query(CreditHold).one()


def _claim() -> dict[str, Any]:
    return {"replica_name": "Rio", "synthetic": True, "accept_responsibility": True}


def test_a_server_that_is_killed_goes_on_where_it_was(tmp_path: Path, short_footage: Path) -> None:
    with _server(tmp_path / "data") as server:
        assert server.start()["api_key"].startswith("cnt_")
        made = server.call("POST", "/v2/replicas", train_upload_id=_uploaded(server, short_footage), **_claim())
        path = f"/v2/replicas/{made['replica_id']}"
        before = server.until(path, lambda found: found["stage"] in ("watch", "learn", "measure"), 120)
        server.end(signal.SIGKILL)
        assert "api_key" not in server.start()
        found = server.call("GET", path)
        assert _hundredths(found) >= _hundredths(before)
        found = server.until(path, lambda found: found["status"] != "started", 240)
        assert (found["status"], found["error_message"]) == ("completed", None)
        found = server.until(path, lambda found: found["finetune_status"] != "training", 240)
        assert (found["finetune_status"], found["training_progress"]) == ("completed", "100/100")
        assert server.end() == Exit.TERMINATED
    hold = _hold(tmp_path / "data")
    assert (hold.state, hold.captured) == ("captured", 1)
    described = [json.loads(path.read_text()) for path in (tmp_path / "data").rglob("replica.json")]
    assert {each["id"] for each in described} == {made["replica_id"]}, "as its videos will say"


def _hundredths(found: dict[str, Any]) -> int:
    return int(found["training_progress"].partition("/")[0])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_full_disk_is_told_and_costs_nothing(tmp_path: Path, short_footage: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    small = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m,mode=0700", "tmpfs", str(data)], check=False)
    if small.returncode:
        pytest.skip("this machine does not let root mount a small disk")
    try:
        with _server(data) as server:
            server.start(COUNTENANCE_ATTEMPTS="1")
            upload = _uploaded(server, short_footage)
            made = server.call("POST", "/v2/replicas", train_upload_id=upload, **_claim())
            (data / "ballast").write_bytes(b"x" * (_free(data) - 300_000))
            path = f"/v2/replicas/{made['replica_id']}"
            found = server.until(path, lambda found: found["status"] != "started", 240)
            assert found["status"] == "error"
            assert found["error_message"]
            (data / "ballast").unlink()
            server.end()
        assert _hold(data).state == "released"
    finally:
        subprocess.run(["umount", "-l", str(data)], check=False)


def _free(folder: Path) -> int:
    state = os.statvfs(folder)
    return state.f_bavail * state.f_frsize


def test_a_second_server_is_refused(tmp_path: Path) -> None:
    with _server(tmp_path / "data") as server:
        server.start()
        again = subprocess.run(
            [sys.executable, "-m", "countenance", "serve", "--port", "0", "--data", str(server.data), "--json"],
            capture_output=True,
            text=True,
        )
        told = json.loads(again.stdout)
        assert (again.returncode, told["error"]["rule"]) == (Exit.INPUT, "service.data_in_use")
        other = subprocess.run(
            [sys.executable, "-m", "countenance", "serve", "--data", str(tmp_path / "other"), "--json"]
            + ["--port", server.url.rpartition(":")[2]],
            capture_output=True,
            text=True,
        )
        assert (other.returncode, json.loads(other.stdout)["error"]["rule"]) == (Exit.INPUT, "server.address_taken")
        assert (server.data.stat().st_mode & 0o777) == 0o700
        assert server.end() == Exit.TERMINATED
