"""Every mouth that was filmed: small pictures with their landmarks, from which new speech is put together.

A patch is an upright cut of the original frame around the lower face at its own resolution, so that a mouth is
resampled only once, on its way into the rendered picture. Patches are kept as JPEG and opened when they are needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from countenance.engine.errors import REPLICA_DAMAGED
from countenance.engine.landmarks import EYE_CORNERS, LIPS_INNER, LIPS_OUTER, MOUTH, RING
from countenance.errors import CountenanceError, Finding

Array = NDArray[np.float32]
Picture = NDArray[np.uint8]

PATCH_REACH = 1.05
"""Half the side of a patch in eye distances: lips, chin and cheeks with room for the head to roll."""
LARGEST_PATCH_PX = 512
_JPEG_QUALITY = 95
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""The markers after which a JPEG picture says how large it is (ITU-T T.81, table B.1)."""
_OPEN_PATCHES = 512

CONTROL = np.concatenate([RING, MOUTH])
"""Points that guide the warp, in this order."""


@dataclass(frozen=True, slots=True)
class Patch:
    """A cut of a frame."""

    jpeg: bytes
    from_frame: Array
    """(2, 3) similarity from pixels of the frame to pixels of the patch"""
    sharpness: float
    """variance of the Laplacian of its brightness; falls with motion blur and lost focus"""


def cut_patch(image: Picture, points: Array) -> Patch:
    """The lower face of a frame (H, W, 3), found by its landmarks (468, 2). Beyond the picture's edge it repeats."""
    eyes = float(np.linalg.norm(points[EYE_CORNERS[0]] - points[EYE_CORNERS[1]]))
    centre = points[np.concatenate([LIPS_OUTER, LIPS_INNER])].mean(axis=0)
    reach = max(4.0, PATCH_REACH * eyes)
    left, top = (int(v) for v in np.floor(centre - reach))
    right, bottom = (int(v) for v in np.ceil(centre + reach))
    height, width = image.shape[:2]
    inside = image[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
    over = max(0, -top), max(0, bottom - height), max(0, -left), max(0, right - width)
    cut = cv2.copyMakeBorder(inside, *over, borderType=cv2.BORDER_REPLICATE) if any(over) else inside
    scale = min(1.0, LARGEST_PATCH_PX / max(cut.shape[:2]))
    if scale < 1.0:
        cut = cv2.resize(cut, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    from_frame = np.array([[scale, 0, -left * scale], [0, scale, -top * scale]], np.float32)
    grey = cv2.cvtColor(cut, cv2.COLOR_RGB2GRAY)
    return Patch(_jpeg(np.asarray(cut, np.uint8)), from_frame, float(cv2.Laplacian(grey, cv2.CV_32F).var()))


@dataclass(frozen=True, slots=True, eq=False)
class Atlas:
    """N filmed mouths in the order of the playing clip."""

    frame: NDArray[np.int32]
    """(N,) index of the frame in the footage; neighbours in time are natural successors"""
    code: Array
    """(N, 12) mouth codes"""
    gap: Array
    """(N,) inner lip gap"""
    pose: Array
    """(N, 3) degrees"""
    control: Array
    """(N, C, 2) canonical places of `CONTROL`"""
    from_canonical: Array
    """(N, 2, 3) from canonical coordinates to pixels of the patch"""
    jpegs: Sequence[bytes]
    """N encoded patches"""

    def __len__(self) -> int:
        return len(self.frame)

    def patch(self, index: int) -> Picture:
        """(h, w, 3) the picture of one mouth."""
        return _opened(self.jpegs[index])


@lru_cache(maxsize=_OPEN_PATCHES)
def _opened(jpeg: bytes) -> Picture:
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR_RGB)
    if picture is None:
        raise CountenanceError(Finding(REPLICA_DAMAGED, detail="The picture of a mouth cannot be opened."))
    return np.asarray(picture, np.uint8)


def check_patch(jpeg: bytes) -> None:
    """Whether this begins as the JPEG picture of a mouth does, and is not far larger than one; it is not decoded.

    Raises:
        ValueError: if it does not.
    """
    place = 2 if jpeg.startswith(b"\xff\xd8") else len(jpeg)
    while place + 9 <= len(jpeg) and jpeg[place] == 0xFF:
        kind, length = jpeg[place + 1], int.from_bytes(jpeg[place + 2 : place + 4])
        if kind in _JPEG_FRAMES:
            height, width = (int.from_bytes(jpeg[place + at : place + at + 2]) for at in (5, 7))
            if min(height, width) > 0 and max(height, width) <= 2 * LARGEST_PATCH_PX:
                return
            break
        place += 2 + length
    raise ValueError("a patch is no small JPEG picture")


def _jpeg(rgb: Picture) -> bytes:
    options = [
        cv2.IMWRITE_JPEG_QUALITY,
        _JPEG_QUALITY,
        # Full colour resolution: lips and teeth differ in colour more than in brightness.
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    ]
    return bytes(cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), options)[1])
