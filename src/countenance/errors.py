"""The one shape that every problem has, from a broken file to a missing consent.

A `Rule` is an entry of the error catalogue: it exists once, in the room that owns the subject, and the
documentation is generated from it. A `Finding` is a rule that a certain piece of material broke, with what was
measured and where. The same finding becomes the API's `error_message`, the e-mail, the hover card and the command
line's output. A `CountenanceError` carries the finding that stopped the work.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

_MANY = 1000
"""From here on a fraction says nothing, and thousands are set apart."""
_SEVERAL = re.compile(r"^((?:stored )?[a-z-]{3,}?)(ies|(?<!s)s)\b")
"""What a unit begins with that is a word for several; abbreviations are shorter."""


class Severity(StrEnum):
    """How much a finding matters: an error stops training, a warning lowers quality, a hint is advice."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Rule:
    """An entry of the error catalogue."""

    id: str
    """Stable, dotted, lower case: `media.no_video`, `footage.face_too_small`."""
    title: str
    """One sentence for a person who knows nothing of video."""
    remedy: str
    """What to do differently."""
    severity: Severity = Severity.ERROR
    limit: float | None = None
    """The limit in `unit`; whether it is a floor or a ceiling the title says."""
    unit: str = ""
    tavus_type: str | None = None
    """The error type of Tavus's API to which this corresponds, if any."""
    how: str = ""
    """How it is measured, for those who want to know; empty where the title says it."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in seconds from the start of the material, `start_s` <= `end_s`."""

    start_s: float
    end_s: float
    worst: float | None = field(default=None, compare=False)
    """The worst value in this stretch, in the unit of the rule that it broke; None where that says nothing."""

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s

    def timecode(self) -> str:
        """`00:41-00:47`."""
        return f"{_clock(self.start_s)}-{_clock(self.end_s)}"


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that some material broke."""

    rule: Rule
    file: str = ""
    detail: str = ""
    """What was seen in this material, in words; empty if the rule's title says it all."""
    measured: float | str | None = None
    limit: float | None = None
    """Overrides the rule's limit where the limit was a setting."""
    spans: tuple[Span, ...] = field(default=())
    evidence: str = ""
    """A picture that shows it: the name of a file beside the report that holds this finding."""

    @property
    def severity(self) -> Severity:
        return self.rule.severity

    def message(self) -> str:
        """The whole story in one paragraph: file, rule, measured value, limit, where, what to do."""
        # Of `.` and `/` the name is empty.
        name = Path(self.file).name or self.file
        parts = [f"{name}: {self.rule.title}" if name else self.rule.title]
        if self.detail:
            parts.append(self.detail)
        if self.measured is not None:
            parts.append(self._measurement())
        if self.spans:
            parts.append("At " + ", ".join(self._where(span) for span in self.spans[:5]) + ".")
        parts.append(self.rule.remedy)
        return " ".join(parts)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; the shape is part of the public interface."""
        return {
            "rule": self.rule.id,
            "severity": self.severity.value,
            "title": self.rule.title,
            "detail": self.detail,
            "file": self.file,
            "measured": self.measured,
            "limit": self._limit(),
            "unit": self.rule.unit,
            "spans": [[round(s.start_s, 2), round(s.end_s, 2)] for s in self.spans],
            "worst": [None if s.worst is None else round(s.worst, 2) for s in self.spans],
            "evidence": self.evidence,
            "remedy": self.rule.remedy,
            "message": self.message(),
            "tavus_type": self.rule.tavus_type,
        }

    def _where(self, span: Span) -> str:
        """`00:41-00:47 (38 degrees)`."""
        return span.timecode() if span.worst is None else f"{span.timecode()} ({span.worst:.3g} {self.rule.unit})"

    def _limit(self) -> float | None:
        return self.rule.limit if self.limit is None else self.limit

    def _measurement(self) -> str:
        limit = self._limit()
        within = "" if limit is None else f", limit {amount(limit, self.rule.unit)}"
        measured = "" if self.measured is None else self.measured
        return f"Measured {amount(measured, self.rule.unit)}{within}."


class CountenanceError(Exception):
    """A problem that stopped the work, told so that a person can act on it. `str()` is the finding's message."""

    def __init__(self, finding: Finding, *others: Finding) -> None:
        self.finding = finding
        self.findings = (finding, *others)
        super().__init__(finding.message())


def figure(value: float) -> str:
    """A number as people write it: `22,000`, `38.25`, `0.1`."""
    if isinstance(value, bool) or not math.isfinite(value):
        return str(value)
    return f"{value:,.0f}" if abs(value) >= _MANY else f"{value:.4g}"


def amount(value: float | str, unit: str) -> str:
    """A number with its unit: `22,000 px wide`, `2 parts`, `1 part`."""
    number = value if isinstance(value, str) else figure(value)
    return f"{number} {_SEVERAL.sub(_one, unit) if number == '1' else unit}".rstrip()


def _one(word: re.Match[str]) -> str:
    return f"{word[1]}y" if word[2] == "ies" else word[1]


def _clock(seconds: float) -> str:
    minutes, rest = divmod(max(0, round(seconds)), 60)
    return f"{minutes:02d}:{rest:02d}"
