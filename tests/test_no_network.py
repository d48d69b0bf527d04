"""Nothing leaves the machine: train, say and inspect run where every socket kills the process.

The commands run under a seccomp filter that the kernel applies to all threads and children, C++ libraries included:
socket() of any family but AF_UNIX ends the process with SIGSYS, an AF_UNIX socket is refused (so that no resolver's
daemon can be asked either), and io_uring, which could open sockets unseen, does not exist. This file is also the
launcher that installs the filter: `python test_no_network.py module countenance --version`.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import platform
import runpy
import signal
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

_ARCHITECTURES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""Audit number of the architecture and its number of socket(); io_uring_setup() is 425 on both."""
_IO_URING_SETUP = 425
_X32_BIT = 0x40000000
_AF_UNIX = 1
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2
_KILL_PROCESS, _ALLOW, _ERRNO = 0x80000000, 0x7FFF0000, 0x00050000
_LOAD_WORD, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_OFFSET_NUMBER, _OFFSET_ARCHITECTURE, _OFFSET_FIRST_ARGUMENT = 0, 4, 16

_CI_VARIABLES = (
    "CI",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "CONTINUOUS_INTEGRATION",
    "BUILD_NUMBER",
    "TF_BUILD",
    "TEAMCITY_VERSION",
)

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in _ARCHITECTURES, reason="seccomp is a thing of Linux"
)


def forbid_sockets() -> None:
    """Install the filter in this process; it cannot be taken off again."""

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    architecture, socket_number = _ARCHITECTURES[platform.machine()]
    instructions = [
        (_LOAD_WORD, 0, 0, _OFFSET_ARCHITECTURE),
        (_JUMP_IF_EQUAL, 0, 8, architecture),  # a system call of another architecture: kill
        (_LOAD_WORD, 0, 0, _OFFSET_NUMBER),
        (_JUMP_IF_AT_LEAST, 6, 0, _X32_BIT),
        (_JUMP_IF_EQUAL, 6, 0, _IO_URING_SETUP),
        (_JUMP_IF_EQUAL, 0, 3, socket_number),
        (_LOAD_WORD, 0, 0, _OFFSET_FIRST_ARGUMENT),
        (_JUMP_IF_EQUAL, 0, 2, _AF_UNIX),
        (_RETURN, 0, 0, _ERRNO | errno.EACCES),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _KILL_PROCESS),
        (_RETURN, 0, 0, _ERRNO | errno.ENOSYS),
    ]
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in instructions)
    buffer = ctypes.create_string_buffer(code, len(code))
    program = Program(len(instructions), ctypes.cast(buffer, ctypes.c_void_p))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    for arguments in ((_PR_SET_NO_NEW_PRIVS, 1, 0), (_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program))):
        if prctl(*arguments, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl")


def _under_filter(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the launcher with an empty home and without the variables by which libraries know that they are watched."""
    environment = {key: value for key, value in os.environ.items() if key not in _CI_VARIABLES}
    data = home.with_name("data")
    environment.update(HOME=str(home), XDG_CACHE_HOME=str(home / ".cache"), COUNTENANCE_THREADS="1")
    environment["COUNTENANCE_DATA_DIR"] = str(data)
    command = [sys.executable, str(Path(__file__)), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=280)


ROUGHLY = """
from countenance.engine import motion
motion.FEATURE_COMPONENTS, motion._SPEEDS = 24, ()
runpy.run_module("countenance", run_name="__main__", alter_sys=True)
"""
"""The same command, but that it learns less well and quickly."""


def _countenance(home: Path, *arguments: str, how: Sequence[str] = ("module", "countenance")) -> dict[str, object]:
    done = _under_filter(home, *how, *arguments, "--json")
    assert done.returncode != -signal.SIGSYS, f"a socket was opened:\n{done.stderr}"
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(done.stdout)
    assert isinstance(result, dict)
    return result


PHONES = """
from pathlib import Path
from countenance.media.read import audio
from countenance.settings import Settings
from countenance.voice.alignment import phones_heard
print(len(phones_heard(audio(Path(sys.argv[1])), Settings())))
"""
"""Whoever kills the process that aligns phones gets none; a command would go on without them."""


@pytest.mark.timeout(600)
def test_train_say_and_inspect_open_no_socket(tmp_path: Path, short_footage: Path) -> None:
    """Training checks the footage first, so that `check` is among them."""
    home, replica, video = tmp_path / "home", tmp_path / "replica", tmp_path / "video.mp4"
    home.mkdir()
    arguments = ("train", str(short_footage), "--synthetic", "--out", str(replica))
    assert _countenance(home, *arguments, how=("code", ROUGHLY))["ok"]
    assert _countenance(home, "say", str(replica), "--script", "Nobody is listening.", "--out", str(video))["ok"]
    assert video.stat().st_size > 10_000
    again = tmp_path / "again.mp4"
    assert _countenance(home, "say", str(replica), "--audio", str(video), "--out", str(again))["voice"] == "recording"
    assert _countenance(home, "inspect", str(again))["standing"] == "active"
    phones = _under_filter(home, "code", "import sys\n" + PHONES, str(video))
    assert int(phones.stdout) > 10, phones.stderr
    assert list(home.rglob("*")) == [], "something was left in the user's home"


INTERNET_SOCKET = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)"
NAME_LOOKUP = "import socket; socket.getaddrinfo('example.org', 443)"
IN_A_THREAD = f"import threading; t = threading.Thread(target=exec, args=({INTERNET_SOCKET!r},)); t.start(); t.join()"
IN_A_CHILD = f"import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c', {INTERNET_SOCKET!r}]) == -31)"


@pytest.mark.parametrize("code", [INTERNET_SOCKET, NAME_LOOKUP, IN_A_THREAD])
def test_the_filter_kills_who_opens_a_socket(code: str, tmp_path: Path) -> None:
    assert _under_filter(tmp_path, "code", code).returncode == -signal.SIGSYS


def test_the_filter_is_inherited_by_children(tmp_path: Path) -> None:
    assert _under_filter(tmp_path, "code", IN_A_CHILD).returncode == 1


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
    done = _under_filter(
        tmp_path, "code", f"import sys\ntry:\n    exec({code!r})\nexcept OSError as e:\n    sys.exit(e.errno)"
    )
    assert done.returncode == number


def test_the_filter_lets_everything_else_be(tmp_path: Path) -> None:
    code = "import socket, pathlib; socket.socketpair(); pathlib.Path('/proc/self/status').read_text(); print('fine')"
    assert _under_filter(tmp_path, "code", code).stdout == "fine\n"


if __name__ == "__main__":
    _, kind, subject, *rest = sys.argv
    forbid_sockets()
    sys.argv = [subject, *rest]
    if kind == "module":
        runpy.run_module(subject, run_name="__main__", alter_sys=True)
    else:
        exec(subject)  # noqa: S102 (the test's own words)
