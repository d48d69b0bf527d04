"""The timeline of a report as shares of its width: stretches and curves, ready to be drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from countenance.errors import Finding, Span
from countenance.footage.choose import Choice
from countenance.footage.face_rules import FACE_TURNED
from countenance.footage.judge_lips import listening_spans
from countenance.footage.lip_rules import NO_LISTENING
from countenance.footage.listen import Sound
from countenance.footage.loudness import STEP_S
from countenance.footage.report import Report
from countenance.footage.spans import limit_of, total_s
from countenance.footage.timeline import SAMPLES_PER_S
from countenance.footage.wording import clock, when

_MOST_TICKS = 6
_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600)
_MOST_POINTS = 600
_THINNEST = 0.35
"""Percent of the width: about a pixel on a telephone."""
_TURN_RANGE_DEG = 60.0
_QUIETEST_LUFS = -70.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of the time axis, `at` percent from the left."""

    at: str
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch in percent of the width, with what is said when the pointer rests on it."""

    x: str
    width: str
    title: str


@dataclass(frozen=True, slots=True)
class Curve:
    """Lines in a space of 1000 x 100: `paths` are SVG points, `bounds` and `zeros` are heights."""

    paths: tuple[str, ...]
    bounds: tuple[float, ...] = ()
    zeros: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Track:
    """One line of the timeline; `kind` is the style of its bars, `spoken` what a screen reader says."""

    label: str
    spoken: str
    kind: str = ""
    note: str = ""
    href: str = ""
    bars: tuple[Bar, ...] = ()
    curve: Curve | None = None
    is_axis: bool = False
    height: int = field(default=16)


def tracks(report: Report, best: Choice | None, anchors: Sequence[str]) -> list[Track]:
    """All lines of the timeline, the time axis last; `anchors` are the places of the findings on the page."""
    length = length_s(report)
    if length <= 0:
        return []
    lines = [*_material(report, best, length)]
    found = zip(report.findings, anchors, strict=True)
    lines += [_broken(finding, anchor, length) for finding, anchor in found if finding.spans]
    lines += [*_curves(report, length), Track("", "Time axis", is_axis=True)]
    return lines


def ticks(length: float) -> list[Tick]:
    """Marks at whole seconds or minutes, few enough for a telephone."""
    step = next((step for step in _STEPS_S if length / step <= _MOST_TICKS), _STEPS_S[-1])
    times = np.arange(0, length + 1e-6, step)
    return [Tick(_percent(t, length), clock(t), "start" if t == 0 else "middle") for t in times if t <= 0.97 * length]


def length_s(report: Report) -> float:
    """Seconds that the timeline spans."""
    ends = [report.timeline.seen_s, *(span.end_s for finding in report.findings for span in finding.spans)]
    return max(ends)


def _material(report: Report, best: Choice | None, length: float) -> Iterator[Track]:
    yield _spans("Can be used", "usable", report.usable, length)
    if best is not None:
        yield _spans("The best part", "best-part", best.spans, length)
    if report.timeline.sound is not None:
        yield _spans("Speech", "speech", report.timeline.sound.speech, length)
        if quiet := _listening(report):
            yield _spans("Listening", "listening", quiet, length)


def _listening(report: Report) -> list[Span]:
    """Where the person listens for longer than a pause, in order of time."""
    if not np.isfinite(report.timeline.lips.gap).any():
        return []
    found = listening_spans(report.timeline, report.usable)
    return sorted((s for s in found if s.duration_s >= limit_of(NO_LISTENING)), key=lambda span: span.start_s)


def _spans(label: str, kind: str, spans: Sequence[Span], length: float) -> Track:
    note = f"{total_s(spans):.1f} s"
    spoken = f"{label}: {note} in {_stretches(len(spans))}"
    return Track(label, spoken, kind, note, bars=_bars(spans, label, "", length))


def _broken(finding: Finding, anchor: str, length: float) -> Track:
    title = finding.rule.title.rstrip(".")
    spoken = f"{finding.severity.value}: {title}, {_stretches(len(finding.spans))}"
    bars = _bars(finding.spans, title, finding.rule.unit, length, finding.rule.limit or 0.0)
    return Track(title, spoken, finding.severity.value, "", f"#{anchor}", bars)


def _bars(spans: Sequence[Span], title: str, unit: str, length: float, limit: float = 0.0) -> tuple[Bar, ...]:
    """Stretches that lie closer together than can be seen are drawn as one, with the value furthest from the limit."""
    joined: list[Span] = []
    for span in spans:
        if joined and span.start_s - joined[-1].end_s < _THINNEST / 100 * length:
            last = joined.pop()
            worst = [value for value in (last.worst, span.worst) if value is not None]
            joined.append(Span(last.start_s, span.end_s, max(worst, key=lambda v: abs(v - limit), default=None)))
        else:
            joined.append(span)
    return tuple(_bar(span, title, unit, length) for span in joined)


def _bar(span: Span, title: str, unit: str, length: float) -> Bar:
    worst = "" if span.worst is None else f", {span.worst:.3g} {unit}".rstrip()
    start = min(100 * span.start_s / length, 100 - _THINNEST)
    width = max(_THINNEST, min(100 - start, 100 * span.duration_s / length))
    return Bar(f"{start:.2f}", f"{width:.2f}", f"{when(span)} {title}{worst}")


def _curves(report: Report, length: float) -> Iterator[Track]:
    faces = [sample.face for sample in report.timeline.samples]
    yaw = np.array([np.nan if face is None or face.yaw_deg is None else face.yaw_deg for face in faces], np.float64)
    if np.isfinite(yaw).any():
        limit = limit_of(FACE_TURNED)
        heights = tuple(50 - 50 * turn / _TURN_RANGE_DEG for turn in (limit, -limit))
        paths = _paths(50 - 50 * np.clip(yaw / _TURN_RANGE_DEG, -1, 1), SAMPLES_PER_S, length)
        spoken = f"Turn of the head, from {np.nanmin(yaw):.0f} to {np.nanmax(yaw):.0f} degrees; limit {limit:.0f}"
        note = f"to the right is up, limit {limit:.0f} degrees"
        yield Track("Turn of the head", spoken, note=note, curve=Curve(paths, heights, (50.0,)), height=56)
    if report.timeline.sound is not None and len(report.timeline.sound.loudness):
        yield _loudness(report.timeline.sound, length)


def _loudness(sound: Sound, length: float) -> Track:
    shown = np.clip(sound.loudness.astype(np.float64), _QUIETEST_LUFS, 0)
    paths = _paths(100 * shown / _QUIETEST_LUFS, 1 / STEP_S, length, _loudest)
    note = "" if sound.speech_lufs is None else f"speech {sound.speech_lufs:.0f} LUFS"
    if sound.noise_lufs is not None and note:
        note += f", pauses {sound.noise_lufs:.0f}"
    return Track("Loudness", f"Loudness; {note}" if note else "Loudness", note=note, curve=Curve(paths), height=56)


def _farthest(part: NDArray[np.float64]) -> NDArray[np.int64]:
    """Of each row, the value farthest from the middle."""
    return np.asarray(np.where(np.isfinite(part), np.abs(part - 50), -1.0).argmax(axis=1))


def _loudest(part: NDArray[np.float64]) -> NDArray[np.int64]:
    """Of each row, the highest on the page."""
    return np.asarray(np.where(np.isfinite(part), part, np.inf).argmin(axis=1))


def _paths(
    heights: NDArray[np.float64],
    rate_hz: float,
    length: float,
    pick: Callable[[NDArray[np.float64]], NDArray[np.int64]] = _farthest,
) -> tuple[str, ...]:
    """Lines through the finite values; `pick` says which of those that fall on one point stands for it."""
    stride = max(1, -(-len(heights) // _MOST_POINTS))
    filled = np.pad(heights, (0, -len(heights) % stride), constant_values=np.nan).reshape(-1, stride)
    thin = filled[np.arange(len(filled)), pick(filled)]
    x = (np.arange(len(thin)) * stride + stride / 2) / rate_hz / length * 1000
    edges = np.flatnonzero(np.diff(np.isfinite(thin).astype(np.int8), prepend=0, append=0))
    runs = zip(edges[::2], edges[1::2], strict=True)
    return tuple(
        " ".join(f"{x[i]:.1f},{thin[i]:.1f}" for i in range(start, end)) for start, end in runs if end - start > 1
    )


def _stretches(count: int) -> str:
    return f"{count} stretch" if count == 1 else f"{count} stretches"


def _percent(time_s: float, length: float) -> str:
    return f"{100 * time_s / length:.2f}"
