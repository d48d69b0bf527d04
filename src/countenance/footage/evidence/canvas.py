"""Lines, boxes, arrows and labels on a picture, and the bar below it that says what is shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]
Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, width, height."""

WIDEST_PX, TALLEST_PX = 960, 760
_NARROWEST_PX = 480

# Read as well on skin as on black and white: each line has a dark edge.
MEASURED: Colour = (255, 196, 61)
WRONG: Colour = (255, 94, 77)
RIGHT: Colour = (74, 222, 158)
ADVICE: Colour = (126, 186, 250)
ALLOWED: Colour = (255, 255, 255)
QUIET: Colour = (150, 162, 172)
PAPER: Colour = (21, 25, 29)
_BAR: Colour = (13, 16, 19)
_FAINT: Colour = (176, 186, 194)
_FINER = 2
"""Everything is drawn twice as large and made smaller, which smooths its edges."""


@dataclass(frozen=True, slots=True)
class Caption:
    """What stands in the bar below a picture."""

    when: str
    """Time code, or empty."""
    title: str
    value: str = ""
    """Measured against the limit: `38 degrees, limit 25`."""
    colour: Colour = MEASURED


class Canvas:
    """A picture of at most WIDEST_PX x TALLEST_PX to draw on; coordinates are pixels of the picture it was given."""

    def __init__(self, rgb: NDArray[np.uint8], *, widest: int = WIDEST_PX, tallest: int = TALLEST_PX) -> None:
        height, width = rgb.shape[:2]
        self.scale = min(widest / width, tallest / height)
        self.size = max(2, round(width * self.scale)), max(2, round(height * self.scale))
        way = Image.Resampling.LANCZOS if self.scale < 1 else Image.Resampling.BICUBIC
        self._picture = Image.fromarray(rgb).resize(self.size, way)
        self._ink = Image.new("RGBA", (self.size[0] * _FINER, self.size[1] * _FINER))
        self._draw = ImageDraw.Draw(self._ink)

    @classmethod
    def blank(cls, width: int = WIDEST_PX, height: int = 420) -> Canvas:
        """An empty dark page."""
        return cls(np.full((height, width, 3), PAPER, np.uint8))

    def line(self, points: Sequence[Point], colour: Colour, *, width: float = 2.5, edge: bool = True) -> None:
        """A line through the points."""
        path = [self._at(point) for point in points]
        if len(path) < 2:
            return
        if edge:
            self._draw.line(path, (0, 0, 0, 150), round((width + 2.5) * _FINER), joint="curve")
        self._draw.line(path, (*colour, 255), round(width * _FINER), joint="curve")

    def dashed(self, start: Point, end: Point, colour: Colour, *, width: float = 2.0, dash: float = 9.0) -> None:
        """A dashed straight line; `dash` is in pixels of the finished picture."""
        length = math.dist(start, end) * self.scale
        steps = max(1, round(length / dash))
        for i in range(0, steps, 2):
            a, b = i / steps, min(1.0, (i + 1) / steps)
            self.line([_between(start, end, a), _between(start, end, b)], colour, width=width)

    def box(self, box: Box, colour: Colour, *, label: str = "", dashed: bool = False, below: bool = False) -> None:
        """A frame around a place, with a label above it or below it."""
        left, top, width, height = box
        corners = [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]
        if dashed:
            for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
                self.dashed(start, end, colour)
        else:
            self.line([*corners, corners[0], corners[1]], colour)
        if label:
            gap = 6 / self.scale
            at = (left + width / 2, top + height + gap if below else top - gap)
            self.label(label, at, colour, anchor="top" if below else "bottom")

    def fill(self, box: Box, colour: Colour, opacity: float = 0.25) -> None:
        """Tint a place."""
        left, top, width, height = box
        right, bottom = left + width, top + height
        self.shape([(left, top), (right, top), (right, bottom), (left, bottom)], colour, opacity)

    def shape(self, points: Sequence[Point], colour: Colour, opacity: float = 1.0) -> None:
        """Tint what the points enclose."""
        path = [self._at(point) for point in points]
        if opacity >= 1.0:
            self._draw.polygon(path, (*colour, 255))
            return
        tint = Image.new("RGBA", self._ink.size)
        ImageDraw.Draw(tint).polygon(path, (*colour, round(255 * opacity)))
        self._ink = Image.alpha_composite(self._ink, tint)
        self._draw = ImageDraw.Draw(self._ink)

    def arrow(self, start: Point, end: Point, colour: Colour, *, width: float = 4.0) -> None:
        """An arrow from start to end."""
        self.line([start, end], colour, width=width)
        (x0, y0), (x1, y1) = self._at(start), self._at(end)
        length = math.hypot(x1 - x0, y1 - y0)
        if length < 1:
            return
        ux, uy = (x1 - x0) / length, (y1 - y0) / length
        head = min(length * 0.6, 9.0 * _FINER + width * _FINER)
        base = (x1 - ux * head, y1 - uy * head)
        tip = (x1 + ux * width * _FINER, y1 + uy * width * _FINER)
        wing = head * 0.62
        shape = [tip, (base[0] - uy * wing, base[1] + ux * wing), (base[0] + uy * wing, base[1] - ux * wing)]
        self._draw.polygon(shape, (*colour, 255), (0, 0, 0, 150), _FINER)

    def dot(self, at: Point, colour: Colour, *, radius: float = 4.0) -> None:
        """A small disc; `radius` is in pixels of the finished picture."""
        x, y = self._at(at)
        r = radius * _FINER
        self._draw.ellipse((x - r, y - r, x + r, y + r), (*colour, 255), (0, 0, 0, 150), _FINER)

    def label(self, text: str, at: Point, colour: Colour, *, anchor: str = "middle", size: float = 17.0) -> None:
        """Words on a dark plate whose middle, top, bottom, left or right edge is at a place; kept inside."""
        font = _font(round(size * _FINER))
        pad = 5 * _FINER
        width, height = font.getlength(text) + 2 * pad, size * 1.25 * _FINER + pad
        x, y = self._at(at)
        left = x - {"left": 0.0, "right": 1.0}.get(anchor, 0.5) * width
        top = y - {"top": 0.0, "bottom": 1.0}.get(anchor, 0.5) * height
        left = min(max(0.0, left), max(0.0, self._ink.width - width))
        top = min(max(0.0, top), max(0.0, self._ink.height - height))
        plate = (left, top, left + width, top + height)
        self._draw.rounded_rectangle(plate, 4 * _FINER, (*_BAR, 215))
        middle = (left + width / 2, top + height / 2)
        self._draw.text(middle, text, (*colour, 255), font=font, anchor="mm")

    def text(self, text: str, at: Point, colour: Colour = _FAINT, *, anchor: str = "lm", size: float = 14.0) -> None:
        """Bare words; `anchor` is Pillow's."""
        self._draw.text(self._at(at), text, (*colour, 255), font=_font(round(size * _FINER)), anchor=anchor)

    def drawn(self) -> Image.Image:
        """The picture with what was drawn on it, RGB."""
        ink = self._ink.resize(self.size, Image.Resampling.BOX)
        return Image.alpha_composite(self._picture.convert("RGBA"), ink).convert("RGB")

    def _at(self, point: Point) -> Point:
        return point[0] * self.scale * _FINER, point[1] * self.scale * _FINER


