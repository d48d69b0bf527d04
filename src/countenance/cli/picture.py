"""`countenance check` for a still picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from countenance.cli.exits import Exit
from countenance.cli.output import console, failure, print_findings, print_json
from countenance.cli.reports import exit_of, page_of, refusal_reported

if TYPE_CHECKING:
    from countenance.clearance import Request
    from countenance.settings import Settings


def check_picture(request: Request, settings: Settings, folder: Path | None, *, as_json: bool) -> Exit:
    """Judge a still picture: its quality, and whether its face is protected."""
    from countenance.clearance import blocking
    from countenance.consent.claim import examine_picture
    from countenance.footage.portrait import check_image

    with refusal_reported(request.footage, folder):
        report = check_image(request.footage, settings)
    claim = examine_picture(request.footage, settings, request.subject) if report.ok else None
    protected = claim.findings if claim else ()
    forbidding = blocking(report.findings, protected, reviewed=request.reviewed_by is not None)
    told: dict[str, Any] = {"report": report.as_dict(), "claim": claim and claim.as_dict()}
    page, unwritten = page_of(report, folder, settings)
    told |= page
    findings = (*report.findings, *protected, *unwritten)
    if as_json:
        shown = [finding.as_dict() for finding in findings]
        stopped = (*forbidding, *unwritten)
        print_json(failure(stopped, **told) if stopped else {"ok": True, "findings": shown, **told})
    else:
        print_findings(console(), findings)
        verdict = "This may not become a replica; see above." if forbidding else "This may become a replica."
        console().print(verdict, style="bold")
        if "page" in told:
            console().print(f"Report: {told['page']}", soft_wrap=True)
    return exit_of(forbidding, unwritten)
