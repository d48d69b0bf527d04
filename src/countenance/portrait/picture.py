"""The picture itself: upright, opaque, and of a size that a video can have."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from countenance.media.image import Image, read_image
from countenance.media.limits import limits_from
from countenance.people.face import detect_faces
from countenance.portrait.face import Picture
from countenance.settings import Settings

MOST_PX = (1920, 1080)
"""Longer and shorter side of the video."""
_FACE_PX = 150.0
"""A face narrower than this is enlarged, twice at most: lips of a few pixels cannot be moved by fractions of one."""
_MOST_ENLARGED = 2.0
_BEHIND = 128
"""What stands behind transparent pixels: mid-grey, as when the picture is checked."""


def prepared(path: Path, settings: Settings) -> Picture:
    """The picture of a file (H, W, 3), at most 1080p, with even sides.

    Raises:
        CountenanceError: what `media.image.read_image` raises.
    """
    rgb = _opaque(read_image(path, limits_from(settings)))
    height, width = rgb.shape[:2]
    most = min(MOST_PX[0] / max(height, width), MOST_PX[1] / min(height, width))
    faces = detect_faces(rgb, settings)
    wanted = np.clip(_FACE_PX / max(faces[0].width, 1.0), 1.0, _MOST_ENLARGED) if faces else 1.0
    scale = min(most, float(wanted))
    size = tuple(max(2, round(side * scale / 2) * 2) for side in (width, height))
    if size != (width, height):
        rgb = np.asarray(
            cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC), np.uint8
        )
    return np.ascontiguousarray(rgb)


def _opaque(image: Image) -> Picture:
    if image.alpha is None or image.alpha.min() == 255:
        return image.rgb
    opacity = image.alpha[..., None].astype(np.float32) / 255
    return np.asarray(np.rint(image.rgb * opacity + _BEHIND * (1 - opacity)), np.uint8)