def beside(pictures: Sequence[Image.Image], gap: int = 6) -> Image.Image:
    """Pictures of one height in a row."""
    height = max(picture.height for picture in pictures)
    width = sum(picture.width for picture in pictures) + gap * (len(pictures) - 1)
    row = Image.new("RGB", (width, height), _BAR)
    x = 0
    for picture in pictures:
        row.paste(picture, (x, (height - picture.height) // 2))
        x += picture.width + gap
    return row


def captioned(picture: Image.Image, caption: Caption) -> Image.Image:
    """The picture above a bar with time code, title and value; long titles are broken."""
    width = max(picture.width, _NARROWEST_PX)
    pad, size = 16, 18
    bold, plain = _font(size + 3), _font(size)
    head = "   ".join(part for part in (caption.when, caption.value) if part)
    lines = _broken(caption.title, plain, width - 2 * pad)
    height = pad + (30 if head else 0) + 25 * len(lines) + pad - 6
    page = Image.new("RGB", (width, picture.height + height), _BAR)
    page.paste(picture, ((width - picture.width) // 2, 0))
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, picture.height, width, picture.height + 3), caption.colour)
    y = picture.height + pad
    if head:
        draw.text((pad, y), head, caption.colour, font=bold)
        y += 30
    for line in lines:
        draw.text((pad, y), line, (236, 240, 243), font=plain)
        y += 25
    return page


def _broken(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and font.getlength(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):  # pragma: no cover - Pillow's wheels hold FreeType
        raise TypeError("Pillow without FreeType")
    return font


def _between(start: Point, end: Point, share: float) -> Point:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
