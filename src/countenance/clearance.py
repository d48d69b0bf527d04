"""May this material become a replica? Policy, footage, and consent or claim in one answer, and the warrant to train.

The rooms `footage` and `consent` know nothing of each other; whoever trains replicas, from the command line or as a
service, asks here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countenance.consent import phrase, register
from countenance.consent.claim import Claim, examine_claim, examine_footage_identity, examine_picture
from countenance.consent.claim_rules import CLAIM_RECORDED
from countenance.consent.language import ENGLISH
from countenance.consent.policy import Subject, permit
from countenance.consent.receipt import account_of
from countenance.consent.receipt_content import (
    Declaration,
    FileEvidence,
    Kind,
    Material,
    ReceiptContent,
    SpokenStatement,
    evidence_of,
    judged,
)
from countenance.consent.verify import Verdict, verify
from countenance.engine.footage_choice import Seen
from countenance.errors import CountenanceError, Finding, Severity
from countenance.footage.portrait import PortraitReport, check_image
from countenance.footage.report import Report
from countenance.footage.report import check as check_footage
from countenance.footage.timeline import SAMPLES_PER_S, Timeline
from countenance.media.container import check_file
from countenance.media.limits import limits_from
from countenance.progress import ProgressCallback, StageProgress
from countenance.settings import Settings
from countenance.warrant import CONSENT, FOOTAGE, Warrant

_FOOTAGE_STAGE, _CONSENT_STAGE, _ORIGIN_STAGE = "check footage", "verify consent", "check origin"
_PICTURE_STAGE = "check picture"
_AGREED = {_FOOTAGE_STAGE: 15.0, _CONSENT_STAGE: 8.0}
"""Share of each stage in the time, as measured on 50 s of 720p footage."""
_DECLARED = {_FOOTAGE_STAGE: 15.0, _ORIGIN_STAGE: 8.0}
"""Where nobody has to agree."""


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody wants to make a replica from, and what they say about it."""

    footage: Path
    """The recording, or the picture."""
    material: Material
    subject: Subject
    name: str | None = None
    """The full name of the person who agrees."""
    consent: Path | None = None
    """The recording of the statement; the footage itself where the statement opens it."""
    language: str = ENGLISH
    phrase_id: str | None = None
    """Of the one-time words that the person was asked to speak."""
    declarations: tuple[Declaration, ...] = ()
    reviewed_by: str | None = None
    """Who looked and listened, and confirms what the machine left to a human."""
    received_at: datetime | None = None
    """When this came, where it has waited since: one-time words that were good then are. None: now."""

    @property
    def is_of_somebody(self) -> bool:
        """Whether somebody agrees, in a recording."""
        return self.material is Material.FOOTAGE and self.consent is not None and self.name is not None

    @property
    def paths(self) -> dict[str, Path]:
        """The files by role."""
        return {FOOTAGE: self.footage, **({CONSENT: self.consent} if self.consent else {})}


