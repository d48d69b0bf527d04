"""A small plot: values through time, limits, and the stretches that broke a rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from countenance.errors import Span
from countenance.footage.evidence.canvas import ALLOWED, PAPER, QUIET, WIDEST_PX, WRONG, Canvas, Colour
from countenance.footage.wording import clock

_LEFT, _RIGHT, _TOP, _BOTTOM = 64.0, 24.0, 40.0, 34.0
_NAMES = 110.0
"""Room on the right for the names of levels."""
_GRID: Colour = (52, 60, 67)
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Values (n,) at times (n,) in seconds; NaN is a gap."""

    times_s: NDArray[Any]
    values: NDArray[Any]
    colour: Colour
    name: str = ""
    is_filled: bool = False
    """Whether the area below it is tinted."""


@dataclass(frozen=True, slots=True)
class Level:
    """A horizontal line."""

    value: float
    name: str
    colour: Colour = ALLOWED


def plot(
    curves: Sequence[Curve],
    window_s: tuple[float, float],
    *,
    spans: Sequence[Span] = (),
    levels: Sequence[Level] = (),
    unit: str = "",
    height: int = 420,
    reach: tuple[float, float] | None = None,
) -> Image.Image:
    """Curves on a dark page, as wide as evidence is; `reach` fixes the lowest and highest value shown."""
    canvas = Canvas.blank(WIDEST_PX, height)
    low, high = reach or _reach(curves, levels, window_s)
    frame = _Frame(window_s, (low, high), height, WIDEST_PX - (_NAMES if levels else _RIGHT))
    for span in spans:
        start, end = max(span.start_s, window_s[0]), min(span.end_s, window_s[1])
        if end > start:
            left, right = frame.x(start), max(frame.x(end), frame.x(start) + 2)
            canvas.fill((left, _TOP, right - left, height - _TOP - _BOTTOM), WRONG, 0.22)
    _axes(canvas, frame, unit)
    for curve in curves:
        _draw(canvas, frame, curve)
    for level in levels:
        y = frame.y(level.value)
        canvas.dashed((_LEFT, y), (frame.right, y), level.colour, width=1.5)
        if level.name:
            canvas.label(level.name, (frame.right + 4, y), level.colour, anchor="left", size=14)
    x = _LEFT
    for curve in curves:
        if curve.name:
            canvas.line([(x, 20), (x + 22, 20)], curve.colour, width=3)
            canvas.text(curve.name, (x + 30, 20), size=15)
            x += 60 + 8.2 * len(curve.name)
    return canvas.drawn()


def stacked(upper: Image.Image, lower: Image.Image) -> Image.Image:
    """One picture above another, both in the middle."""
    width = max(upper.width, lower.width)
    page = Image.new("RGB", (width, upper.height + lower.height), PAPER)
    page.paste(upper, ((width - upper.width) // 2, 0))
    page.paste(lower, ((width - lower.width) // 2, upper.height))
    return page


@dataclass(frozen=True, slots=True)
class _Frame:
    """From seconds and values to pixels."""

    window_s: tuple[float, float]
    reach: tuple[float, float]
    height: int
    right: float

    def x(self, time_s: float) -> float:
        start, end = self.window_s
        return _LEFT + (self.right - _LEFT) * (time_s - start) / max(end - start, 1e-9)

    def y(self, value: float) -> float:
        low, high = self.reach
        share = min(max((value - low) / max(high - low, 1e-9), 0.0), 1.0)
        return self.height - _BOTTOM - (self.height - _TOP - _BOTTOM) * share


def _axes(canvas: Canvas, frame: _Frame, unit: str) -> None:
    for value in _round_values(*frame.reach, 5):
        y = frame.y(value)
        canvas.line([(_LEFT, y), (frame.right, y)], _GRID, width=1, edge=False)
        canvas.text(f"{value:.4g}", (_LEFT - 8, y), QUIET, anchor="rm", size=14)
    if unit:
        canvas.text(unit, (WIDEST_PX - _RIGHT, 20), QUIET, anchor="rm", size=15)
    start, end = frame.window_s
    for time_s in _round_values(start, end, 7):
        label = clock(time_s) if end - start > 3 else f"{time_s:.2f} s"
        canvas.text(label, (frame.x(time_s), frame.height - _BOTTOM / 2), QUIET, anchor="mm", size=14)


def _draw(canvas: Canvas, frame: _Frame, curve: Curve) -> None:
    inside = (curve.times_s >= frame.window_s[0]) & (curve.times_s <= frame.window_s[1])
    times, values = np.asarray(curve.times_s[inside], float), np.asarray(curve.values[inside], float)
    finite = np.isfinite(values).astype(np.int8)
    edges = np.flatnonzero(np.diff(finite, prepend=0, append=0))
    base = frame.y(frame.reach[0])
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        points = [(frame.x(t), frame.y(v)) for t, v in _thin(times[start:end], values[start:end])]
        if curve.is_filled:
            canvas.shape([(points[0][0], base), *points, (points[-1][0], base)], curve.colour, 0.3)
        canvas.line(points, curve.colour, width=2, edge=False)


def _thin(times: NDArray[Any], values: NDArray[Any], most: int = 800) -> list[tuple[float, float]]:
    """Lowest and highest of what falls on one pixel."""
    if len(times) <= 2 * most:
        return list(zip(times.tolist(), values.tolist(), strict=True))
    edges = np.linspace(0, len(times), most + 1).astype(int)
    points = []
    for start, end in pairwise(edges):
        part = values[start:end]
        points += [(float(times[start]), float(part.min())), (float(times[start]), float(part.max()))]
    return points


def _reach(curves: Sequence[Curve], levels: Sequence[Level], window_s: tuple[float, float]) -> tuple[float, float]:
    parts = [c.values[(c.times_s >= window_s[0]) & (c.times_s <= window_s[1])] for c in curves]
    values = np.concatenate([*parts, [level.value for level in levels], []])
    values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    room = max(0.08 * (high - low), 1e-3 * max(abs(low), abs(high), 1.0))
    return low - room, high + room


def _round_values(low: float, high: float, most: int) -> list[float]:
    """At most about `most` round numbers in a range."""
    span = max(high - low, 1e-9)
    power = 10 ** np.floor(np.log10(span / most))
    step = next(float(power * s) for s in _STEPS if span / (power * s) <= most)
    first = np.ceil(low / step)
    return [float(round(i * step, 9)) for i in np.arange(first, np.floor(high / step) + 1)]
