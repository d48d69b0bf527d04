"""Stands in for `python -m countenance.work`: does as its instructions say, from its last checkpoint on.

The instructions are `fake` in task.json, or else the file `<task>.json` in the folder that FAKE_WORK names. Each tick
writes a checkpoint, and a line with this process's number and the tick to `trace`.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1


def main(task: str, folder: Path) -> None:
    """Work, and say so."""
    content = json.loads((folder / "task.json").read_text())
    orders: dict[str, Any] = content.get("fake") or json.loads(
        (Path(os.environ["FAKE_WORK"]) / f"{task}.json").read_text()
    )
    if not orders.get("outlives"):
        _die_with_parent()
    if orders.get("stubborn"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _tick(task, folder, orders)
    if (status := orders.get("status")) is not None:
        sys.exit(status)
    if (findings := orders.get("findings")) is not None:
        _say(event="failed", findings=findings)
    elif not orders.get("mute"):
        _say(event="done", result=orders.get("result", {}))


def _tick(task: str, folder: Path, orders: dict[str, Any]) -> None:
    checkpoint, trace = folder / f"{task}.checkpoint", folder / "trace"
    ticks = orders.get("ticks", 3)
    begin = int(checkpoint.read_text()) if checkpoint.exists() else 0
    for tick in range(begin + 1, ticks + 1):
        time.sleep(orders.get("tick_s", 0.05))
        crashes = folder / "crashes"
        so_far = len(crashes.read_text()) if crashes.exists() else 0
        if tick == orders.get("crash_at") and so_far < orders.get("crashes", 1):
            crashes.write_text("x" * (so_far + 1))
            os.kill(os.getpid(), signal.SIGKILL)
        with trace.open("a") as file:
            file.write(f"{os.getpid()} {tick}\n")
        _write_at_once(checkpoint, str(tick))
        if not orders.get("silent"):
            _say(event="progress", stage="tick", fraction=tick / ticks, seconds_left=float(ticks - tick))
        if orders.get("crash_each"):
            os.kill(os.getpid(), signal.SIGKILL)
        if tick == orders.get("preview_at"):
            _say(event="preview", folder="replica")


def _write_at_once(path: Path, text: str) -> None:
    """Whoever is killed in the middle leaves the checkpoint before it, as the real engine does."""
    beside = path.with_suffix(".new")
    beside.write_text(text)
    beside.replace(path)


def _say(**event: object) -> None:
    print(json.dumps(event), flush=True)


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    def watch() -> None:
        os.read(0, 1)  # not through a buffer, whose lock would break the end of the interpreter
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


main(sys.argv[1], Path(sys.argv[2]))
