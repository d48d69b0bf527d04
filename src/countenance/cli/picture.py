"""`countenance check` for a still picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from countenance.cli.exits import Exit
from countenance.cli.output import console, failure, print_findings, print_json
from countenance.cli.reports import page_of, refusal_reported
from countenance.errors import Severity

if TYPE_CHECKING:
    from countenance.clearance import Request
    from countenance.settings import Settings


def check_picture(request: Request, settings: Settings, folder: Path | None, *, as_json: bool) -> Exit:
    """Judge a still picture: its quality, and whether its face is protected."""
    from countenance.consent.claim import examine_picture
    from countenance.footage.portrait import check_image

    with refusal_reported(request.footage, folder):
        report = check_image(request.footage, settings)
    claim = examine_picture(request.footage, settings, request.subject) if report.ok else None
    doubts = (Severity.ERROR,) if request.reviewed_by else (Severity.ERROR, Severity.WARNING)
    protected = claim.findings if claim else ()
    blocking = [
        *(finding for finding in report.findings if finding.severity is Severity.ERROR),
        *(finding for finding in protected if finding.severity in doubts),
    ]
    told: dict[str, Any] = {"report": report.as_dict(), "claim": claim and claim.as_dict()}
    told |= page_of(report, folder, settings)
    findings = (*report.findings, *protected)
    if as_json:
        shown = [finding.as_dict() for finding in findings]
        print_json(failure(blocking, **told) if blocking else {"ok": True, "findings": shown, **told})
    else:
        print_findings(console(), findings)
        verdict = "This may not become a replica; see above." if blocking else "This may become a replica."
        console().print(verdict, style="bold")
        if "page" in told:
            console().print(f"Report: {told['page']}", soft_wrap=True)
    return Exit.REFUSED if blocking else Exit.OK
