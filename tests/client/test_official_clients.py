"""Tavus's own command line and LiveKit's plug-in, as they come from PyPI, against a server of ours.

Both are installed into an environment of their own, which is thrown away. Where PyPI cannot be reached, or is slow, the
tests are skipped and say so.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from countenance.client import Client
from countenance.wire.replicas import CreateReplica

_CLIENTS = ("tavus-cli==0.11.0", "livekit-plugins-tavus==1.8.9")
_THEIRS = (("--no-deps", *_CLIENTS), ("httpx", "keyring", "python-dotenv", "livekit-agents==1.8.9"))
"""All that they import and that we do not have ourselves: the rest of what they ask for is for other commands."""
_INSTALL_S = 120.0
_LIVEKIT = """
import asyncio, json, os
import aiohttp
from livekit.agents import APIConnectOptions, APIStatusError
from livekit.plugins.tavus.api import TavusAPI

async def main():
    told = {}
    async with aiohttp.ClientSession() as session:
        url = os.environ["TAVUS_PUBLIC_API_BASE_URL"]
        api = TavusAPI(api_url=url, session=session, conn_options=APIConnectOptions(max_retry=0))
        calls = {
            "pals": lambda: api.create_pal("P", default_face_id="r1"),
            "conversations": lambda: api.create_conversation(face_id="r1"),
            "personas": lambda: api.create_persona("P"),
        }
        for name, call in calls.items():
            try:
                told[name] = [200, await call()]
            except APIStatusError as error:
                told[name] = [error.status_code, error.body]
    print(json.dumps(told))

asyncio.run(main())
"""


@dataclass(frozen=True, slots=True)
class Served:
    """A server in a process of its own."""

    url: str
    api_key: str


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Future[Path | str]]:
    """The environment with both clients, or why there is none; it is made while the server starts."""
    folder = tmp_path_factory.mktemp("clients") / "environment"
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(_install, folder)


def _install(folder: Path) -> Path | str:
    until = time.monotonic() + _INSTALL_S
    commands = [[sys.executable, "-m", "venv", str(folder)]]
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", "--no-compile", "--no-input", "--retries", "1"]
    commands += [[*pip, "--disable-pip-version-check", *wanted] for wanted in _THEIRS]
    for command in commands:
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=max(1.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            return f"installing them takes longer than {_INSTALL_S:.0f} s"
        if done.returncode != 0:
            return (done.stderr.strip().splitlines() or ["pip failed"])[-1]
        for packages in folder.glob("lib/python3*/site-packages"):
            (packages / "ours.pth").write_text(sysconfig.get_paths()["purelib"])  # what we have need not be fetched
    return folder


@pytest.fixture(scope="module")
def served(installed: Future[Path | str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    data = tmp_path_factory.mktemp("data")
    command = [
        sys.executable,
        "-m",
        "countenance",
        "serve",
        "--no-worker",
        "--port",
        "0",
        "--data",
        str(data),
        "--json",
    ]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "COUNTENANCE_THREADS": "1"},
    ) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        yield Served(told["url"], told["api_key"])
        process.terminate()


Theirs = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def theirs(installed: Future[Path | str], served: Served, tmp_path_factory: pytest.TempPathFactory) -> Theirs:
    """Run a program of that environment, pointed at our server and at nothing else."""
    place = installed.result()
    if isinstance(place, str):
        pytest.skip(f"Tavus's clients cannot be installed from PyPI: {place}")
    home = tmp_path_factory.mktemp("home")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "NO_COLOR": "1",
        "COLUMNS": "200",
        "TAVUS_PUBLIC_API_BASE_URL": f"{served.url}/v2",
        "TAVUS_API_KEY": served.api_key,
    }

    def program(name: str, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [str(place / "bin" / name), *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, cwd=home, env={**environment, **more}, timeout=60
        )

    return program


def test_tavus_s_command_line(served: Served, theirs: Theirs, tmp_path: Path) -> None:
    with Client(served.url, served.api_key) as client:
        wanted = CreateReplica(train_video_url="https://example.org/a.mp4", synthetic=True, replica_name="Nobody")
        made = client.replicas.create(wanted).replica_id
    doctor = theirs("tavus", "doctor")
    assert (doctor.returncode, "Network check passed." in doctor.stdout) == (0, True), doctor
    faces = theirs("tavus", "face", "list")
    assert (faces.returncode, made in faces.stdout, "Nobody" in faces.stdout) == (0, True, True), faces
    assert made not in theirs("tavus", "face", "list", "--stock").stdout
    voices = json.loads(theirs("tavus", "resource", "list", "voices").stdout)
    assert "hibari" in {voice["voice_name"] for voice in voices["data"]}
    book = tmp_path / "book.json"
    book.write_text('{"name": "Names", "rules": [{"text": "Ada", "pronunciation": "Aida", "type": "alias"}]}')
    created = json.loads(theirs("tavus", "pronunciation-dictionary", "create", "--file", str(book)).stdout)
    assert created["rules"][0]["pronunciation"] == "Aida"
    listed = theirs("tavus", "pronunciation-dictionary", "list")
    assert (listed.returncode, created["uuid"] in listed.stdout) == (0, True), listed


def test_what_is_refused_is_an_error_to_it(theirs: Theirs) -> None:
    stranger = theirs("tavus", "face", "list", TAVUS_API_KEY="wrong")
    assert (stranger.returncode, "401" in stranger.stdout + stranger.stderr) == (1, True), stranger
    talk = theirs("tavus", "conversation", "create", "--pal-id", "p1")
    assert (talk.returncode, "501" in talk.stdout + talk.stderr) == (1, True), talk


def test_livekit_s_plug_in_is_told_what_is_not_offered(theirs: Theirs) -> None:
    done = theirs("python", "-c", _LIVEKIT)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert set(told) == {"pals", "conversations", "personas"}
    for subject, (status, body) in told.items():
        problem = json.loads(body)
        assert (status, problem["error_type"], problem["instance"]) == (501, "api.not_offered", f"/v2/{subject}")
        assert "Live conversations are not part of this product." in problem["message"]
