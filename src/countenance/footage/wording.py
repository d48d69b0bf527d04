"""How times, values and limits are written for people, in pictures and on the page alike."""

from __future__ import annotations

from countenance.errors import Finding, Span, amount

_SHOWN = 6


def clock(time_s: float) -> str:
    """`00:41`, and `1:00:41` from an hour on."""
    minutes, seconds = divmod(max(0, round(time_s)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes:02d}:{seconds:02d}"


def when(span: Span) -> str:
    """`00:41-00:47`, or `00:41` for what is over within the second."""
    start, end = clock(span.start_s), clock(span.end_s)
    return start if start == end else f"{start}-{end}"


def turning(degrees: int) -> str:
    """How to turn what lies on its side or upside down."""
    return f"A face is seen when the picture is turned clockwise by {degrees} degrees."


def quantity(value: float | str, unit: str) -> str:
    """`38 degrees`, `12.5 s`, `25 % of the time`."""
    if isinstance(value, str):
        return amount(value, unit)
    return amount(f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}", unit)


def limit_of(finding: Finding) -> float | None:
    """What the measured value was held against."""
    return finding.rule.limit if finding.limit is None else finding.limit


def against_limit(finding: Finding, value: float | str | None) -> str:
    """`38 degrees, limit 25`; empty if there is no value."""
    if value is None:
        return ""
    limit = limit_of(finding)
    shown = quantity(value, finding.rule.unit)
    return shown if limit is None else f"{shown}, limit {quantity(limit, '')}"


def places(finding: Finding) -> list[tuple[str, str]]:
    """Where and how much, line by line: time code and value; the whole recording has no time code."""
    whole = against_limit(finding, finding.measured)
    lines = [(when(span), against_limit(finding, span.worst)) for span in finding.spans[:_SHOWN]]
    if len(finding.spans) > _SHOWN:
        lines.append(("", f"and {len(finding.spans) - _SHOWN} more"))
    if whole and all(value != whole for _, value in lines):
        lines.insert(0, ("", whole))
    return lines
