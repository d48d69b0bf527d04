"""When a finding is seen best: the moment at which its value was measured."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from countenance.errors import Finding, Span
from countenance.footage.timeline import SAMPLES_PER_S, Sample, Timeline
from countenance.footage.wording import limit_of

Value = Callable[[Sample], float | None]
"""What a rule measured of one picture, in its unit; None where it could not be measured."""

_A_LITTLE_S = 0.25


def worst_span(finding: Finding) -> Span | None:
    """The stretch whose worst value is farthest from the limit, or else the longest."""
    limit = limit_of(finding) or 0.0
    rated = [span for span in finding.spans if span.worst is not None]
    if rated:
        return max(rated, key=lambda span: abs((span.worst or 0.0) - limit))
    return max(finding.spans, key=lambda span: span.duration_s, default=None)


def worst_moment(finding: Finding, timeline: Timeline, value: Value | None) -> float:
    """Seconds: where `value` comes nearest to what the finding says, within its worst stretch if it names stretches."""
    span = worst_span(finding)
    samples = [s for s in timeline.samples if span is None or span.start_s <= s.time_s < span.end_s]
    said = finding.measured if span is None or span.worst is None else span.worst
    if value is not None and isinstance(said, (int, float)):
        rated = [(abs(found - said), s.time_s) for s in samples if (found := value(s)) is not None]
        if rated:
            return min(rated)[1]
    if span is not None:
        return (span.start_s + span.end_s) / 2
    with_face = [s.time_s for s in samples if s.face is not None]
    times = with_face or [s.time_s for s in samples] or [0.0]
    return times[len(times) // 2]


def middle(finding: Finding, timeline: Timeline, value: Value | None) -> list[float]:
    """The worst moment."""
    return [worst_moment(finding, timeline, value)]


def without_face(finding: Finding, timeline: Timeline, value: Value | None) -> list[float]:
    """The middle one of the samples that show no face."""
    times = [s.time_s for s in timeline.samples if s.face is None]
    return [times[len(times) // 2]] if times else middle(finding, timeline, value)


def around_start(finding: Finding, timeline: Timeline, value: Value | None) -> list[float]:
    """Just before and just after the worst stretch begins: a cut, a jump, a flash."""
    span = worst_span(finding)
    start = span.start_s if span is not None else worst_moment(finding, timeline, value)
    times = timeline.pictures.time_s
    at = int(np.searchsorted(times, start - 1e-3)) if len(times) else 0
    if 0 < at < len(times):
        return [float(times[at - 1]), float(times[at])]
    return [max(0.0, start - 1 / SAMPLES_PER_S), start]


def edges(finding: Finding, timeline: Timeline, value: Value | None) -> list[float]:
    """The two pictures between which the worst stretch lies, as at a cut."""
    span = worst_span(finding)
    return middle(finding, timeline, value) if span is None else [span.start_s, span.end_s]


def both_ends(finding: Finding, timeline: Timeline, value: Value | None) -> list[float]:
    """Beginning and end of the worst stretch: what ought to differ there."""
    span = worst_span(finding)
    if span is None:
        return [0.0, max(0.0, timeline.seen_s - 1 / SAMPLES_PER_S)]
    return [span.start_s, max(span.start_s, span.end_s - 1 / SAMPLES_PER_S)]


def a_little_later(finding: Finding, timeline: Timeline, value: Value | None) -> list[float]:
    """The worst moment and a quarter of a second before it."""
    time_s = worst_moment(finding, timeline, value)
    return [max(0.0, time_s - _A_LITTLE_S), time_s]


def extremes(finding: Finding, timeline: Timeline, value: Value | None) -> list[float]:
    """Where the value is smallest and where it is largest, in order of time; within the worst stretch if it has one."""
    span = worst_span(finding)
    samples = [s for s in timeline.samples if span is None or span.start_s <= s.time_s <= span.end_s]
    rated = [(found, s.time_s) for s in samples if value is not None and (found := value(s)) is not None]
    if not rated:
        return middle(finding, timeline, value)
    return sorted({min(rated)[1], max(rated)[1]})


def of_face(name: str, times: float = 1.0) -> Value:
    """A number of the face, as `FaceSample` names it."""

    def value(sample: Sample) -> float | None:
        found = None if sample.face is None else getattr(sample.face, name)
        return None if found is None else times * float(found)

    return value


def of_view(name: str) -> Value:
    """A number of how the face is seen, as `FaceView` names it."""

    def value(sample: Sample) -> float | None:
        view = None if sample.face is None else sample.face.view
        return None if view is None else float(getattr(view, name))

    return value


def turn(sample: Sample) -> float | None:
    """How far the head is turned to any side."""
    face = sample.face
    if face is None or face.yaw_deg is None or face.pitch_deg is None:
        return None
    return max(abs(face.yaw_deg), abs(face.pitch_deg))


def raised(sample: Sample) -> float | None:
    """How far the face points up or down."""
    return None if sample.face is None or sample.face.pitch_deg is None else abs(sample.face.pitch_deg)


def tilted(sample: Sample) -> float | None:
    """How far the head leans to a side."""
    return None if sample.face is None or sample.face.roll_deg is None else abs(sample.face.roll_deg)


def off_centre(sample: Sample) -> float | None:
    """How far the face's middle is from the picture's, in % of its width."""
    return None if sample.face is None else 100 * abs(sample.face.box.left + sample.face.box.width / 2 - 0.5)


def brightness(sample: Sample) -> float | None:
    """Luma of the face, or of the picture without one."""
    return sample.brightness


def contrast(sample: Sample) -> float | None:
    """See `Sample`."""
    return sample.contrast


def faces(sample: Sample) -> float | None:
    """How many faces."""
    return float(sample.faces)


def background(sample: Sample) -> float | None:
    """Share of the background that changed."""
    return sample.background
