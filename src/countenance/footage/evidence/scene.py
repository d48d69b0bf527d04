"""What evidence is drawn from: pictures of the worst moment with the faces found in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countenance.errors import Finding, Severity
from countenance.footage.evidence.canvas import ADVICE, MEASURED, WRONG, Box, Caption, Colour
from countenance.footage.timeline import Timeline
from countenance.footage.wording import against_limit, clock
from countenance.media.limits import limits_from
from countenance.media.probe import MediaInfo
from countenance.media.read import SAMPLE_RATE, audio_blocks, frames
from countenance.people.face import FaceBox, FaceMesh, FaceTracker, detect_faces
from countenance.settings import Settings

_LONGEST_SIDE_PX = 1280
_CLOCK_HZ = 100.0
"""Pictures are looked up to this share of a second: finer than any camera's rate."""
_PASS_HZ = 50.0
_TOLERANCE_S = 1e-3
_SEEKABLE = ("mov", "matroska")
_COLOURS: dict[Severity, Colour] = {Severity.ERROR: WRONG, Severity.WARNING: MEASURED, Severity.HINT: ADVICE}


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """One picture (H, W, 3) RGB; boxes and points are its pixels."""

    time_s: float
    rgb: NDArray[np.uint8]
    faces: tuple[FaceBox, ...] = ()
    """The largest first."""
    mesh: FaceMesh | None = None
    grown: float = 1.0
    """Pixels of the recording to one of the picture."""

    @property
    def width(self) -> int:
        return int(self.rgb.shape[1])

    @property
    def height(self) -> int:
        return int(self.rgb.shape[0])

    @property
    def face(self) -> Box | None:
        """The largest face."""
        return box_of(self.faces[0]) if self.faces else None


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A finding and what can be drawn of it."""

    finding: Finding
    scenes: tuple[Scene, ...]
    timeline: Timeline | None
    value: float | str | None
    """In the rule's unit, at the moment that is shown."""
    wave: tuple[float, NDArray[np.float32]] | None = None
    """Sound of the worst moment, mono at 16 kHz, and the time at which it begins."""

    def caption(self) -> Caption:
        """What the bar below the picture says."""
        when = clock(self.scenes[0].time_s) if self.scenes and self.timeline is not None else ""
        colour = _COLOURS[self.finding.severity]
        return Caption(when, self.finding.rule.title, against_limit(self.finding, self.value), colour)


def box_of(face: FaceBox) -> Box:
    """Left, top, width, height."""
    return face.x, face.y, face.width, face.height


def scene_of(
    rgb: NDArray[np.uint8], time_s: float, settings: Settings, tracker: FaceTracker, full_width: int | None = None
) -> Scene:
    """Look for faces in a picture that is `full_width` pixels wide in the recording."""
    faces = tuple(detect_faces(rgb, settings))
    mesh = tracker.track(rgb, time_s) if faces else None
    return Scene(time_s, rgb, faces, mesh, (full_width or rgb.shape[1]) / rgb.shape[1])


def pictures_at(
    info: MediaInfo, times_s: Sequence[float], settings: Settings
) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    """What was on screen at each of the times, which must ascend; one picture is held.

    Files whose index is good are jumped in; others are decoded once from their start.
    """
    if info.container.startswith(_SEEKABLE):
        for time_s in times_s:
            yield from _looked_up(info, [time_s], max(0.0, time_s - 1 / _CLOCK_HZ), settings)
    else:
        yield from _looked_up(info, times_s, 0.0, settings)


def _looked_up(
    info: MediaInfo, times_s: Sequence[float], start_s: float, settings: Settings
) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    limits = limits_from(settings)
    rate = _CLOCK_HZ if len(times_s) == 1 else _PASS_HZ
    waiting = list(times_s)
    last: NDArray[np.uint8] | None = None
    for frame in frames(info.path, fps=rate, limits=limits, max_side=_LONGEST_SIDE_PX, start_s=start_s):
        last = frame.image
        while waiting and frame.time_s >= waiting[0] - _TOLERANCE_S:
            yield waiting.pop(0), frame.image
        if not waiting:
            return
    for time_s in waiting:
        if last is not None:
            yield time_s, last


def waves_at(
    info: MediaInfo, times_s: Sequence[float], around_s: float, settings: Settings
) -> Iterator[tuple[float, NDArray[np.float32]]]:
    """The sound around each of the times, which must ascend, with its beginning; it is decoded once."""
    windows = [(max(0, round((t - around_s) * SAMPLE_RATE)), round((t + around_s) * SAMPLE_RATE)) for t in times_s]
    held: list[NDArray[np.float32]] = []
    first = position = 0
    for block in audio_blocks(info.path, limits=limits_from(settings)):
        held.append(block)
        position += len(block)
        while windows and position >= windows[0][1]:
            start, end = windows.pop(0)
            yield start / SAMPLE_RATE, np.concatenate(held)[start - first : end - first]
        if not windows:
            return
        while held and first + len(held[0]) <= windows[0][0]:
            first += len(held.pop(0))
    for start, end in windows:
        yield start / SAMPLE_RATE, np.concatenate([*held, np.zeros(0, np.float32)])[max(0, start - first) : end - first]
