"""Apply the rules for one unbroken take: a camera that stands still, no cuts, no frozen or repeated pictures."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from countenance.errors import Finding, Span
from countenance.footage import picture_rules as rules
from countenance.footage.spans import joined, lasting, limit_of, picture_runs, runs, worst_of
from countenance.footage.timeline import Pictures, Timeline
from countenance.footage.windows import largest_around, pictures_in, rolling_median, rolling_range

_CUT_LEVELS = 2.2
"""Mean change of the head, in levels, from which on a jump is visible."""
_CUT_LASTS = 0.6
"""Share of the change that is still there a picture later."""
_NEIGHBOURS = 4
_CALM_LEVELS = 0.5
_FROZEN_LEVELS = 0.16
"""Mean change near the head; noise of a camera is above 0.3, skipped blocks of a codec are 0."""
_REPEAT_SHARE, _REPEAT_HEAD_SHARE = 0.4, 0.3
_BACK_AND_FORTH = 2.0
"""The background's way is so many times as long as the distance between its ends where the camera shakes."""


def take_findings(timeline: Timeline) -> Iterator[Finding]:
    """What breaks the take."""
    pictures = timeline.pictures
    cuts = cut_spans(pictures)
    if cuts:
        yield Finding(rules.CUT, measured=worst_of(cuts), spans=tuple(cuts))
    frozen = frozen_spans(pictures)
    if frozen:
        yield Finding(rules.FROZEN, measured=worst_of(frozen), spans=tuple(frozen))
    repeats = _repeats(pictures, frozen)
    if repeats > limit_of(rules.DUPLICATED):
        yield Finding(rules.DUPLICATED, measured=repeats)
    moved = list(_camera(pictures))
    yield from moved
    if not moved:
        yield from _background(timeline)
    yield from _noise(pictures, has_moved=bool(moved))


def cut_spans(pictures: Pictures) -> list[Span]:
    """From the last picture before to the first one after each jump; `worst` in the unit of `CUT`."""
    if len(pictures.time_s) < 2 * _NEIGHBOURS:
        return []
    head = np.nan_to_num(pictures.head_change)
    ratio = head / np.maximum(largest_around(head, _NEIGHBOURS), _CALM_LEVELS)
    stays = np.nan_to_num(pictures.lasting, nan=np.inf) >= _CUT_LASTS * head
    after = np.append(pictures.lasting[1:], np.inf) >= _CUT_LASTS * head
    found = np.flatnonzero((ratio > limit_of(rules.CUT)) & (head > _CUT_LEVELS) & stays & after)
    times = pictures.time_s
    return [Span(float(times[i - 1]), float(times[i]), float(ratio[i])) for i in found if i > 0]


def frozen_spans(pictures: Pictures) -> list[Span]:
    """Stretches in which one picture stays; `worst` is their length in seconds."""
    still = np.nan_to_num(pictures.fine_change, nan=np.inf) < _FROZEN_LEVELS
    spans = picture_runs(pictures.time_s, still, None)
    return [Span(s.start_s, s.end_s, s.duration_s) for s in lasting(spans, limit_of(rules.FROZEN))]


def _repeats(pictures: Pictures, frozen: list[Span]) -> float:
    """Share of the pictures, in %, that repeat the one before; those of frozen stretches are left out."""
    times = pictures.time_s
    if len(times) < 2 * _NEIGHBOURS:
        return 0.0
    fine, head = (np.nan_to_num(values) for values in (pictures.fine_change, pictures.head_change))
    apart = np.array([not any(span.start_s <= time < span.end_s for span in frozen) for time in times.tolist()])
    low = (fine < _REPEAT_SHARE * _usual(fine)) & (head < _REPEAT_HEAD_SHARE * _usual(head))
    return 100.0 * float((low & apart).sum()) / max(int(apart.sum()), 1)


def _usual(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """What the larger changes around each picture are: the 70th percentile of its neighbours."""
    padded = np.pad(values.astype(np.float64), _NEIGHBOURS, mode="reflect")
    count = len(values)
    sides = [padded[i : i + count] for i in range(2 * _NEIGHBOURS + 1) if i != _NEIGHBOURS]
    return np.asarray(np.percentile(sides, 70, axis=0))


def _camera(pictures: Pictures) -> Iterator[Finding]:
    second = pictures_in(pictures, 1.0)
    if len(pictures.time_s) < second:
        return
    x, y = (np.cumsum(np.nan_to_num(shift.astype(np.float64))) for shift in (pictures.shift_x, pictures.shift_y))
    reach = np.maximum(rolling_range(x, second), rolling_range(y, second))
    flickers = rolling_median(np.nan_to_num(pictures.row_change), second) > limit_of(rules.FLICKER)
    spans = joined(picture_runs(pictures.time_s, (reach > limit_of(rules.CAMERA_SHAKE)) & ~flickers, reach), 0.5)
    for rule, is_shake in ((rules.CAMERA_SHAKE, True), (rules.CAMERA_MOVES, False)):
        mine = tuple(s for s in lasting(spans, 0.45) if _is_shake(pictures.time_s, x, y, s) is is_shake)
        if mine:
            yield Finding(rule, measured=worst_of(mine), spans=mine)


def _is_shake(times: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64], span: Span) -> bool:
    inside = (times >= span.start_s) & (times < span.end_s)
    way = float(np.hypot(np.diff(x[inside]), np.diff(y[inside])).sum())
    distance = float(np.hypot(np.ptp(x[inside]), np.ptp(y[inside])))
    seconds = max(1.0, span.duration_s)
    return way > _BACK_AND_FORTH * distance and way / seconds > limit_of(rules.CAMERA_SHAKE)


def _background(timeline: Timeline) -> Iterator[Finding]:
    values = [sample.background if sample.face is not None else 0.0 for sample in timeline.samples]
    spans = lasting(joined(runs([v > limit_of(rules.BACKGROUND_MOVES) for v in values], values), 0.3), 1.0)
    if spans:
        yield Finding(rules.BACKGROUND_MOVES, measured=worst_of(spans), spans=spans)


def _noise(pictures: Pictures, *, has_moved: bool) -> Iterator[Finding]:
    fine = pictures.fine_change[~np.isnan(pictures.fine_change)]
    rows = pictures.row_change[~np.isnan(pictures.row_change)]
    # A camera that shakes and light that flickers change every pixel too.
    if has_moved or not len(fine) or np.median(rows) > limit_of(rules.FLICKER):
        return
    stillest = float(np.percentile(fine, 10))
    if stillest > limit_of(rules.NOISE):
        yield Finding(rules.NOISE, measured=stillest)
