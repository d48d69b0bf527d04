"""What was found in a picture, rule by rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from countenance.api.shown.progress import findings as told
from countenance.errors import Finding, Severity
from countenance.footage import portrait_rules
from countenance.wire.images import ImageCheck, ImageDetails, ImageVerdict

if TYPE_CHECKING:  # it brings what measures pictures, which an idle server has no use for
    from countenance.footage.portrait import PortraitReport

_POSE = {
    rule.id
    for rule in (
        portrait_rules.TURNED_AWAY,
        portrait_rules.LYING,
        portrait_rules.ON_ITS_SIDE,
        portrait_rules.SHOULDERS_CUT,
        portrait_rules.NO_FACE,
    )
}
_CHECKED = tuple(rule for rule in portrait_rules.RULES if rule.severity is Severity.ERROR)
READABLE = "media.readable"


def verdict(report: PortraitReport | None, unreadable: Sequence[Finding] = ()) -> ImageVerdict:
    """The answer; without a report the file is no picture that can be read, and nothing else is known of it."""
    found = report.findings if report else tuple(unreadable)
    failed = {finding.rule.id for finding in found if finding.severity is Severity.ERROR}
    checks = [ImageCheck(id=READABLE, label="The file is a picture that can be read.", passed=report is not None)]
    if report is not None:
        checks += [ImageCheck(id=rule.id, label=rule.title, passed=rule.id not in failed) for rule in _CHECKED]
    upright = report is not None and not _POSE & failed
    measured = report.as_dict()["measured"] if report else {}
    return ImageVerdict(
        passed=report is not None and report.ok,
        checks=checks,
        details=ImageDetails(pose_suitable_for_face=upright, pose_suitable_for_replica=upright, measured=measured),
        findings=told([{**finding.as_dict(), "file": "", "message": finding.message()} for finding in found]),
    )
