"""The same for a picture that is to become a replica."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from countenance.footage.evidence.canvas import Canvas, captioned
from countenance.footage.evidence.scene import Case, scene_of
from countenance.footage.evidence.table import PORTRAITS
from countenance.footage.files import write_picture
from countenance.footage.portrait import PortraitReport
from countenance.people.face import FaceTracker
from countenance.settings import Settings

_WHOLE = "portrait.jpg"


def draw_portrait(report: PortraitReport, folder: Path, settings: Settings) -> tuple[PortraitReport, str]:
    """Write a JPEG for every finding that can be shown, and one of the picture itself, whose name comes second.

    Raises:
        CountenanceError: media.cannot_write.
    """
    rgb = report.image.rgb
    with FaceTracker(settings) as tracker:
        scene = scene_of(rgb, 0.0, settings, tracker, report.image.size[0])
    write_picture(folder / _WHOLE, Canvas(rgb).drawn())
    findings = []
    for number, finding in enumerate(report.findings, 1):
        sketch = PORTRAITS.get(finding.rule.id)
        case = Case(finding, (scene,), None, finding.measured)
        picture = sketch(case) if sketch is not None else None
        name = f"{number:02d}-{finding.rule.id.partition('.')[2]}.jpg" if picture is not None else ""
        if picture is not None:
            write_picture(folder / name, captioned(picture, case.caption()))
        findings.append(replace(finding, evidence=name))
    return replace(report, findings=tuple(findings)), _WHOLE
