"""Apply the rules for the face: whether it is there, alone, well placed and turned to the camera."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from statistics import median

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, median_filter, minimum_filter1d

from countenance.errors import Finding, Rule, Span
from countenance.footage import face_rules as rules
from countenance.footage.spans import lasting, limit_of, percent, runs, sample_runs, worst_of
from countenance.footage.timeline import SAMPLES_PER_S, FaceSample, Sample, Timeline
from countenance.footage.wording import turning

_PROFILE_DEG = 90.0
_LEVEL_DEG = 8.0
_CROWN = 0.35
"""The hair's top is so many heights of the face above the brow."""
_STRETCH_S = 0.45
_SECOND = round(SAMPLES_PER_S)


def face_findings(timeline: Timeline) -> Iterator[Finding]:
    """What is wrong with the faces that were seen."""
    if timeline.stands_at_deg:
        turn = timeline.stands_at_deg
        yield Finding(rules.ON_ITS_SIDE, detail=turning(turn), measured=float(turn))
        return
    total = len(timeline.samples)
    seen = [sample.face for sample in timeline.samples if sample.face is not None]
    if not seen or len(seen) * 100 < limit_of(rules.NO_FACE) * total:
        yield Finding(rules.NO_FACE, measured=percent(len(seen), total))
        return
    yield from _shared_out(timeline, lambda s: s.faces == 0, rules.FACE_MISSING, rules.FACE_LEAVES)
    yield from _shared_out(timeline, lambda s: s.faces > 1, rules.SECOND_PERSON, rules.SOMEONE_PASSES)
    yield from _size(seen)
    yield from _place(timeline, seen)
    yield from _pose(timeline, seen)
    yield from _movement(timeline)


def level_pitch_deg(timeline: Timeline) -> float:
    """What counts as looking straight ahead: the median pitch, at most `_LEVEL_DEG` from the camera's own line.

    The mesh's pitch is off by some degrees that depend on the face, and a camera is seldom exactly at eye level.
    """
    pitches = [s.face.pitch_deg for s in timeline.samples if s.face is not None and s.face.pitch_deg is not None]
    return min(max(median(pitches), -_LEVEL_DEG), _LEVEL_DEG) if pitches else 0.0


def turned_deg(sample: Sample, level_deg: float = 0.0) -> float:
    """How far the face is turned from the camera in degrees, up and down from `level_deg`.

    0 without a face, 90 where no mesh fits it.
    """
    if sample.face is None:
        return 0.0
    if sample.face.yaw_deg is None or sample.face.pitch_deg is None:
        return _PROFILE_DEG
    return max(abs(sample.face.yaw_deg), abs(sample.face.pitch_deg - level_deg))


def _shared_out(
    timeline: Timeline, is_bad: Callable[[Sample], bool], too_much: Rule, a_little: Rule
) -> Iterator[Finding]:
    """`too_much` if the bad samples are more than its share of the time, `a_little` if there are some."""
    bad = sum(is_bad(sample) for sample in timeline.samples)
    spans = lasting(sample_runs(timeline, is_bad), limit_of(a_little))
    share = percent(bad, len(timeline.samples))
    if share > limit_of(too_much):
        yield Finding(too_much, measured=share, spans=spans)
    elif spans:
        yield Finding(a_little, measured=max(span.duration_s for span in spans), spans=spans)


def _size(seen: Sequence[FaceSample]) -> Iterator[Finding]:
    width = median(face.width_px for face in seen)
    if width < limit_of(rules.FACE_TOO_SMALL):
        yield Finding(rules.FACE_TOO_SMALL, measured=width)
    elif width < limit_of(rules.FACE_SMALL):
        yield Finding(rules.FACE_SMALL, measured=width)
    share = 100 * median(face.frame_share for face in seen)
    if share < limit_of(rules.FACE_FAR):
        yield Finding(rules.FACE_FAR, measured=share)
    elif share > limit_of(rules.FACE_NEAR):
        yield Finding(rules.FACE_NEAR, measured=share)


