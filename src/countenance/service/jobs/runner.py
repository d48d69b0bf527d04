"""One task in a child process: from `task.json` to its last line."""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from countenance.errors import Finding
from countenance.media.private import write
from countenance.service.errors import DEADLINE
from countenance.service.jobs.child import Child, ChildHolds, child
from countenance.service.jobs.handlers import Done, Failed, JsonObject, Outcome
from countenance.work.storage import STORAGE, is_refused

COMMAND = (sys.executable, "-P", "-m", "countenance.work")
"""What runs a task; its name and the folder are added. Nothing is imported from the folder in which the server was
started (`-P`)."""

_TRACEBACK = "Traceback (most recent call last)"
_RAISED = re.compile(r"^([A-Za-z_][\w.]*)(?=: |$)", re.MULTILINE)
"""The type that a traceback names, without what it says."""
_LOOK_S = 0.1
"""Seconds between two looks at whether the child is to end."""
_EXIT_S = 10.0
"""Seconds that a child may take to end after its last line."""


class Crashed(Exception):
    """The child ended in a way that says nothing of the material: a signal, an error of ours, no last line."""

    def __init__(self, why: str, *, for_storage: bool = False) -> None:
        super().__init__(why)
        self.for_storage = for_storage
        """whether the disk refused to keep what it made"""


class Stopped(Exception):
    """The child was ended because somebody wanted so."""


def run_task(
    command: Sequence[str],
    task: str,
    folder: Path,
    content: JsonObject,
    on_event: Callable[[JsonObject], None],
    stop: threading.Event,
    deadline_s: float,
) -> Outcome:
    """Run a task in its folder, tell of its events, and say how it ended.

    The child's last result is kept in the folder, so that the task is not run again where only what follows broke.

    Raises:
        Stopped: soon after `stop` was set; the child is gone.
        Crashed: with what the log should say; the child is gone. The end of its stderr is in `<task>.stderr`.
    """
    kept = folder / f"{task}.done.json"
    if kept.exists():
        return Done(json.loads(kept.read_bytes()))
    write(folder / "task.json", json.dumps(content).encode())
    try:
        with child([*command, task, str(folder)], folder) as running:
            said = folder / f"{task}.stderr"
            outcome = _followed(running, on_event, stop, time.monotonic() + deadline_s, deadline_s, said)
    except (OSError, ChildHolds) as error:
        raise Crashed(f"{type(error).__name__}: {error}", for_storage=is_refused(error)) from error
    if isinstance(outcome, Done):
        write(kept, json.dumps(outcome.result).encode())
    return outcome


def _followed(
    running: Child,
    on_event: Callable[[JsonObject], None],
    stop: threading.Event,
    until: float,
    deadline_s: float,
    kept: Path,
) -> Outcome:
    outcome: Outcome | None = None
    while (line := running.line(_LOOK_S)) is not None:
        if stop.is_set():
            raise Stopped
        if time.monotonic() > until:
            late = Finding(DEADLINE, measured=deadline_s, limit=deadline_s)
            return Failed((late.as_dict(),))
        event = _event(line)
        if event is None:
            continue
        outcome = _outcome(event)
        if outcome is None:
            on_event(event)
    status = running.wait(_EXIT_S)
    if stop.is_set():
        raise Stopped
    if outcome is None or status != 0:
        raise Crashed(_why(status, running.tail(), kept), for_storage=status == STORAGE)
    return outcome


def _why(status: int | None, tail: str, kept: Path) -> str:
    """What the log says of a crash. What the child said may speak of people: it is kept beside them, in `kept`."""
    if not tail.strip():
        return f"exit status {status}"
    write(kept, tail.encode())
    kinds = _RAISED.findall(tail) if _TRACEBACK in tail else []
    return f"exit status {status}{f', {kinds[-1]}' if kinds else ''}; see {kept.name} in its folder"


def _event(line: bytes) -> dict[str, Any] | None:
    """The event in a line; None for what libraries print."""
    if not line.strip():
        return None
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and isinstance(event.get("event"), str) else None


def _outcome(event: Mapping[str, Any]) -> Outcome | None:
    match event:
        case {"event": "done", "result": dict(result)}:
            return Done(result)
        case {"event": "failed", "findings": [_, *_] as findings}:
            return Failed(tuple(findings))
        case _:
            return None
