"""Nothing leaves the machine: train, say and inspect run where every socket ends them; see `without_network`."""

from __future__ import annotations

import errno
import json
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from trained_once import TrainedOnce
from without_network import IS_POSSIBLE, without_network

from countenance.cli.exits import Exit

pytestmark = pytest.mark.skipif(not IS_POSSIBLE, reason="seccomp is a thing of Linux")

SPOKEN = """
import sys
from pathlib import Path
from countenance.cli.main import run
from countenance.media.read import audio
from countenance.settings import Settings
from countenance.voice.alignment import phones_heard

replica, video, again = sys.argv[1:]
for arguments in (
    ["say", replica, "--script", "Nobody is listening.", "--out", video],
    ["say", replica, "--audio", video, "--out", again],
    ["inspect", again],
):
    assert run([*arguments, "--json"]) == 0
print(len(phones_heard(audio(Path(video)), Settings())))
"""
"""Whoever kills the process that aligns phones gets none, and a command would go on without them: so they are counted.
"""


def _allowed(done: subprocess.CompletedProcess[str]) -> list[str]:
    """The lines that it said, where it opened no socket and was content."""
    assert done.returncode != -signal.SIGSYS, f"a socket was opened:\n{done.stderr}"
    assert done.returncode == Exit.OK, done.stdout + done.stderr
    return done.stdout.splitlines()


@pytest.mark.timeout(600)
def test_train_say_and_inspect_open_no_socket(trained_once: TrainedOnce, tmp_path: Path) -> None:
    """Training checks the footage first, so that `check` is among them."""
    assert json.loads(*_allowed(trained_once.done))["ok"]
    home = tmp_path / "home"
    shutil.copytree(trained_once.home, home)
    shutil.copytree(trained_once.data, home.with_name("data"))
    videos = (tmp_path / "video.mp4", tmp_path / "again.mp4")
    done = without_network(home, "code", SPOKEN, str(trained_once.replica), *map(str, videos))
    _, again, inspected, phones = _allowed(done)
    assert all(video.stat().st_size > 10_000 for video in videos)
    assert json.loads(again)["voice"] == "recording"
    assert json.loads(inspected)["standing"] == "active"
    assert int(phones) > 10
    assert list(home.rglob("*")) == [], "something was left in the user's home"


INTERNET_SOCKET = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)"
NAME_LOOKUP = "import socket; socket.getaddrinfo('example.org', 443)"
IN_A_THREAD = f"import threading; t = threading.Thread(target=exec, args=({INTERNET_SOCKET!r},)); t.start(); t.join()"
IN_A_CHILD = f"import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c', {INTERNET_SOCKET!r}]) == -31)"


@pytest.mark.parametrize("code", [INTERNET_SOCKET, NAME_LOOKUP, IN_A_THREAD])
def test_the_filter_kills_who_opens_a_socket(code: str, tmp_path: Path) -> None:
    assert without_network(tmp_path, "code", code).returncode == -signal.SIGSYS


def test_the_filter_is_inherited_by_children(tmp_path: Path) -> None:
    assert without_network(tmp_path, "code", IN_A_CHILD).returncode == 1


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("import socket; socket.socket(socket.AF_UNIX)", errno.EACCES),
        (
            "import ctypes, os; c = ctypes.CDLL(None, use_errno=True); c.syscall(425, 1, 0); "
            "raise OSError(ctypes.get_errno(), '')",
            errno.ENOSYS,
        ),
    ],
)
def test_the_filter_refuses_ways_around(code: str, number: int, tmp_path: Path) -> None:
    done = without_network(
        tmp_path, "code", f"import sys\ntry:\n    exec({code!r})\nexcept OSError as e:\n    sys.exit(e.errno)"
    )
    assert done.returncode == number


def test_the_filter_lets_everything_else_be(tmp_path: Path) -> None:
    code = "import socket, pathlib; socket.socketpair(); pathlib.Path('/proc/self/status').read_text(); print('fine')"
    assert without_network(tmp_path, "code", code).stdout == "fine\n"
