"""Run a program that reports in JSON lines: with a deadline, to be cancelled at any moment, and nothing left behind."""

from __future__ import annotations

import json
import os
import re
import selectors
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from countenance.engine.external.errors import FAILED
from countenance.errors import CountenanceError, Finding

_LAST_LINES = 50
_LONGEST_LINE = 4000
_TICK_S = 0.2
_GRACE_S = 5.0
_DRAIN_S = 1.0
"""For what a program that has ended printed last; something that it started may hold its output open for ever."""
_KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES")
"""Of this process's environment; keys and secrets in it are none of the engine's business."""


@dataclass(frozen=True, slots=True)
class Report:
    """A line that the program printed about its progress."""

    stage: str
    fraction: float


@dataclass(frozen=True, slots=True)
class Ending:
    """How a program ended."""

    exit_code: int
    """negative for a signal, as `subprocess` has it"""
    last_lines: tuple[str, ...]
    timed_out: bool
    seconds: float


def run(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    *,
    deadline_s: float,
    pattern: str = "",
    on_report: Callable[[Report], None] = lambda _: None,
    tick: Callable[[], None] = lambda: None,
) -> Ending:
    """Run a command in `folder` until it ends or `deadline_s` seconds have passed.

    Each line of its output that is a JSON object with `stage` and `fraction` is reported; so is the percentage that
    the first group of `pattern` finds in a line. `tick` is called several times a second; if it, or `on_report`,
    raises, the program and all that it started are ended, and the exception goes on.

    Raises:
        CountenanceError: engine.external_failed if it cannot be started.
    """
    began = time.monotonic()
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    process = _started(command, folder, {**kept, **environment, "PYTHONUNBUFFERED": "1"})
    last: deque[str] = deque(maxlen=_LAST_LINES)
    timed_out = False
    ended_at: float | None = None
    if process.stdout is None:
        raise RuntimeError("the program has no output")
    lines = _Lines(process.stdout)
    try:
        while not lines.ended:
            for line in lines.wait(_TICK_S):
                report = _report(line, pattern)
                if report is None:
                    last.append(line)
                else:
                    on_report(report)
            tick()
            now = time.monotonic()
            if ended_at is None and not _is_running(process):
                ended_at = now
            timed_out = ended_at is None and now - began > deadline_s
            if timed_out or (ended_at is not None and now - ended_at > _DRAIN_S):
                break
        while not timed_out and _is_running(process):
            time.sleep(_TICK_S)
            tick()
            timed_out = time.monotonic() - began > deadline_s
    finally:
        lines.close()
        _end(process)
    return Ending(process.returncode, tuple(last), timed_out, time.monotonic() - began)


def _started(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - the owner of this machine wrote the command into engine.toml
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise CountenanceError(Finding(FAILED, detail=f"It could not be started: {error}.")) from error


class _Lines:
    """Lines of a pipe, as they come: also those that end with a carriage return, as progress bars do."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._selector = selectors.DefaultSelector()
        self._selector.register(pipe, selectors.EVENT_READ)
        self._rest = b""
        self.ended = False

    def wait(self, seconds: float) -> list[str]:
        """What came within so many seconds."""
        if not self._selector.select(seconds):
            return []
        block = os.read(self._pipe.fileno(), 65536)
        self.ended = not block
        parts = re.split(rb"[\r\n]+", self._rest + block)
        self._rest = b"" if self.ended else parts.pop()[-_LONGEST_LINE:]
        return [part.decode("utf-8", "replace")[:_LONGEST_LINE] for part in parts if part.strip()]

    def close(self) -> None:
        self._selector.close()
        self._pipe.close()


def _report(line: str, pattern: str) -> Report | None:
    if line.lstrip().startswith("{"):
        try:
            told = json.loads(line)
            return Report(str(told["stage"]), _fraction(told["fraction"]))
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return None
    found = re.search(pattern, line) if pattern else None
    try:
        return Report("render", _fraction(found.group(1), 100.0)) if found else None
    except (ValueError, TypeError):
        return None


def _fraction(value: Any, whole: float = 1.0) -> float:
    return min(1.0, max(0.0, float(value) / whole))


def _is_running(process: subprocess.Popen[bytes]) -> bool:
    """Leaves the process to be waited for, so that nothing else can get its number meanwhile."""
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and whatever it started: by request first, and by force after some seconds."""
    if _is_running(process):
        os.killpg(process.pid, signal.SIGTERM)
        until = time.monotonic() + _GRACE_S
        while _is_running(process) and time.monotonic() < until:
            time.sleep(_TICK_S / 4)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
