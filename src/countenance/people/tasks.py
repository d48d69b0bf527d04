"""Opening and closing MediaPipe's tasks without a word on the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

_stderr_lock = Lock()


def close_task(task: Any) -> None:
    """Close a MediaPipe task, also while the interpreter ends."""
    try:
        task.close()
    except (TypeError, RuntimeError):
        # The interpreter ends and the library's thread has ended already: nothing is left to close, and it shall
        # not try again where its complaint could not be caught.
        task._handle = None


@contextmanager
def silenced_stderr() -> Iterator[None]:
    """Nothing reaches the terminal from libraries that log before their log can be configured."""
    with _stderr_lock:
        saved = _led_nowhere()
        try:
            yield
        finally:
            if saved is not None:
                os.dup2(saved, 2)
                os.close(saved)


def _led_nowhere() -> int | None:
    """Another handle of what the standard error output was; None where there is none, and nothing to silence."""
    try:
        if sys.stderr is not None:
            sys.stderr.flush()
        saved = os.dup(2)
    except (OSError, ValueError):
        return None
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
    except OSError:
        os.close(saved)
        return None
    return saved
