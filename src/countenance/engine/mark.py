"""The visible mark: a small label in a corner of every picture that says what it is. Drawn once, blended into each.

White on a darkened plate, so that it reads on snow as at night. The letters are those of Pillow's own typeface
(Aileron Regular, CC0), which knows ASCII and little more; for other letters and for emblems there are PNG files.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from countenance.engine.mark_rules import MARK_UNUSABLE
from countenance.errors import CountenanceError, Finding
from countenance.media.image import read_image
from countenance.media.limits import limits_from
from countenance.settings import Settings

Picture = NDArray[np.uint8]
Array = NDArray[np.float32]

_TEXT_HEIGHT, _EMBLEM_HEIGHT, _MARGIN = 0.032, 0.07, 0.025
"""Of the picture's shorter side: the size of letters, the height of a PNG, and the distance from the edges."""
_SMALLEST_TEXT_PX = 12
_WIDEST = 0.6
"""Of the picture's width"""
_MOST_CHARACTERS = 60
_PLATE_ALPHA = 0.55
"""White letters on it keep a contrast of 4.7 to 1 before a white wall (WCAG 2.2 asks for 4.5)."""
_MISSING = "\U0010ffff"
"""A sign that no typeface has"""


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """A label for pictures of one size."""

    colour: Array
    """(h, w, 3) 0 to 255"""
    alpha: Array
    """(h, w, 1) 0 to 1"""
    top: int
    left: int

    def on(self, picture: Picture) -> Picture:
        """A copy of the picture, (H, W, 3) RGB or (H, W, 4) with straight alpha, with the label in its corner."""
        marked = picture.copy()
        height, width = self.alpha.shape[:2]
        part = marked[self.top : self.top + height, self.left : self.left + width]
        below = 1 - self.alpha
        if picture.shape[2] == 4:
            below = below * (part[..., 3:].astype(np.float32) / np.float32(255))
            opaque = self.alpha + below
            part[..., 3] = np.rint(opaque[..., 0] * 255)
            share = 1 / np.maximum(opaque, 1e-6)
        else:
            share = np.ones_like(self.alpha)
        part[..., :3] = np.rint((self.colour * self.alpha + part[..., :3] * below) * share)
        return marked


def mark_for(width: int, height: int, settings: Settings) -> Mark | None:
    """The label that the settings ask for, for pictures of this size in pixels; None if they ask for none.

    Raises:
        CountenanceError: engine.mark_unusable, and what is wrong with a file that is no picture.
    """
    wanted = " ".join(settings.visible_mark.split())
    if not wanted:
        return None
    short = min(width, height)
    drawn = _emblem(Path(settings.visible_mark), short, settings) if _is_file(wanted) else _label(wanted, short)
    room = min(_WIDEST * width / drawn.shape[1], 0.5 * height / drawn.shape[0], 1.0)
    if room < 1.0:
        size = (max(1, int(drawn.shape[1] * room)), max(1, int(drawn.shape[0] * room)))
        drawn = np.asarray(cv2.resize(drawn, size, interpolation=cv2.INTER_AREA), np.float32)
    margin = round(_MARGIN * short)
    alpha = drawn[..., 3:]
    colour = drawn[..., :3] / np.maximum(alpha, 1e-6)
    top, left = height - margin - drawn.shape[0], width - margin - drawn.shape[1]
    return Mark(np.clip(colour, 0, 255), alpha, max(0, top), max(0, left))


def _is_file(wanted: str) -> bool:
    return wanted.lower().endswith(".png")


def _label(text: str, short: int) -> Array:
    """(h, w, 4) the text on its plate: colour times alpha, and alpha from 0 to 1."""
    from PIL import Image, ImageDraw, ImageFont

    size = max(_SMALLEST_TEXT_PX, round(_TEXT_HEIGHT * short))
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise _unusable(text, "Pillow was built without FreeType here and cannot draw letters.")
    if len(text) > _MOST_CHARACTERS:
        raise _unusable(text, f"It has {len(text)} characters; {_MOST_CHARACTERS} are the most.")
    unknown = bytes(font.getmask(_MISSING))
    missing = sorted({sign for sign in text if not sign.isspace() and bytes(font.getmask(sign)) == unknown})
    if missing:
        raise _unusable(text, f"The typeface has no {' '.join(missing)}.")
    left, _, right, _ = font.getbbox(text)
    ascent, descent = font.getmetrics()
    across, down = round(0.5 * size), round(0.22 * size)
    box = (round(right - left) + 2 * across, ascent + descent + 2 * down)
    plate, letters = (Image.new("L", box, 0) for _ in range(2))
    ImageDraw.Draw(plate).rounded_rectangle((0, 0, box[0] - 1, box[1] - 1), radius=round(0.35 * size), fill=255)
    ImageDraw.Draw(letters).text((across - left, down), text, font=font, fill=255)
    white = np.asarray(letters, np.float32) / 255
    alpha = white + (1 - white) * _PLATE_ALPHA * np.asarray(plate, np.float32) / 255
    return np.stack([255 * white] * 3 + [alpha], axis=-1)


def _emblem(path: Path, short: int, settings: Settings) -> Array:
    """(h, w, 4) a picture of the owner's as `_label` gives a text."""
    image = read_image(path, replace(limits_from(settings), file_bytes=sys.maxsize))
    alpha = np.full(image.rgb.shape[:2], 255, np.uint8) if image.alpha is None else image.alpha
    solid = alpha.astype(np.float32)[..., None] / 255
    drawn = np.concatenate([image.rgb * solid, solid], axis=-1).astype(np.float32)
    height = max(1, round(_EMBLEM_HEIGHT * short))
    width = max(1, round(height * drawn.shape[1] / drawn.shape[0]))
    way = cv2.INTER_AREA if height < drawn.shape[0] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(drawn, (width, height), interpolation=way), np.float32)


def _unusable(text: str, detail: str) -> CountenanceError:
    return CountenanceError(Finding(MARK_UNUSABLE, detail=detail, measured=text[:_MOST_CHARACTERS]))
