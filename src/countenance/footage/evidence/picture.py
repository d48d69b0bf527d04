"""Evidence of light, sharpness and movement."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL.Image import Image

from countenance.footage.evidence.canvas import ALLOWED, MEASURED, RIGHT, WRONG, Box, Canvas, beside
from countenance.footage.evidence.person import cropped, whole
from countenance.footage.evidence.plot import Curve, plot, stacked
from countenance.footage.evidence.scene import Case, Scene
from countenance.footage.wording import clock, limit_of, quantity

_LUMA = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)  # ITU-R BT.709
_BLOWN = 250
_STIRRED = 12.0
_HALF_PX = 477
_AROUND_S = 5.0


def brightness(case: Case) -> Image:
    """The place that was measured, with its brightness on a scale from black to white."""
    scene = case.scenes[0]
    canvas = Canvas(scene.rgb)
    place = scene.face or (0.0, 0.0, float(scene.width), float(scene.height))
    value = case.value if isinstance(case.value, (int, float)) else float(_luma(_inside(scene.rgb, place)).mean())
    if scene.face:
        canvas.box(place, WRONG, label=f"{value:.0f} of {_white(case):.0f}")
    _scale(canvas, scene, value, limit_of(case.finding), _white(case))
    return canvas.drawn()


def _white(case: Case) -> float:
    """What the rule's unit calls white: 100 in lightness (CIE L*), 255 in luma."""
    measured = isinstance(case.value, (int, float))
    return 100.0 if measured and case.finding.rule.unit == "of 100" else 255.0


def halves(case: Case) -> Image:
    """Both sides of the face, each with its brightness."""
    scene = case.scenes[0]
    if not scene.face:
        return whole(case)
    crop, face = cropped(scene, 2.0)
    canvas = Canvas(crop, tallest=640)
    x, top, width, height = face
    sides = {label: (left, top, width / 2, height) for label, left in (("left", x), ("right", x + width / 2))}
    values = {label: float(_luma(_inside(crop, side)).mean()) for label, side in sides.items()}
    darker = min(values, key=lambda label: values[label])
    for label, side in sides.items():
        canvas.box(side, WRONG if label == darker else RIGHT, label=f"{values[label]:.0f}")
    return canvas.drawn()


def lost_light(case: Case) -> Image:
    """The face with everything that is blown out in colour."""
    scene = case.scenes[0]
    if not scene.face:
        return whole(case)
    crop, face = cropped(scene, 2.0)
    marked = crop.copy()
    inside = _rows_and_columns(crop.shape, face)
    part = marked[inside]
    peak = crop[inside].max(axis=2)
    part[peak > _BLOWN] = WRONG
    marked[inside] = part
    canvas = Canvas(marked, tallest=640)
    lost = 100.0 * float((peak > _BLOWN).mean())
    canvas.box(face, MEASURED, label=f"{lost:.0f} % of the face without detail")
    return canvas.drawn()


def close_up(case: Case) -> Image:
    """The face magnified, so that blur and blocks are seen."""
    scene = case.scenes[0]
    canvas = Canvas(cropped(scene, 1.25)[0], tallest=640)
    return canvas.drawn()


def pair(case: Case) -> Image:
    """Two moments side by side, each with its time."""
    pictures = []
    for scene in case.scenes:
        canvas = Canvas(scene.rgb, widest=_HALF_PX)
        canvas.label(_precise(scene.time_s), (scene.width / 2, scene.height), ALLOWED, anchor="bottom")
        pictures.append(canvas.drawn())
    return beside(pictures)


def stirred(case: Case) -> Image:
    """What differs between two moments, in colour on the picture."""
    first, second = case.scenes[0], case.scenes[-1]
    if first.rgb.shape != second.rgb.shape:
        return pair(case)
    difference = np.abs(_luma(first.rgb) - _luma(second.rgb))
    marked = second.rgb.astype(np.float32)
    strength = np.clip(difference / _STIRRED - 0.5, 0.0, 1.0)[..., None] * 0.75
    marked = marked * (1 - strength) + np.array(WRONG, np.float32) * strength
    canvas = Canvas(marked.astype(np.uint8))
    if second.face:
        canvas.box(second.face, MEASURED)
    return canvas.drawn()


def light_over_time(case: Case) -> Image:
    """The picture above its brightness through time."""
    if case.timeline is None or not len(case.timeline.pictures.time_s):
        return brightness(case)
    pictures = case.timeline.pictures
    curve = Curve(pictures.time_s, pictures.face_brightness, MEASURED, "brightness")
    return stacked(_row(case), _window(case, [curve]))


def camera_over_time(case: Case) -> Image:
    """The picture above the way that the background went to the right and downwards."""
    if case.timeline is None or not len(case.timeline.pictures.time_s):
        return whole(case)
    pictures = case.timeline.pictures
    ways = (("to the right", pictures.shift_x, MEASURED), ("downwards", pictures.shift_y, RIGHT))
    curves = [Curve(pictures.time_s, np.nancumsum(shift), colour, name) for name, shift, colour in ways]
    return stacked(_row(case), _window(case, curves))


def _row(case: Case) -> Image:
    if len(case.scenes) > 1:
        return pair(case)
    return whole(case)


def _window(case: Case, curves: Sequence[Curve]) -> Image:
    """A plot of some seconds around the moment shown."""
    spans = case.finding.spans
    time_s = case.scenes[0].time_s
    span = next((span for span in spans if span.start_s <= time_s <= span.end_s), None)
    start, end = (span.start_s, span.end_s) if span else (time_s, time_s)
    end = min(end, start + 12 * _AROUND_S)
    last = max((float(curve.times_s[-1]) for curve in curves if len(curve.times_s)), default=end)
    return plot(curves, (max(0.0, start - _AROUND_S), min(end + _AROUND_S, last)), spans=spans, height=240)


def _scale(canvas: Canvas, scene: Scene, value: float, limit: float | None, white: float) -> None:
    """A scale from black to white at the lower edge."""
    width, height = 0.5 * scene.width, 14 / canvas.scale
    left, top = 0.25 * scene.width, scene.height - 58 / canvas.scale
    steps = 64
    for i in range(steps):
        grey = round(255 * i / (steps - 1))
        canvas.fill((left + width * i / steps, top, width / steps + 1, height), (grey, grey, grey), 1.0)
    canvas.box((left, top, width, height), ALLOWED)
    marks = [(value, WRONG, f"{value:.0f}", True)]
    if limit is not None:
        marks.append((limit, ALLOWED, f"limit {quantity(limit, '')}", False))
    for at, colour, text, above in marks:
        x = left + width * min(max(at / white, 0.0), 1.0)
        canvas.line([(x, top - 5 / canvas.scale), (x, top + height + 5 / canvas.scale)], colour, width=4)
        y = top - 8 / canvas.scale if above else top + height + 8 / canvas.scale
        canvas.label(text, (x, y), colour, anchor="bottom" if above else "top")


def _luma(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.asarray(rgb.astype(np.float32) @ _LUMA)


def _rows_and_columns(shape: tuple[int, ...], box: Box) -> tuple[slice, slice]:
    x, top, width, height = box
    rows = slice(max(0, int(top)), min(shape[0], int(top + height) + 1))
    return rows, slice(max(0, int(x)), min(shape[1], int(x + width) + 1))


def _inside(rgb: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    part = rgb[_rows_and_columns(rgb.shape, box)]
    return part if part.size else rgb


def _precise(time_s: float) -> str:
    whole_s = int(time_s)
    return f"{clock(whole_s)}.{int(round(time_s - whole_s, 3) * 100):02d}"
