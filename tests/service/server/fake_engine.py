"""Stands in for `python -m countenance.work` where hundreds of trainings are raced, or a page waits for one: quick, and
not always successful.

What becomes of a job is decided by its folder's name: most succeed, some fail at the check, some in training, some
die once on the way. A test that wants something certain writes it into the JSON file that QUICK_ENGINE names: `fate`,
`seconds` that a task takes, `stays_at`, the stage at which tasks stay until the file has another one, and `results`, a
folder with what a task leaves. Nothing is imported that takes time.
"""

import hashlib
import json
import os
import signal
import sys
import time
from pathlib import Path

FATES = ("good", "good", "good", "good", "refused", "broken", "dies", "good")
TICKS = 4
_LEAVES = {
    "train": ("thumbnail.jpg", "thumbnail.mp4"),
    "render": ("video.mp4", "still.jpg", "preview.gif"),
}


def fate(job: str) -> str:
    """What becomes of a job."""
    return FATES[hashlib.sha256(job.encode()).digest()[0] % len(FATES)]


def _say(**event: object) -> None:
    print(json.dumps(event), flush=True)


def _finding(rule: str) -> dict[str, object]:
    return {"rule": rule, "severity": "error", "title": "It is no good.", "message": "It is no good.", "evidence": ""}


def _wanted() -> dict[str, object]:
    path = os.environ.get("QUICK_ENGINE")
    return dict(json.loads(Path(path).read_text())) if path else {}


def main(task: str, folder: Path) -> None:
    """Do a task."""
    wanted = _wanted()
    fated = str(wanted.get("fate") or fate(folder.name))
    results = Path(str(wanted["results"])) if wanted.get("results") else None
    ticks = max(TICKS, round(float(str(wanted.get("seconds", 0))) / 0.25))
    if results is not None:
        for name in _LEAVES.get(task, ()):
            (folder / name).write_bytes((results / name).read_bytes())
    if task in ("check", "report"):
        _check(task, folder, fated, results, ticks if ticks > TICKS else 0)
    elif task == "render":
        _render(fated, ticks)
    else:
        _train(folder, fated, ticks)


def _check(task: str, folder: Path, fated: str, results: Path | None, ticks: int) -> None:
    time.sleep(0.02)
    _go_on("look", ticks)
    (folder / "warrant").mkdir(exist_ok=True)
    (folder / "warrant" / "warrant.json").write_text("{}")
    if results is not None:
        _say(event="done", result=_recorded(task, folder, results, ok=fated != "refused"))
        return
    ok = fated != "refused"
    findings = [] if ok else [_finding("footage.face_missing")]
    _say(event="done", result={"ok": ok, "findings": findings, "clearance": {}, "evidence": []})


def _recorded(task: str, folder: Path, results: Path, *, ok: bool) -> dict[str, object]:
    """What a real check said once, with its pictures."""
    is_picture = bool(json.loads((folder / "task.json").read_text()).get("picture"))
    found = results / ("picture" if is_picture else "good" if ok else "refused")
    (folder / "report").mkdir(exist_ok=True)
    for path in found.glob("report/*"):
        (folder / "report" / path.name).write_bytes(path.read_bytes())
    said = dict(json.loads((found / "result.json").read_text()))
    report = said["clearance"]["report"]
    if is_picture and ok:
        report = {**report, "ok": True, "findings": []}
        said = {**said, "ok": True, "findings": [], "clearance": {**said["clearance"], "report": report}}
    if task == "check":
        return said
    return {"ok": ok, "findings": report["findings"], "report": report, "evidence": said["evidence"]}


def _train(folder: Path, fated: str, ticks: int) -> None:
    out = folder / "replica"
    out.mkdir(exist_ok=True)
    (out / "replica.json").write_text(json.dumps({"id": folder.name}))
    time.sleep(0.02)
    _go_on("learn", ticks // 2 if ticks > TICKS else 0)
    _say(event="preview", folder="replica")
    for tick in range(TICKS):
        time.sleep(0.03)
        _say(event="progress", stage="learn", fraction=0.5 + 0.5 * tick / TICKS, seconds_left=1.0)
        if fated == "dies" and tick == 2 and not (folder / "died").exists():
            (folder / "died").touch()
            os.kill(os.getpid(), signal.SIGKILL)
    _go_on("refine", ticks // 2 if ticks > TICKS else 0, 0.5)
    if fated == "broken":
        _say(event="failed", findings=[_finding("engine.too_little")])
        return
    _say(event="done", result={"description": {"metrics": {}}})


def _render(fated: str, ticks: int) -> None:
    _go_on("speak", ticks)
    if fated == "broken":
        _say(event="failed", findings=[_finding("voice.cannot_speak")])
        return
    _say(
        event="done",
        result={
            "report": {"duration_s": 3.0},
            "video": "video.mp4",
            "still": "still.jpg",
            "gif": "preview.gif",
        },
    )


def _go_on(stage: str, ticks: int, start: float = 0.0) -> None:
    """Say for a while that it goes on, a quarter of a second at a time, from one fraction to half of the whole more."""
    for tick in range(ticks):
        _say(event="progress", stage=stage, fraction=start + 0.5 * tick / ticks, seconds_left=0.25 * (ticks - tick))
        time.sleep(0.25)
    while _wanted().get("stays_at") == stage:
        _say(event="progress", stage=stage, fraction=start + 0.5, seconds_left=0.25)
        time.sleep(0.25)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
