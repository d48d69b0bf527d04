"""A task ends when it is asked to, within a second, and when whoever started it is gone."""

from __future__ import annotations

import ctypes
import os
import signal
import stat
import sys
import threading
import time
from contextlib import suppress
from typing import NoReturn

TERMINATED = 143
_PR_SET_PDEATHSIG = 1
_GRACE_S = 0.8


def end_with_parent() -> None:
    """Watch for the end of the parent and for SIGTERM. Call it first, in the main thread.

    If the parent process (to be exact, the thread of it that started this one) dies, the kernel kills this one; and if
    the standard input is a pipe that ends, which also tells of a parent that was gone before the kernel was asked,
    this process ends as by SIGTERM. Whatever it is doing, all it leaves may be gone on from.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    signal.signal(signal.SIGTERM, _terminated)
    threading.Thread(target=_enforce, args=(reader,), name="ending", daemon=True).start()
    with suppress(OSError, AttributeError):  # where there is no such call, the pipe has to do
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    with suppress(OSError):
        kind = os.fstat(0).st_mode
        if stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind):
            threading.Thread(target=_watch_input, name="parent", daemon=True).start()


def leave(code: int) -> NoReturn:
    """End the process at once; what was half-finished is gone by now, or is kept on purpose."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _terminated(signal_number: int, frame: object) -> NoReturn:
    # An exception, so that everything half-finished is cleaned up on the way out.
    sys.exit(TERMINATED)


def _enforce(reader: int) -> None:
    """The interpreter sees a signal only between two of its own steps, and a step may be a minute inside a library."""
    while True:
        if signal.SIGTERM in os.read(reader, 64):
            time.sleep(_GRACE_S)
            os._exit(TERMINATED)


def _watch_input() -> None:
    with suppress(OSError):
        while os.read(0, 4096):
            pass
    os.kill(os.getpid(), signal.SIGTERM)
