"""From a decoded picture to upright RGB: rotation, pixel shape, colour matrix and size."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import numpy as np
from av.sidedata.sidedata import SideDataContainer
from av.sidedata.sidedata import Type as SideDataType
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from countenance.media.hdr import is_hdr, usual

_UNSPECIFIED_MATRIX = 2  # AVCOL_SPC_UNSPECIFIED
_HD_HEIGHT, _HD_WIDTH = 720, 1280
_SAME_SIZE = Interpolation.BICUBIC | Interpolation.FULL_CHR_H_INP | Interpolation.ACCURATE_RND
_SMALLER = Interpolation.AREA | Interpolation.FULL_CHR_H_INP | Interpolation.ACCURATE_RND


@dataclass(frozen=True, slots=True)
class Orientation:
    """How a player turns the stored picture: exchange rows and columns first, then mirror."""

    transpose: bool = False
    mirror_x: bool = False
    mirror_y: bool = False

    @property
    def clockwise_deg(self) -> int:
        """The turn alone, without a mirroring: 0, 90, 180 or 270."""
        if self.transpose:
            return 270 if self.mirror_y else 90
        return 180 if self.mirror_y else 0

    def apply(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The picture as it is meant to be seen, contiguous."""
        return np.ascontiguousarray(self.seen(rgb))

    def seen(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The same as a view, for a picture (H, W) or (H, W, 3)."""
        if self.transpose:
            picture = picture.swapaxes(0, 1)
        return picture[:: -1 if self.mirror_y else 1, :: -1 if self.mirror_x else 1]


def orientation(picture: VideoFrame) -> Orientation:
    """What the display matrix asks for, rounded to quarter turns; upright if there is none.

    The matrix is 3x3, row vectors: x' = m00 x + m10 y, y' = m01 x + m11 y (ISO/IEC 14496-12, 6.2.2).
    """
    data = cast(SideDataContainer, picture.side_data).get(SideDataType.DISPLAYMATRIX)
    if data is None:
        return Orientation()
    matrix = np.frombuffer(bytes(data), dtype=np.int32).reshape(3, 3)
    (m00, m01), (m10, m11) = matrix[0, :2].tolist(), matrix[1, :2].tolist()
    if abs(m10) > abs(m00):
        return Orientation(transpose=True, mirror_x=m10 < 0, mirror_y=m01 < 0)
    return Orientation(mirror_x=m00 < 0, mirror_y=m11 < 0)


def displayed_size(picture: VideoFrame, pixel_aspect: Fraction | None, turn: Orientation) -> tuple[int, int]:
    """Width and height as seen: square pixels, upright."""
    width, height = _square(picture, pixel_aspect)
    return (height, width) if turn.transpose else (width, height)


class PictureReader:
    """Converts the pictures of one stream; all come out in the size that the first one fixes.

    `max_side` limits the longer side in pixels; nothing is enlarged.
    """

    def __init__(self, first: VideoFrame, pixel_aspect: Fraction | None, max_side: int | None) -> None:
        self._turn = orientation(first)
        width, height = _square(first, pixel_aspect)
        shrink = min(1.0, (max_side or max(width, height)) / max(width, height))
        self._width, self._height = max(1, round(width * shrink)), max(1, round(height * shrink))
        self._reformatter = VideoReformatter()

    def rgb(self, picture: VideoFrame) -> NDArray[np.uint8]:
        """(H, W, 3) uint8, full range, upright; of a high dynamic range, what a usual screen shows."""
        deep = is_hdr(picture)
        smaller = self._width * self._height < picture.width * picture.height
        converted = self._reformatter.reformat(
            picture,
            width=self._width,
            height=self._height,
            format="rgb48le" if deep else "rgb24",
            src_colorspace=_assumed_matrix(picture),
            interpolation=_SMALLER if smaller else _SAME_SIZE,
            threads=1,
        )
        if deep:
            return self._turn.apply(usual(cast(NDArray[np.uint16], converted.to_ndarray()), picture))
        return self._turn.apply(cast(NDArray[np.uint8], converted.to_ndarray()))


_EIGHT_BIT_LUMA = ("yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "gray")


def luma(picture: VideoFrame) -> NDArray[np.uint8]:
    """(H, W) as stored, neither turned nor stretched, in the range that the file uses. A view where that is possible:
    it holds the picture's memory.
    """
    if picture.format.name not in _EIGHT_BIT_LUMA:
        return cast(NDArray[np.uint8], picture.reformat(format="gray").to_ndarray())
    plane = picture.planes[0]
    samples: NDArray[np.uint8] = np.frombuffer(memoryview(plane), np.uint8)[: plane.line_size * picture.height]
    return samples.reshape(picture.height, plane.line_size)[:, : picture.width]


def _square(picture: VideoFrame, pixel_aspect: Fraction | None) -> tuple[int, int]:
    """Stored size with the width stretched to square pixels; nonsense in the header is not believed."""
    if pixel_aspect is None or not 0.2 < pixel_aspect < 5:
        return picture.width, picture.height
    return max(1, round(picture.width * pixel_aspect)), picture.height


def _assumed_matrix(picture: VideoFrame) -> Colorspace | None:
    """The colour matrix to assume where the stream names none: BT.709 from HD upwards, else BT.601, as players do."""
    if picture.colorspace != _UNSPECIFIED_MATRIX:
        return None
    large = picture.height >= _HD_HEIGHT or picture.width >= _HD_WIDTH
    return Colorspace.ITU709 if large else Colorspace.ITU601
