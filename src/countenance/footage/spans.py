"""Stretches of time out of samples, and what they have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
