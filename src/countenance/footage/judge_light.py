"""Apply the rules for light and sharpness."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from statistics import median

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from countenance.errors import Finding, Span
from countenance.footage import picture_rules as rules
from countenance.footage.judge_take import cut_spans
from countenance.footage.spans import joined, lasting, limit_of, overlap_s, picture_runs, runs, worst_of
from countenance.footage.timeline import SAMPLES_PER_S, FaceView, Timeline
from countenance.footage.windows import pictures_in, rolling_median

_DARK_FACE, _DARK_PICTURE = 45.0, 70.0
_AHEAD_DEG = 15.0
_STRETCH_S = 0.45
_CROWD = 0.4
_OUT_OF_FOCUS = 0.75
"""Of its usual sharpness: in six clean recordings a second's median stays above 0.94, out of focus (2.4 % of the
face's width) it falls to 0.4."""


def light_findings(timeline: Timeline) -> Iterator[Finding]:
    """What is wrong with the light and the sharpness."""
    if not timeline.samples:
        return
    yield from _brightness(timeline)
    yield from _scene(timeline)
    yield from _changes(timeline)
    yield from _flicker(timeline)
    views = [sample.face.view for sample in timeline.samples if sample.face and sample.face.view]
    if views:
        yield from _face(timeline, views)


def blurred_spans(timeline: Timeline) -> list[Span]:
    """Stretches of a second and more in which the face is far less sharp than it mostly is; `worst` is the lowest."""
    sharpness = np.array([s.face.view.sharpness if s.face and s.face.view else np.nan for s in timeline.samples])
    usual = float(np.nanmedian(sharpness)) if not np.isnan(sharpness).all() else 0.0
    steady = median_filter(np.nan_to_num(sharpness, nan=usual), size=round(SAMPLES_PER_S), mode="nearest")
    limit = min(limit_of(rules.BLURRED), _OUT_OF_FOCUS * usual)
    spans = joined(runs((steady < limit).tolist(), (-steady).tolist()), _STRETCH_S)
    return [replace(span, worst=-(span.worst or 0.0)) for span in lasting(spans, 1.0)]


def _brightness(timeline: Timeline) -> Iterator[Finding]:
    faces = [sample.brightness for sample in timeline.samples if sample.face is not None]
    whole = float(np.median(timeline.pictures.brightness)) if len(timeline.pictures.time_s) else 255.0
    # A face may be well lit before a black wall: the whole picture counts only where no face is seen.
    if not faces:
        brightness = median(sample.brightness for sample in timeline.samples)
        if brightness < limit_of(rules.TOO_DARK):
            yield Finding(rules.TOO_DARK, measured=brightness)
        return
    brightness = median(faces)
    if brightness < _DARK_FACE or (brightness < limit_of(rules.DIM) and whole < _DARK_PICTURE):
        yield Finding(rules.DIM, measured=brightness)


def _scene(timeline: Timeline) -> Iterator[Finding]:
    contrast = median(sample.contrast for sample in timeline.samples)
    if contrast < limit_of(rules.LOW_CONTRAST):
        yield Finding(rules.LOW_CONTRAST, measured=contrast)
    bars = median(sample.bars for sample in timeline.samples)
    if bars > limit_of(rules.LETTERBOX):
        yield Finding(rules.LETTERBOX, measured=bars)


def _changes(timeline: Timeline) -> Iterator[Finding]:
    faces = np.array([s.brightness if s.face is not None else np.nan for s in timeline.samples])
    usual = _usual(faces[~np.isnan(faces)])
    if usual <= 0:
        return
    steady = median_filter(np.nan_to_num(faces, nan=usual), size=round(SAMPLES_PER_S / 2), mode="nearest")
    change = (100 * np.abs(steady - usual) / usual).tolist()
    spans = joined(runs([value > limit_of(rules.LIGHT_CHANGES) for value in change], change), _STRETCH_S)
    if lasting(spans, _STRETCH_S):
        yield Finding(rules.LIGHT_CHANGES, measured=worst_of(spans), spans=lasting(spans, _STRETCH_S))


def _usual(values: NDArray[np.float64]) -> float:
    """Where values crowd most: the middle of the shortest interval that holds two fifths of them; 0 of none.

    Where light goes on and off, the median lies between both as often as not, and neither would be far from it.
    """
    if not len(values):
        return 0.0
    ordered = np.sort(values)
    count = max(1, round(_CROWD * len(ordered)))
    start = int(np.argmin(ordered[count - 1 :] - ordered[: len(ordered) - count + 1]))
    return float(ordered[start] + ordered[start + count - 1]) / 2


def _flicker(timeline: Timeline) -> Iterator[Finding]:
    pictures = timeline.pictures
    second = pictures_in(pictures, 1.0)
    if len(pictures.time_s) < second:
        return
    restless = rolling_median(np.nan_to_num(pictures.row_change), second)
    spans = picture_runs(pictures.time_s, restless > limit_of(rules.FLICKER), restless)
    if lasting(spans, 1.0):
        yield Finding(rules.FLICKER, measured=worst_of(spans), spans=lasting(spans, 1.0))
    # Beside a cut the two scenes may differ in brightness, and the median belongs to one of them.
    cuts = [Span(cut.start_s - 0.5, cut.end_s + 0.5) for cut in cut_spans(pictures)]
    usual = np.maximum(rolling_median(pictures.brightness, second), 1.0)
    off = 100 * np.abs(pictures.brightness - usual) / usual
    spans = picture_runs(pictures.time_s, off > limit_of(rules.FLASH), off)
    flashes = [span for span in spans if span.duration_s < 0.5 and not overlap_s([span], cuts)]
    if flashes:
        yield Finding(rules.FLASH, measured=worst_of(flashes), spans=tuple(flashes))


def _face(timeline: Timeline, views: list[FaceView]) -> Iterator[Finding]:
    bright = median(view.bright for view in views)
    if bright > limit_of(rules.OVEREXPOSED):
        yield Finding(rules.OVEREXPOSED, measured=bright)
    ahead = [
        s.face.view.uneven
        for s in timeline.samples
        if s.face and s.face.view and s.face.yaw_deg is not None and abs(s.face.yaw_deg) < _AHEAD_DEG
    ]
    if ahead and median(ahead) > limit_of(rules.UNEVEN_LIGHT):
        yield Finding(rules.UNEVEN_LIGHT, measured=median(ahead))
    sharpness = median(view.sharpness for view in views)
    blurred = blurred_spans(timeline)
    if sharpness < limit_of(rules.BLURRED):
        yield Finding(rules.BLURRED, measured=sharpness)
    elif blurred:
        yield Finding(rules.BLURRED, measured=min(span.worst or 0.0 for span in blurred), spans=tuple(blurred))
    blocks = median(view.blockiness for view in views)
    if blocks > limit_of(rules.COMPRESSED):
        yield Finding(rules.COMPRESSED, measured=blocks)
