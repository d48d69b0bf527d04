"""Opening and closing MediaPipe's tasks without a word on the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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
        sys.stderr.flush()
        with suppress(OSError):
            saved = os.dup(2)
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 2)
            os.close(nowhere)
            try:
                yield
            finally:
                os.dup2(saved, 2)
                os.close(saved)
