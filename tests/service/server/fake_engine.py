"""Stands in for `python -m countenance.work` where hundreds of trainings are raced: quick, and not always successful.

What becomes of a job is decided by its folder's name: most succeed, some fail at the check, some in training, some
die once on the way. Nothing is imported that takes time.
"""

import hashlib
import json
import os
import signal
import sys
import time
from pathlib import Path

FATES = ("good", "good", "good", "good", "refused", "broken", "dies", "good")


def fate(job: str) -> str:
    """What becomes of a job."""
    return FATES[hashlib.sha256(job.encode()).digest()[0] % len(FATES)]


def _say(**event: object) -> None:
    print(json.dumps(event), flush=True)


def _finding(rule: str) -> dict[str, object]:
    return {"rule": rule, "severity": "error", "title": "It is no good.", "message": "It is no good.", "evidence": ""}


def main(task: str, folder: Path) -> None:
    """Do a task."""
    fated = fate(folder.name)
    time.sleep(0.02)
    if task == "check":
        (folder / "warrant").mkdir(exist_ok=True)
        (folder / "warrant" / "warrant.json").write_text("{}")
        ok = fated != "refused"
        findings = [] if ok else [_finding("footage.face_missing")]
        _say(event="done", result={"ok": ok, "findings": findings, "clearance": {}, "evidence": []})
        return
    out = folder / "replica"
    out.mkdir(exist_ok=True)
    (out / "replica.json").write_text(json.dumps({"id": folder.name}))
    _say(event="preview", folder="replica")
    for tick in range(4):
        time.sleep(0.03)
        _say(event="progress", stage="learn", fraction=tick / 4, seconds_left=1.0)
        if fated == "dies" and tick == 2 and not (folder / "died").exists():
            (folder / "died").touch()
            os.kill(os.getpid(), signal.SIGKILL)
    if fated == "broken":
        _say(event="failed", findings=[_finding("engine.too_little")])
        return
    _say(event="done", result={"description": {"metrics": {}}})


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
