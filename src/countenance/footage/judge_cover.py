"""Apply the rules for what covers the face, and for eyes that are hidden or shut."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from countenance.errors import Finding, Span
from countenance.footage import face_rules as rules
from countenance.footage.picture_rules import OVEREXPOSED
from countenance.footage.spans import joined, lasting, limit_of, runs, worst_of
from countenance.footage.timeline import PATCHES, SAMPLES_PER_S, Timeline

_SKIN = [
    PATCHES.index(name) for name in ("right cheek", "left cheek", "nose", "upper lip", "chin", "right jaw", "left jaw")
]
_CHEEKS = [PATCHES.index(name) for name in ("right cheek", "left cheek")]
_EYES = [PATCHES.index(name) for name in ("right eye", "left eye")]
_MOUTH, _UPPER_LIP = PATCHES.index("mouth"), PATCHES.index("upper lip")
_FOREHEAD = PATCHES.index("forehead")
_OTHER_COLOUR = 25.0
"""Distance in a*, b* from the forehead; beards, lips and coloured light reach 20."""
_MUCH_DARKER = {"upper lip": 0.3, "chin": 0.3, "right jaw": 0.3, "left jaw": 0.3}
_DARKER = 0.42
"""Lightness as a share of the forehead's; where beards grow less is asked."""
_CHANGED = 4.5
"""Distance in L*/2, a*, b* from the patch's own median; a face that turns a little reaches 3.5, sessions 4.5."""
_CHANGED_PATCHES = 3
_MOUTH_CHANGED, _LIP_CHANGED = 5.0, 3.5
"""Mouths that speak reach 20, the skin above them 4.4, but never both at once on eleven clean recordings."""
_CALM = 3.2
_AHEAD_DEG = 14.0
_STRETCH_S = 0.3
_BLINK = 0.5
_MOST_OF_THE_TIME = 0.5


def cover_findings(timeline: Timeline) -> Iterator[Finding]:
    """What covers the face or its eyes."""
    covered = covered_spans(timeline)
    if covered:
        yield Finding(rules.FACE_COVERED, measured=worst_of(covered), spans=tuple(covered))
    hidden = _hidden_eyes(timeline)
    if hidden:
        yield Finding(rules.EYES_COVERED, measured=min(span.worst or 0.0 for span in hidden), spans=hidden)
    shut = [s.face is not None and (s.face.eyes_shut or 0.0) > _BLINK for s in timeline.samples]
    spans = tuple(Span(s.start_s, s.end_s, s.duration_s) for s in lasting(runs(shut), limit_of(rules.EYES_SHUT)))
    if spans:
        yield Finding(rules.EYES_SHUT, measured=worst_of(spans), spans=spans)


def covered_spans(timeline: Timeline) -> list[Span]:
    """Where something covers part of the face; `worst` is the number of parts."""
    colours = _colours(timeline)
    counts = np.maximum(_unlike_forehead(timeline, colours), _unlike_usual(timeline, colours)).tolist()
    spans = joined(runs([count >= limit_of(rules.FACE_COVERED) for count in counts], counts), _STRETCH_S)
    return list(lasting(spans, _STRETCH_S))


def passing_cover(timeline: Timeline) -> list[Span]:
    """The same, but nothing where it lasts most of the time: then this is how the person looks."""
    spans = covered_spans(timeline)
    length_s = sum(span.duration_s for span in spans)
    return spans if length_s < _MOST_OF_THE_TIME * timeline.seen_s else []


def _colours(timeline: Timeline) -> NDArray[np.float64]:
    """(T, P, 3) CIELAB of `PATCHES`, NaN where they were not measured or the face is turned."""
    colours = np.full((len(timeline.samples), len(PATCHES), 3), np.nan)
    for i, sample in enumerate(timeline.samples):
        face = sample.face
        if face is None or face.view is None or not face.view.colours or face.yaw_deg is None:
            continue
        # What is blown out has no colour of its own.
        if abs(face.yaw_deg) <= _AHEAD_DEG and face.view.bright < limit_of(OVEREXPOSED):
            colours[i] = face.view.colours
    return colours


def _unlike_forehead(timeline: Timeline, colours: NDArray[np.float64]) -> NDArray[np.int64]:
    """(T,) How many parts are of another colour than the forehead or much darker."""
    forehead = colours[:, _FOREHEAD]
    parts = colours[:, _SKIN]
    tint = np.hypot(*np.moveaxis(parts[..., 1:] - forehead[:, None, 1:], -1, 0))
    darker = np.array([_MUCH_DARKER.get(PATCHES[i], _DARKER) for i in _SKIN])
    with np.errstate(invalid="ignore"):
        odd = (tint > _OTHER_COLOUR) | (parts[..., 0] < darker * forehead[:, None, 0])
    return np.asarray(odd.sum(axis=1), np.int64)


def _unlike_usual(timeline: Timeline, colours: NDArray[np.float64]) -> NDArray[np.int64]:
    """(T,) How many parts differ from what they are most of the time, if `_CHANGED_PATCHES` or the mouth's do."""
    known = ~np.isnan(colours[:, 0, 0])
    counts = np.zeros(len(colours), np.int64)
    if known.any():
        change = colours[known] - np.median(colours[known], axis=0)
        # Light that changes, changes all of the face.
        change -= np.median(change, axis=1, keepdims=True)
        distance = np.linalg.norm(change * (0.5, 1.0, 1.0), axis=-1)
        number = (distance[:, _SKIN] > _CHANGED).sum(axis=1)
        calm = distance[:, _FOREHEAD] < _CALM
        many = np.where(number >= _CHANGED_PATCHES, number, 0)
        # Who speaks changes the colour of the mouth, not that of the lip's skin above it; a hand changes both.
        hidden = (distance[:, _MOUTH] > _MOUTH_CHANGED) & (distance[:, _UPPER_LIP] > _LIP_CHANGED)
        counts[known] = np.where(calm, np.maximum(many, 2 * hidden), 0)
    return counts


def _hidden_eyes(timeline: Timeline) -> tuple[Span, ...]:
    """Where both eyes are far darker than the cheeks; `worst` is the least share of their lightness in %."""
    light = _colours(timeline)[..., 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = 100 * light[:, _EYES].max(axis=1) / light[:, _CHEEKS].max(axis=1)
    values = np.nan_to_num(share, nan=100.0)
    spans = joined(runs((values < limit_of(rules.EYES_COVERED)).tolist()), 2 * _STRETCH_S)
    return tuple(
        Span(s.start_s, s.end_s, float(values[round(s.start_s * SAMPLES_PER_S) : round(s.end_s * SAMPLES_PER_S)].min()))
        for s in lasting(spans, 2 * _STRETCH_S)
    )
