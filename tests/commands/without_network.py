"""Run something where every socket kills the process: the launcher, and what starts it.

What runs is under a seccomp filter that the kernel applies to all threads and children, C++ libraries included:
socket() of any family but AF_UNIX ends the process with SIGSYS, an AF_UNIX socket is refused (so that no resolver's
daemon can be asked either), and io_uring, which could open sockets unseen, does not exist.
`python without_network.py module countenance --version` installs the filter and then runs that.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import runpy
import struct
import subprocess
import sys
from pathlib import Path

_ARCHITECTURES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""Audit number of the architecture and its number of socket(); io_uring_setup() is 425 on both."""
IS_POSSIBLE = sys.platform == "linux" and platform.machine() in _ARCHITECTURES
"""seccomp is a thing of Linux"""
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


def without_network(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the launcher with this home and without the variables by which libraries know that they are watched.

    The data folder is `data` beside the home.
    """
    environment = {key: value for key, value in os.environ.items() if key not in _CI_VARIABLES}
    data = home.with_name("data")
    environment.update(HOME=str(home), XDG_CACHE_HOME=str(home / ".cache"), COUNTENANCE_THREADS="1")
    environment["COUNTENANCE_DATA_DIR"] = str(data)
    command = [sys.executable, str(Path(__file__)), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=280)


if __name__ == "__main__":
    _, kind, subject, *rest = sys.argv
    if IS_POSSIBLE:
        forbid_sockets()
    sys.argv = [subject, *rest]
    if kind == "module":
        runpy.run_module(subject, run_name="__main__", alter_sys=True)
    else:
        exec(subject)  # noqa: S102 (the test's own words)
