"""Child processes: begun so that they die with this one, never two in one folder, and ended within a second."""

from __future__ import annotations

import contextlib
import fcntl
import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO

_LOCK = "child.lock"
"""Held by the child for as long as it lives; says who it is."""
_TERM_S = 0.8
"""Seconds between asking a child to end and killing it."""
_EARLIER_S = 10.0
"""Seconds within which a killed child must be gone."""
_LAST_WORDS_S = 0.5
_TAIL_BYTES = 4096
_LINE_BYTES = 4 * 1024 * 1024
"""A report with all its findings has some 100 KB."""

_live: set[int] = set()
_live_lock = threading.Lock()


class ChildHolds(Exception):
    """Another process, which cannot be killed from here, works in the folder."""


class Child:
    """A process that writes lines; what it says on stderr is kept for its last 4 KB."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._tail = b""
        assert process.stdout is not None  # noqa: S101 - all three are pipes
        assert process.stderr is not None  # noqa: S101
        self._readers = [
            threading.Thread(target=self._read_lines, args=(process.stdout,), daemon=True),
            threading.Thread(target=self._read_tail, args=(process.stderr,), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def line(self, within_s: float) -> bytes | None:
        """The next line; b"" if none came in that time, None if there will be no more."""
        try:
            return self._lines.get(timeout=within_s)
        except queue.Empty:
            if self._process.poll() is None:
                return b""
        # It has ended. What it began may hold the pipe open: what counts is what it said itself.
        self._readers[0].join(_LAST_WORDS_S)
        return None if self._lines.empty() else self._lines.get()

    def wait(self, within_s: float) -> int | None:
        """Its exit status (negative for a signal), or None if it still lives then."""
        try:
            return self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            return None

    def tail(self) -> str:
        """The end of what it wrote to stderr, for the log only: it may speak of people."""
        self._readers[1].join(0.2)
        return self._tail.decode("utf-8", "replace")

    def end(self) -> None:
        """Ask it to end, then kill it and all that it began."""
        if self._process.poll() is None:
            _signal(self._process.pid, signal.SIGTERM)
            self.wait(_TERM_S)
        _signal(self._process.pid, signal.SIGKILL)
        self._process.wait()
        with _live_lock:
            _live.discard(self._process.pid)
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        for reader in self._readers:
            reader.join(_LAST_WORDS_S)

    def _read_lines(self, pipe: IO[bytes]) -> None:
        with pipe:
            while line := pipe.readline(_LINE_BYTES):
                self._lines.put(line)
        self._lines.put(None)

    def _read_tail(self, pipe: IO[bytes]) -> None:
        with pipe:
            while some := os.read(pipe.fileno(), _TAIL_BYTES):
                self._tail = (self._tail + some)[-_TAIL_BYTES:]


@contextmanager
def child(command: Sequence[str], folder: Path) -> Iterator[Child]:
    """A process that works in a folder; it is gone when the block ends, and so is all that it began.

    An earlier one that still works in the folder, such as that of a worker that was frozen, is killed first.

    Raises:
        ChildHolds: where that does not help.
        OSError: where the command cannot be run.
    """
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take_over(lock)
        process = _spawner().submit(_spawn, command, lock).result()
        os.ftruncate(lock, 0)
        os.pwrite(lock, _name_of(process.pid).encode(), 0)
    finally:
        os.close(lock)  # the child has it too
    running = Child(process)
    try:
        yield running
    finally:
        running.end()


def in_use(folder: Path) -> bool:
    """Whether a child works in this folder."""
    try:
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return not _locked(lock)
    finally:
        os.close(lock)


def kill_all() -> None:
    """Kill every child of this process, at once."""
    with _live_lock:
        for pid in _live:
            _signal(pid, signal.SIGKILL)


@cache
def _spawner() -> ThreadPoolExecutor:
    # A child that asks to die with its parent dies with the thread that began it: this one ends with the process.
    return ThreadPoolExecutor(1, thread_name_prefix="spawner")


def _spawn(command: Sequence[str], lock: int) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    with _live_lock:
        process = subprocess.Popen(  # noqa: S603 - the command is ours
            command, stdin=pipe, stdout=pipe, stderr=pipe, process_group=0, pass_fds=(lock,)
        )
        _live.add(process.pid)
    return process


def _take_over(lock: int) -> None:
    deadline = time.monotonic() + _EARLIER_S
    while not _locked(lock):
        pid, _, _ = os.pread(lock, 100, 0).decode().partition(" ")
        if pid and _name_of(int(pid)) == os.pread(lock, 100, 0).decode():
            _signal(int(pid), signal.SIGKILL)
        if time.monotonic() > deadline:
            raise ChildHolds
        time.sleep(0.05)


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _name_of(pid: int) -> str:
    """A process by its number and the time of its start, because numbers come again."""
    try:
        return f"{pid} {Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[19]}"
    except OSError:
        return f"{pid} ?"


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