def _place(timeline: Timeline, seen: Sequence[FaceSample]) -> Iterator[Finding]:
    rooms = [100 * _room(sample.face) if sample.face else 100.0 for sample in timeline.samples]
    near = [room < limit_of(rules.HEAD_CUT) for room in rooms]
    cut = lasting([Span(s.start_s, s.end_s, _least(rooms, s)) for s in runs(near)], _STRETCH_S)
    if cut:
        yield Finding(rules.HEAD_CUT, measured=min(span.worst or 0.0 for span in cut), spans=cut)
    crown = 100 * median(face.box.top - _CROWN * face.box.height for face in seen)
    if crown > limit_of(rules.HEADROOM):
        yield Finding(rules.HEADROOM, measured=crown)
    aside = 100 * abs(median(face.box.left + face.box.width / 2 for face in seen) - 0.5)
    if aside > limit_of(rules.OFF_CENTRE):
        yield Finding(rules.OFF_CENTRE, measured=aside)


def _room(face: FaceSample) -> float:
    """Between the face and the nearest edge of the picture; negative where it reaches beyond."""
    return min(face.box.top, face.box.left, 1 - face.box.right, 1 - face.box.bottom)


def _least(values: Sequence[float], span: Span) -> float:
    return min(values[round(span.start_s * SAMPLES_PER_S) : round(span.end_s * SAMPLES_PER_S)])


def _pose(timeline: Timeline, seen: Sequence[FaceSample]) -> Iterator[Finding]:
    level = level_pitch_deg(timeline)
    angles = [turned_deg(sample, level) if sample.faces == 1 else 0.0 for sample in timeline.samples]
    yield from _stretches(rules.FACE_TURNED, angles)
    rolls = [abs(s.face.roll_deg) if s.face and s.face.roll_deg is not None else 0.0 for s in timeline.samples]
    yield from _stretches(rules.HEAD_TILTED, rolls)
    pitches = [face.pitch_deg for face in seen if face.pitch_deg is not None]
    pitch = median(pitches) if pitches else 0.0
    if abs(pitch) > limit_of(rules.CAMERA_ANGLE):
        detail = "It looks from below." if pitch > 0 else "It looks from above."
        yield Finding(rules.CAMERA_ANGLE, detail=detail, measured=abs(pitch))


def _stretches(rule: Rule, values: Sequence[float], at_least_s: float = _STRETCH_S) -> Iterator[Finding]:
    """The rule with every stretch in which the values, one a sample, are above its limit."""
    spans = lasting(runs([value > limit_of(rule) for value in values], values), at_least_s)
    if spans:
        yield Finding(rule, measured=worst_of(spans), spans=spans)


def _movement(timeline: Timeline) -> Iterator[Finding]:
    faces = [sample.face for sample in timeline.samples if sample.face is not None]
    middles = np.array([[face.box.left + face.box.width / 2, face.box.top + face.box.height / 2] for face in faces])
    sizes = np.median([[face.box.width, face.box.height * _HEIGHT_TO_WIDTH] for face in faces], axis=0)
    steps = median_filter(middles / sizes, size=(3, 1), mode="nearest")
    reach = np.hypot(*(maximum_filter1d(steps, _SECOND, axis=0) - minimum_filter1d(steps, _SECOND, axis=0)).T)
    values = np.zeros(len(timeline.samples))
    values[[sample.face is not None for sample in timeline.samples]] = 100 * reach
    yield from _stretches(rules.HEAD_MOVES, values.tolist())
    widths = _steady([face.width_px for face in faces])
    narrow, wide = np.percentile(widths, (5, 95))
    change = 100 * (float(wide) / max(float(narrow), 1.0) - 1)
    if change > limit_of(rules.DISTANCE_CHANGES):
        yield Finding(rules.DISTANCE_CHANGES, measured=change)


_HEIGHT_TO_WIDTH = 1 / 1.3
"""A face, brow to chin, is so much wider than high."""


def _steady(values: Sequence[float]) -> NDArray[np.float64]:
    return np.asarray(median_filter(np.array(values, np.float64), size=_SECOND, mode="nearest"))
