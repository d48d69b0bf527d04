"""Write a report into a folder: for people as a page with pictures, for programs as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from countenance.errors import Finding
from countenance.footage.choose import best_stretch
from countenance.footage.evidence import draw_best, draw_evidence, draw_portrait
from countenance.footage.files import make_folder, remove, write_whole
from countenance.footage.page import plain_page, recording_page
from countenance.footage.portrait import PortraitReport
from countenance.footage.report import Report
from countenance.settings import Settings

PAGE, DATA = "report.html", "report.json"
_OUR_NAME = re.compile(r"[a-z0-9_-]+\.jpg")


def write_report(report: Report | PortraitReport, folder: Path, settings: Settings) -> Path:
    """Write `report.json`, `report.html` and the pictures into `folder`; returns the path of the page.

    The page holds its pictures; the files beside it are the same ones for other programs. What is written shows a
    face: the folder, if it is new, is its owner's alone (mode 0700), and so is every file (0600). Each file appears
    when it is whole; the page, which needs all the others, last. Pictures of an earlier report are removed.

    Raises:
        CountenanceError: media.cannot_write.
    """
    make_folder(folder)
    if isinstance(report, PortraitReport):
        return _portrait(report, folder, settings)
    report = draw_evidence(report, folder, settings)
    best = best_stretch(report.timeline, report.usable)
    strip = draw_best(report, best, folder, settings) if best is not None else ""
    pictures = _pictures(folder, [strip, *(finding.evidence for finding in report.findings)])
    data = {**report.as_dict(), "best": None if best is None else {**best.as_dict(), "evidence": strip}}
    return _written(folder, data, recording_page(report, best, pictures, strip))


def write_refusal(file: Path, findings: Sequence[Finding], folder: Path) -> Path:
    """Write `report.json` and `report.html` on a file that could not be read; returns the path of the page.

    Raises:
        CountenanceError: media.cannot_write.
    """
    make_folder(folder)
    data = {"file": str(file), "ok": False, "findings": [finding.as_dict() for finding in findings]}
    return _written(folder, data, plain_page(file, findings))


def _portrait(report: PortraitReport, folder: Path, settings: Settings) -> Path:
    report, name = draw_portrait(report, folder, settings)
    pictures = _pictures(folder, [name, *(finding.evidence for finding in report.findings)])
    width, height = report.image.size
    facts = (
        ("Format", report.image.format),
        ("Size", f"{width} × {height} px"),
        ("Faces", str(len(report.portrait.faces))),
    )
    page = plain_page(report.file, report.findings, facts, pictures, pictures[name])
    return _written(folder, {**report.as_dict(), "evidence": name}, page)


def _written(folder: Path, data: Mapping[str, Any], page: str) -> Path:
    before, now = _evidence_before(folder), _evidence(data)
    text = json.dumps(data, ensure_ascii=False, indent=2, default=str)
    write_whole(folder / DATA, f"{text}\n".encode(errors="backslashreplace"))
    write_whole(folder / PAGE, page.encode(errors="replace"))
    for name in before - now:
        remove(folder / name)
    return folder / PAGE


def _evidence_before(folder: Path) -> set[str]:
    """The pictures of the report that this one replaces: they may show somebody else."""
    try:
        data = json.loads((folder / DATA).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return set()
    return {name for name in _evidence(data) if _OUR_NAME.fullmatch(name)} if isinstance(data, dict) else set()


def _evidence(data: Mapping[str, Any]) -> set[str]:
    findings = data.get("findings")
    holders = [data, data.get("best"), *(findings if isinstance(findings, list) else [])]
    return {str(holder.get("evidence") or "") for holder in holders if isinstance(holder, dict)} - {""}


def _pictures(folder: Path, names: Sequence[str]) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in names if name}
