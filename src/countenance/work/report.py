"""`report`: what the guidelines say of footage, or of a picture, and what shows it. Nobody has to agree for that."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from countenance.footage.portrait import PortraitReport, check_image
from countenance.footage.publish import DATA, write_report
from countenance.footage.report import Report, check
from countenance.progress import ProgressCallback, StageProgress
from countenance.settings import Settings
from countenance.work.line import Line
from countenance.work.task import Judged, path_in, task_in

_FOLDER = "report"
_PICTURE_STAGE = "check picture"


def run(folder: Path, settings: Settings, line: Line) -> Mapping[str, Any]:
    """See docs/work.md."""
    task = task_in(folder, Judged)
    if footage := path_in(folder, task.footage):
        report: Report | PortraitReport = check(footage, settings, line.progress)
    elif picture := path_in(folder, task.picture):
        report = _of_picture(picture, settings, line.progress)
    else:
        raise ValueError("no footage and no picture")
    told, pictures = drawn(report, folder, settings)
    return {"ok": report.ok, "findings": told["findings"], "report": told, "evidence": pictures}


def drawn(report: Report | PortraitReport, folder: Path, settings: Settings) -> tuple[dict[str, Any], list[str]]:
    """Write `report/` in the task's folder: the report with the names of its pictures, and where those lie."""
    write_report(report, folder / _FOLDER, settings)
    told = dict(json.loads((folder / _FOLDER / DATA).read_text("utf-8")))
    parts = (told, told.get("best") or {}, *told["findings"])
    return told, sorted({f"{_FOLDER}/{part['evidence']}" for part in parts if part.get("evidence")})


def _of_picture(picture: Path, settings: Settings, progress: ProgressCallback) -> PortraitReport:
    stages = StageProgress({_PICTURE_STAGE: 1.0}, progress)
    stages.update(_PICTURE_STAGE, 0.0)
    report = check_image(picture, settings)
    stages.done()
    return report
