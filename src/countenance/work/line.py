"""What a task tells whoever started it: lines of JSON on the standard output."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from countenance.errors import Finding
from countenance.progress import Progress

_EVERY_S = 0.2


class Line:
    """The line to whoever started this process. A task's progress never falls, not even after a crash: a file in its
    folder remembers it."""

    def __init__(self, folder: Path, task: str) -> None:
        # What libraries print must not come between: they get the standard error.
        sys.stdout.flush()
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
        os.dup2(2, 1)
        self._kept = os.open(folder / f"progress-{task}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._fraction = self._earlier()
        self._told_s = float("-inf")

    def progress(self, progress: Progress) -> None:
        """Tell how far the task is, some five times a second at most."""
        now = time.monotonic()
        if now - self._told_s < _EVERY_S:
            return
        self._told_s = now
        self._fraction = max(self._fraction, progress.fraction)
        left = progress.seconds_left
        self.event(
            "progress",
            stage=progress.stage,
            fraction=round(self._fraction, 4),
            seconds_left=None if left is None else round(left, 1),
        )
        # Always as many bytes, over the old ones: whenever the process dies, a number stands there.
        with suppress(OSError):
            os.pwrite(self._kept, f"{self._fraction:.4f}".encode(), 0)

    def done(self, result: Mapping[str, Any]) -> None:
        """The last line of a task that succeeded."""
        self.event("done", result=result)

    def failed(self, findings: Sequence[Finding]) -> None:
        """The last line of a task that its material, or its user, made impossible."""
        self.event("failed", findings=[finding.as_dict() for finding in findings])

    def event(self, name: str, **more: Any) -> None:
        self._out.write(json.dumps({"event": name, **more}, ensure_ascii=True) + "\n")
        self._out.flush()

    def _earlier(self) -> float:
        with suppress(OSError, ValueError):
            return min(1.0, max(0.0, float(os.pread(self._kept, 16, 0))))
        return 0.0
