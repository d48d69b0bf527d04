"""Look up what proves each finding, draw it, and write it beside the report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from countenance.errors import CountenanceError
from countenance.footage.choose import Choice
from countenance.footage.evidence.canvas import ALLOWED, Canvas, beside, captioned
from countenance.footage.evidence.moments import worst_moment, worst_span
from countenance.footage.evidence.scene import Case, Scene, pictures_at, scene_of, waves_at
from countenance.footage.evidence.table import Shown, shown
from countenance.footage.files import write_picture
from countenance.footage.report import Report
from countenance.footage.wording import clock
from countenance.people.face import FaceTracker
from countenance.settings import Settings

Wave = tuple[float, NDArray[np.float32]]

_WAVE_S = 0.6
_STRIP = "best.jpg"
_STRIP_PICTURES = 3
_STRIP_TALLEST_PX = 360


@dataclass(frozen=True, slots=True)
class _Plan:
    """What will be shown of the finding with this number."""

    index: int
    name: str
    shown: Shown
    times_s: tuple[float, ...]


def draw_evidence(report: Report, folder: Path, settings: Settings) -> Report:
    """Write a JPEG for every finding that can be shown; the report comes back with their names in its findings.

    The pictures needed are looked up in the recording in order of time and let go when they are drawn. What cannot be
    looked up any more, because the recording is damaged there, is not shown.

    Raises:
        CountenanceError: media.cannot_write.
    """
    plans = list(_plans(report))
    waves = _waves(report, plans, settings)
    names: dict[int, str] = {}
    for plan, scenes in _with_scenes(report, plans, settings):
        finding = report.findings[plan.index]
        span = worst_span(finding)
        value = finding.measured if span is None or span.worst is None else span.worst
        case = Case(finding, scenes, report.timeline, value, waves.get(plan.index))
        picture = plan.shown.sketch(case)
        if picture is not None:
            write_picture(folder / plan.name, captioned(picture, case.caption()))
            names[plan.index] = plan.name
    findings = (replace(found, evidence=names.get(i, "")) for i, found in enumerate(report.findings))
    return replace(report, findings=tuple(findings))


def draw_best(report: Report, best: Choice, folder: Path, settings: Settings) -> str:
    """Write some pictures from the best part in a row; the name of the file, or nothing if none could be read.

    Raises:
        CountenanceError: media.cannot_write.
    """
    times = [_into(best, (i + 0.5) / _STRIP_PICTURES) for i in range(_STRIP_PICTURES)]
    pictures = []
    for time_s, rgb in _readable(report, times, settings):
        height, width = rgb.shape[:2]
        left = max(0, (width - height) // 2)
        canvas = Canvas(rgb[:, left : left + min(width, height)].copy(), tallest=_STRIP_TALLEST_PX)
        canvas.label(clock(time_s), (min(width, height) / 2, height), ALLOWED, anchor="bottom", size=24)
        pictures.append(canvas.drawn())
    if not pictures:
        return ""
    write_picture(folder / _STRIP, beside(pictures))
    return _STRIP


def _plans(report: Report) -> Iterator[_Plan]:
    for index, finding in enumerate(report.findings):
        way = shown(finding)
        if way is not None and (way.times is None or report.timeline.samples):
            times = way.times(finding, report.timeline, way.value) if way.times else []
            latest = max(0.0, report.timeline.seen_s - 1e-3)
            name = f"{index + 1:02d}-{finding.rule.id.partition('.')[2]}.jpg"
            yield _Plan(index, name, way, tuple(min(time_s, latest) for time_s in times))


def _with_scenes(
    report: Report, plans: Sequence[_Plan], settings: Settings
) -> Iterator[tuple[_Plan, tuple[Scene, ...]]]:
    """Every plan with the pictures that it asked for, as soon as all of them are there."""
    yield from ((plan, ()) for plan in plans if not plan.times_s)
    wanted = sorted((time_s, plan.index) for plan in plans for time_s in plan.times_s)
    by_index = {plan.index: plan for plan in plans}
    held: dict[int, list[Scene]] = {}
    full_width = report.info.video.width if report.info.video else None
    with FaceTracker(settings) as tracker:
        found = _readable(report, [time_s for time_s, _ in wanted], settings)
        for (_, index), (time_s, rgb) in zip(wanted, found, strict=False):
            scenes = held.setdefault(index, [])
            scenes.append(scene_of(rgb, time_s, settings, tracker, full_width))
            if len(scenes) == len(by_index[index].times_s):
                yield by_index[index], tuple(held.pop(index))


def _waves(report: Report, plans: Sequence[_Plan], settings: Settings) -> dict[int, Wave]:
    """The sound at the worst moment of each finding that asks for it."""
    wanted = sorted(
        (worst_moment(report.findings[plan.index], report.timeline, None), plan.index)
        for plan in plans
        if plan.shown.has_wave
    )
    if not wanted or report.info.audio is None:
        return {}
    found: dict[int, Wave] = {}
    with suppress(CountenanceError):
        waves = waves_at(report.info, [time_s for time_s, _ in wanted], _WAVE_S, settings)
        found.update((index, wave) for (_, index), wave in zip(wanted, waves, strict=False))
    return found


def _readable(
    report: Report, times_s: Sequence[float], settings: Settings
) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    """The pictures at these times as far as the recording can be read."""
    with suppress(CountenanceError):
        yield from pictures_at(report.info, times_s, settings)


def _into(best: Choice, share: float) -> float:
    """The time at this share of the best part."""
    left = share * best.duration_s
    for span in best.spans:
        if left < span.duration_s:
            return span.start_s + left
        left -= span.duration_s
    return best.spans[-1].start_s
