"""One check and one training for all tests of this room, as the processes that they are."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from rough import PROGRAM

ROUGHLY = f"{PROGRAM}\nimport runpy\nrunpy.run_module('countenance.work', run_name='__main__', alter_sys=True)"
"""The process that the service starts, but that it learns less well and quickly."""
ACCOUNT = "w0123456789"


@dataclass
class Told:
    """What a task's process said, and how it ended."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    code: int = 0
    errors: str = ""

    def of(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["event"] == event]

    @property
    def result(self) -> dict[str, Any]:
        assert self.code == 0, self.errors
        assert self.lines[-1]["event"] == "done", self.lines[-1]
        result = self.lines[-1]["result"]
        assert isinstance(result, dict)
        return result


def work(task: str, folder: Path, until: Callable[[dict[str, Any]], bool] = lambda _: False, **given: object) -> Told:
    """Do a task; killed, as by a power cut, at the first line that `until` is true of."""
    (folder / "task.json").write_text(json.dumps(given))
    told = Told()
    command = [sys.executable, "-c", ROUGHLY, task, str(folder)]
    environment = {**os.environ, "COUNTENANCE_THREADS": "1"}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        for line in child.stdout:
            told.lines.append(json.loads(line))
            if until(told.lines[-1]):
                child.send_signal(signal.SIGKILL)
                break
        told.errors = child.stderr.read()
        told.code = child.wait()
    return told


@pytest.fixture(scope="session")
def checked(short_footage: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Told]:
    """A folder whose footage was declared to be AI-generated, and judged."""
    folder = tmp_path_factory.mktemp("job")
    (folder / "in").mkdir()
    shutil.copy(short_footage, folder / "in" / "footage.mp4")
    told = work(
        "check",
        folder,
        material="synthetic",
        subject="invented",
        account=ACCOUNT,
        declarations=["ai-generated"],
        footage="in/footage.mp4",
    )
    return folder, told


@pytest.fixture(scope="session")
def trained(checked: tuple[Path, Told]) -> tuple[Path, Told, Told]:
    """The same folder after a training that was killed when its preview was in place, and begun again."""
    folder, _ = checked
    task: dict[str, Any] = {"footage": "in/footage.mp4", "replica_id": "r0123456789ab"}
    first = work("train", folder, lambda line: line["event"] == "preview", **task)
    return folder, first, work("train", folder, **task)
