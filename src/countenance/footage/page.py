"""The report as one page that a person can read: nothing is loaded, nothing runs, everything is in the file."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from countenance.errors import Finding, Severity
from countenance.footage.choose import Choice
from countenance.footage.report import Report
from countenance.footage.tracks import Tick, Track, length_s, ticks, tracks
from countenance.footage.wording import limit_of, places, quantity, when

_WEIGHT = {Severity.ERROR: "Must be mended", Severity.WARNING: "Should be better", Severity.HINT: "Could be better"}
_MANY_SPANS = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One place where a rule was broken."""

    when: str
    value: str


@dataclass(frozen=True, slots=True)
class Card:
    """One finding."""

    anchor: str
    severity: str
    weight: str
    title: str
    detail: str
    where: tuple[Line, ...]
    remedy: str
    about: str
    more: tuple[tuple[str, str], ...]
    rule: str
    tavus: str
    picture: str
    alt: str


@dataclass(frozen=True, slots=True)
class Remains:
    """How much can be used."""

    text: str
    note: str
    share: float


@dataclass(frozen=True, slots=True)
class Best:
    """The best part."""

    title: str
    when: str
    why: str
    parts: tuple[tuple[str, float], ...]
    picture: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What it comes to."""

    mood: str
    """The style: good or error."""
    text: str
    lead: str
    found: str


@dataclass(frozen=True, slots=True)
class Page:
    """All that the template shows. Pictures are data URIs, or empty."""

    name: str
    verdict: Verdict
    cards: tuple[Card, ...]
    facts: tuple[tuple[str, str], ...] = ()
    remains: Remains | None = None
    best: Best | None = None
    portrait: str = ""
    tracks: tuple[Track, ...] = ()
    ticks: tuple[Tick, ...] = field(default=())


def recording_page(report: Report, best: Choice | None, pictures: Mapping[str, bytes], strip: str = "") -> str:
    """The page of a recording: HTML. `pictures` are JPEGs by the names that the findings and `strip` give."""
    anchors = [f"finding-{i}" for i in range(1, len(report.findings) + 1)]
    length = length_s(report)
    page = Page(
        name=report.file.name,
        verdict=_verdict(report.findings, "train a replica"),
        cards=_cards(report.findings, anchors, pictures),
        facts=_facts(report),
        remains=_remains(report),
        best=None if best is None else _best(best, _uri(pictures.get(strip, b""))),
        tracks=tuple(tracks(report, best, anchors)),
        ticks=tuple(ticks(length)) if length > 0 else (),
    )
    return _rendered(page)


def plain_page(
    file: Path,
    findings: Sequence[Finding],
    facts: Sequence[tuple[str, str]] = (),
    pictures: Mapping[str, bytes] | None = None,
    portrait: bytes = b"",
) -> str:
    """The page of a picture, or of a file that could not be read at all: what was found, without a timeline."""
    anchors = [f"finding-{i}" for i in range(1, len(findings) + 1)]
    page = Page(
        name=file.name,
        verdict=_verdict(findings, "become a replica" if portrait else "train a replica"),
        cards=_cards(findings, anchors, pictures or {}),
        facts=tuple(facts),
        portrait=_uri(portrait),
    )
    return _rendered(page)


def _verdict(findings: Sequence[Finding], purpose: str) -> Verdict:
    counts = {severity: sum(finding.severity is severity for finding in findings) for severity in Severity}
    errors, advice = counts[Severity.ERROR], counts[Severity.WARNING] + counts[Severity.HINT]
    found = ", ".join(_counted(count, severity.value) for severity, count in counts.items() if count)
    verdict = f"This may not {purpose}." if errors else f"This may {purpose}."
    if errors:
        mood, lead = "error", f"{_counted(errors, 'problem')} must be mended first; what to do stands below."
    elif advice:
        mood, lead = "good", f"Nothing forbids it; {_counted(advice, 'thing')} could be better, as said below."
    else:
        mood, lead = "good", "Every rule was kept."
    return Verdict(mood, verdict, lead, found + (", the gravest first." if len(findings) > 1 else "."))


def _facts(report: Report) -> tuple[tuple[str, str], ...]:
    info = report.info
    facts = [("Length", f"{info.duration_s:.1f} s"), ("Size", f"{info.size_bytes / 1e6:.1f} MB")]
    if info.video is not None:
        facts.append(("Picture", f"{info.video.width} × {info.video.height}, {info.video.codec}"))
        facts.append(("Rate", f"{info.video.fps:.4g} pictures/s"))
    sound = "none"
    if info.audio is not None:
        channels = {1: "mono", 2: "stereo"}.get(info.audio.channels, f"{info.audio.channels} channels")
        sound = f"{info.audio.codec}, {info.audio.sample_rate / 1000:.4g} kHz, {channels}"
    return (*facts, ("Sound", sound), ("Speech to learn from", f"{report.speech_s:.1f} s"))


def _remains(report: Report) -> Remains:
    whole = max(report.timeline.seen_s, 1e-9)
    share = min(1.0, report.remaining_s / whole)
    cut = max(0.0, report.timeline.seen_s - report.remaining_s)
    note = "nothing is cut out" if cut < 0.5 else f"{cut:.1f} s are cut out"
    return Remains(f"{report.remaining_s:.1f} of {report.timeline.seen_s:.1f} s", note, share)


def _best(best: Choice, picture: str) -> Best:
    named = {"Sounds": best.sounds, "Mouth": best.lips, "Poses": best.poses, "Steadiness": best.steadiness}
    parts = tuple((name, share) for name, share in named.items() if share is not None)
    shown = ", ".join(when(span) for span in best.spans[:_MANY_SPANS])
    more = len(best.spans) - _MANY_SPANS
    title = f"The best {best.duration_s:.0f} seconds"
    return Best(title, f"{shown} and {more} more" if more > 0 else shown, best.why, parts, picture)


def _cards(findings: Sequence[Finding], anchors: Sequence[str], pictures: Mapping[str, bytes]) -> tuple[Card, ...]:
    return tuple(
        Card(
            anchor=anchor,
            severity=finding.severity.value,
            weight=_WEIGHT[finding.severity],
            title=finding.rule.title,
            detail=finding.detail,
            where=tuple(Line(place, value) for place, value in places(finding)),
            remedy=finding.rule.remedy,
            about="How this was measured" if finding.rule.how else "About this rule",
            more=tuple(_more(finding)),
            rule=finding.rule.id,
            tavus=finding.rule.tavus_type or "",
            picture=_uri(pictures.get(finding.evidence, b"")),
            alt=f"The measurement, drawn on the picture: {finding.rule.title}",
        )
        for finding, anchor in zip(findings, anchors, strict=True)
    )


def _more(finding: Finding) -> list[tuple[str, str]]:
    more = [("How", finding.rule.how)] if finding.rule.how else []
    limit = limit_of(finding)
    if finding.measured is not None:
        more.append(("Measured", quantity(finding.measured, finding.rule.unit)))
    if limit is not None:
        more.append(("Limit", quantity(limit, finding.rule.unit)))
    if len(finding.spans) > _MANY_SPANS:
        more.append(("Where", ", ".join(when(span) for span in finding.spans)))
    return more


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _uri(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}" if jpeg else ""


def _rendered(page: Page) -> str:
    style = files(__package__).joinpath("templates", "report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    values: dict[str, Any] = {"page": page, "style": Markup(style), "style_hash": f"sha256-{digest}"}  # noqa: S704
    return _environment().get_template("report.html.j2").render(values)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("countenance.footage", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
