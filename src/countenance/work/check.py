"""`check`: may this material become a replica? What speaks against it, in pictures, and the warrant if nothing does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from countenance.clearance import Request, examine, warrant_of
from countenance.errors import Severity
from countenance.progress import ProgressCallback
from countenance.settings import Settings
from countenance.warrant import save_warrant
from countenance.work.line import Line
from countenance.work.report import drawn
from countenance.work.task import Claimed, task_in

WARRANT = "warrant"


def run(folder: Path, settings: Settings, line: Line) -> Mapping[str, Any]:
    """See docs/work.md."""
    claimed = task_in(folder, Claimed)
    own = settings.model_copy(update={"account": claimed.account})
    return checked(claimed.request(folder), folder, own, line.progress)


def checked(request: Request, folder: Path, settings: Settings, progress: ProgressCallback) -> dict[str, Any]:
    """Judge the material; `report/` and, unless something forbids it for good, `warrant/` are written.

    Raises:
        CountenanceError: what `clearance.examine` raises.
    """
    cleared = examine(request, settings, progress)
    report, pictures = drawn(cleared.report, folder, settings)
    if all(finding.severity is not Severity.ERROR for finding in cleared.findings):
        save_warrant(warrant_of(cleared, settings), folder / WARRANT, settings)
    people = [finding.as_dict() for finding in cleared.consent_findings]
    return {
        "ok": cleared.ok,
        "findings": [*report["findings"], *people],
        "clearance": cleared.as_dict() | {"report": report},
        "evidence": pictures,
    }
