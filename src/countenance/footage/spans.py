"""Stretches of time out of samples, and what they have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from countenance.errors import Rule, Span
from countenance.footage.timeline import SAMPLES_PER_S, Sample, Timeline


def runs(flags: Sequence[bool], worst: Sequence[float] | None = None, rate_hz: float = SAMPLES_PER_S) -> list[Span]:
    """Stretches in which every flag is set; flag i stands for the time from i / rate_hz to (i + 1) / rate_hz.

    `Span.worst` is the largest of `worst` within the stretch.
    """
    spans: list[Span] = []
    start = 0
    for end in range(1, len(flags) + 1):
        if end < len(flags) and flags[end] == flags[start]:
            continue
        if flags[start]:
            spans.append(Span(start / rate_hz, end / rate_hz, max(worst[start:end]) if worst is not None else None))
        start = end
    return spans


def sample_runs(timeline: Timeline, wanted: Callable[[Sample], bool]) -> list[Span]:
    """Stretches in which every sample is wanted."""
    return runs([wanted(sample) for sample in timeline.samples])


def overlap_s(ones: Sequence[Span], others: Sequence[Span]) -> float:
    """Seconds that lie in a span of `ones` and in one of `others`; neither overlaps itself."""
    overlaps = (min(a.end_s, b.end_s) - max(a.start_s, b.start_s) for a in ones for b in others)
    return sum(overlap for overlap in overlaps if overlap > 0)


def usable_speech_s(timeline: Timeline, usable: Sequence[Span]) -> float:
    """Seconds of speech inside the usable spans."""
    return overlap_s(timeline.sound.speech, usable) if timeline.sound is not None else 0.0


def total_s(spans: Sequence[Span]) -> float:
    """Seconds of all the spans together."""
    return sum(span.duration_s for span in spans)


def percent(part: int, total: int) -> float:
    """A share in percent; 0 of nothing."""
    return 100 * part / total if total else 0.0


def limit_of(rule: Rule) -> float:
    """The rule's limit as a number."""
    return rule.limit or 0.0


def picture_runs(
    times: NDArray[np.float64], flags: NDArray[np.bool_], worst: NDArray[np.floating] | None
) -> list[Span]:
    """Stretches in which the flag of every decoded picture is set; a picture stays until the next one."""
    if not len(times):
        return []
    step = float(np.median(np.diff(times))) if len(times) > 1 else 0.0
    ends = np.append(times[1:], times[-1] + step)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [
        Span(float(times[a]), float(ends[b - 1]), None if worst is None else float(np.nanmax(worst[a:b])))
        for a, b in zip(edges[::2], edges[1::2], strict=True)
    ]


def joined(spans: Sequence[Span], gap_s: float) -> list[Span]:
    """The spans in order of time; those no further apart than `gap_s` become one."""
    result: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start_s):
        if result and span.start_s - result[-1].end_s <= gap_s:
            last = result.pop()
            values = [value for value in (last.worst, span.worst) if value is not None]
            result.append(Span(last.start_s, max(last.end_s, span.end_s), max(values) if values else None))
        else:
            result.append(span)
    return result


def worst_of(spans: Sequence[Span]) -> float | None:
    """The worst value of all the spans."""
    return max((span.worst for span in spans if span.worst is not None), default=None)


def lasting(spans: Sequence[Span], at_least_s: float) -> tuple[Span, ...]:
    """Those that are long enough, a hundredth of a second allowed for."""
    return tuple(span for span in spans if span.duration_s >= at_least_s - 0.01)
