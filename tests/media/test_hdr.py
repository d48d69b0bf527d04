"""Footage with a high dynamic range comes out with the colours that it has on a screen without one."""

from __future__ import annotations

import numpy as np
import pytest
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from countenance.media.picture import PictureReader

SKIN, TEAL, GREY, DARK = (200, 150, 130), (40, 120, 125), (128, 128, 128), (20, 18, 16)
_TO_BT2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])
_WHITE_NITS = 203.0


def hlg(linear: np.ndarray) -> np.ndarray:
    """ARIB STD-B67; reference white is at 75 % of the signal (ITU-R BT.2408)."""
    scene = np.clip(linear * 0.2650, 0, 1)
    low, high = np.sqrt(3 * scene), 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    return np.where(scene <= 1 / 12, low, high)


def pq(linear: np.ndarray) -> np.ndarray:
    """SMPTE ST 2084."""
    power = np.clip(linear * _WHITE_NITS / 10000, 0, 1) ** 0.1593017578125
    return ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375


def seen(code: np.ndarray) -> np.ndarray:
    """Linear light from BT.709 code, as the camera saw it."""
    return np.where(code < 0.081, code / 4.5, ((code + 0.099) / 1.099) ** (1 / 0.45))


def shown(code: np.ndarray) -> np.ndarray:
    """Linear light from BT.709 code, as a screen shows it."""
    return code**2.4


def filmed(colour: tuple[int, int, int], transfer: ColorTrc) -> VideoFrame:
    """An even picture of a colour, in ten bits with BT.2020 colours, as telephones film it."""
    code = np.array(colour) / 255
    signal = hlg(_TO_BT2020 @ seen(code)) if transfer == ColorTrc.ARIB_STD_B67 else pq(_TO_BT2020 @ shown(code))
    deep = np.broadcast_to(np.rint(signal * 65535).astype(np.uint16), (32, 32, 3))
    frame = VideoFrame.from_ndarray(np.ascontiguousarray(deep), format="rgb48le").reformat(
        format="yuv420p10le", dst_colorspace=Colorspace.BT2020, dst_color_range=ColorRange.MPEG
    )
    frame.color_trc, frame.color_primaries = transfer, ColorPrimaries.BT2020
    return frame


@pytest.mark.parametrize("transfer", [ColorTrc.ARIB_STD_B67, ColorTrc.SMPTE2084])
@pytest.mark.parametrize("colour", [SKIN, TEAL, GREY, DARK])
def test_colours_are_those_of_a_usual_recording(colour: tuple[int, int, int], transfer: ColorTrc) -> None:
    frame = filmed(colour, transfer)
    read = PictureReader(frame, None, None).rgb(frame)
    assert read.shape == (32, 32, 3)
    assert read.dtype == np.uint8
    assert read.flags.c_contiguous
    assert np.abs(read.mean(axis=(0, 1)) - colour).max() <= 6


@pytest.mark.parametrize("transfer", [ColorTrc.ARIB_STD_B67, ColorTrc.SMPTE2084])
def test_lights_brighter_than_white_fade_into_white(transfer: ColorTrc) -> None:
    levels = []
    for light in (0.5, 0.8, 1.0, 1.5, 3.0):
        signal = float(hlg(np.array(light)) if transfer == ColorTrc.ARIB_STD_B67 else pq(np.array(light)))
        frame = VideoFrame.from_ndarray(np.full((16, 16, 3), round(signal * 65535), np.uint16), format="rgb48le")
        frame.color_trc, frame.color_primaries = transfer, ColorPrimaries.BT2020
        levels.append(float(PictureReader(frame, None, None).rgb(frame).mean()))
    assert levels == sorted(levels)
    assert len(set(levels)) == 5
    assert 235 <= levels[2] < levels[-1] <= 255