@dataclass(frozen=True, slots=True)
class Clearance:
    """The answer, with everything it rests on."""

    request: Request
    report: Report | PortraitReport
    verdict: Verdict | None
    """On the consent; None where nobody has to agree."""
    claim: Claim | None
    """What the files say of their origin, and whom the face resembles; None of a picture that is no good anyway."""
    phrase: phrase.OneTimePhrase | None
    files: Mapping[str, FileEvidence] = field(default_factory=dict)
    """The files as they were before anybody looked at them: whoever exchanges them meanwhile gets no receipt for it."""

    @property
    def consent_findings(self) -> tuple[Finding, ...]:
        return (*(self.verdict.findings if self.verdict else ()), *(self.claim.findings if self.claim else ()))

    @property
    def findings(self) -> tuple[Finding, ...]:
        return (*self.report.findings, *self.consent_findings)

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """What forbids training: every error and, until a human has looked, every doubt about who agreed."""
        return blocking(self.report.findings, self.consent_findings, reviewed=self.request.reviewed_by is not None)

    @property
    def ok(self) -> bool:
        return not self.blocking

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; the shape is part of the public interface."""
        return {
            "material": self.request.material.value,
            "subject": self.request.subject.value,
            "report": self.report.as_dict(),
            "consent": self.verdict and self.verdict.as_dict(),
            "claim": self.claim and self.claim.as_dict(),
        }


def blocking(material: Sequence[Finding], people: Sequence[Finding], *, reviewed: bool) -> tuple[Finding, ...]:
    """What forbids a replica among findings on the material and on the people in it; see `Clearance.blocking`."""
    doubts = (Severity.ERROR,) if reviewed else (Severity.ERROR, Severity.WARNING)
    errors = [finding for finding in material if finding.severity is Severity.ERROR]
    return (*errors, *(finding for finding in people if finding.severity in doubts))


def examine(request: Request, settings: Settings, progress: ProgressCallback | None = None) -> Clearance:
    """Judge the material. What can be known without looking at it is told first.

    Raises:
        CountenanceError: what policy refuses or misses (`consent.needed`, `consent.public_figure_real`, ...), words
            that are not good any more (`consent.phrase_expired`, ...), files that cannot be read, models that are
            missing. Poor footage or consent is not raised but found: see `Clearance.blocking`.
    """
    check_policy(request)
    if request.material is Material.SYNTHETIC:
        _check_not_recorded(request.footage, settings)
    if request.material is Material.IMAGE:
        return _examine_image(request, settings, progress)
    words = None
    if request.phrase_id is not None and request.name is not None:
        words = phrase.recall(request.phrase_id, request.name, settings, request.received_at, settings.account)
    stages = StageProgress(_AGREED if request.is_of_somebody else _DECLARED, progress)
    files = _files(request, settings)
    report = check_footage(request.footage, settings, stages.nested(_FOOTAGE_STAGE))
    if request.material is Material.FOOTAGE and request.consent is not None and request.name is not None:
        verdict = verify(
            request.consent,
            request.footage,
            request.name,
            settings,
            language=request.language,
            phrase=words,
            progress=stages.nested(_CONSENT_STAGE),
        )
        claim = examine_footage_identity(request.footage, request.consent, settings, verdict.shown, report.info)
    else:
        stages.update(_ORIGIN_STAGE, 0.0)
        verdict = None
        claim = examine_claim(request.footage, settings, request.subject, account_of(settings), info=report.info)
    stages.done()
    return Clearance(request, report, verdict, claim, words, files)


def _examine_image(request: Request, settings: Settings, progress: ProgressCallback | None) -> Clearance:
    stages = StageProgress({_PICTURE_STAGE: 1.0}, progress)
    stages.update(_PICTURE_STAGE, 0.0)
    files = _files(request, settings)
    report = check_image(request.footage, settings)
    claim = examine_picture(request.footage, settings, request.subject) if report.ok else None
    stages.done()
    return Clearance(request, report, None, claim, None, files)


def _files(request: Request, settings: Settings) -> dict[str, FileEvidence]:
    for path in request.paths.values():
        check_file(path, limits_from(settings))
    return {role: evidence_of(path) for role, path in request.paths.items()}


def check_policy(request: Request) -> None:
    """Whether such material of such a subject may be used at all, and nothing that must be given is missing.

    Raises:
        CountenanceError: the findings of `consent.policy.permit`.
    """
    has_consent = request.consent is not None and request.name is not None
    missing = permit(request.material, request.subject, has_consent=has_consent, declarations=request.declarations)
    if missing:
        raise CountenanceError(*missing)


def _check_not_recorded(footage: Path, settings: Settings) -> None:
    """Footage for which a person once agreed was recorded, whatever became of the consent.

    Raises:
        CountenanceError: consent.claim_enrolled.
    """
    digest = None
    for receipt_id in register.held_ids(settings):
        with suppress(CountenanceError):
            content = register.held(receipt_id, settings).content
            if content.material is not Material.FOOTAGE:
                continue
            digest = digest or evidence_of(footage).sha256
            if any(file.sha256 == digest for file in content.files.values()):
                break
    else:
        return
    raise CountenanceError(Finding(CLAIM_RECORDED, file=str(footage)))


def warrant_of(clearance: Clearance, settings: Settings) -> Warrant:
    """What a training needs of a clearance. Where a human has to decide, it says so, and waits.

    Raises:
        ValueError: for material that no human may wave through.
    """
    if any(finding.severity is Severity.ERROR for finding in clearance.findings):
        raise ValueError("nothing is certified that is blocked")
    request, report, verdict = clearance.request, clearance.report, clearance.verdict
    doubts = blocking((), clearance.consent_findings, reviewed=False)
    footage = report if isinstance(report, Report) else None
    return Warrant(
        content=_content(clearance, settings),
        verdict=verdict.as_dict() if verdict else None,
        doubts=tuple(dict.fromkeys(finding.rule.id for finding in doubts)),
        reviewed_by=request.reviewed_by,
        phrase=clearance.phrase,
        usable=footage.usable if footage else None,
        seen=_seen(footage.timeline) if footage else None,
        looks=verdict.shown if verdict else (),
    )


def _content(clearance: Clearance, settings: Settings) -> ReceiptContent:
    """What the receipt for this clearance proves."""
    request, verdict = clearance.request, clearance.verdict
    if verdict is None or request.consent is None:
        return ReceiptContent(
            kind=Kind.DECLARATION,
            material=request.material,
            organisation=settings.organisation,
            files=clearance.files,
            subject=request.subject.value,
            account=account_of(settings),
            declarations=request.declarations,
        )
    return ReceiptContent(
        kind=Kind.CONSENT,
        material=request.material,
        organisation=settings.organisation,
        files=clearance.files,
        person=verdict.name,
        subject=request.subject.value,
        account=account_of(settings),
        statement=_spoken(verdict),
        verdict=judged(verdict.as_dict()),
        declarations=request.declarations,
    )


def _spoken(verdict: Verdict) -> SpokenStatement:
    return SpokenStatement(
        version=verdict.heard.wording.version,
        language=verdict.language,
        text=verdict.heard.wording.fill(verdict.name, verdict.organisation),
        transcript=verdict.heard.transcript.text,
        one_time_phrase=" ".join(verdict.phrase.words) if verdict.phrase else None,
    )


def _seen(timeline: Timeline) -> Seen:
    """What the engine chooses the parts to learn from by."""

    def column(name: str) -> NDArray[np.float32]:
        values = (None if sample.face is None else getattr(sample.face, name) for sample in timeline.samples)
        return np.array([np.nan if value is None else value for value in values], np.float32)

    return Seen(SAMPLES_PER_S, column("lip_gap"), column("yaw_deg"), column("pitch_deg"))
