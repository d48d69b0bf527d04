"""From a high dynamic range to a usual one: telephones film in HLG, and everything behind the reader is BT.709."""

from __future__ import annotations

from functools import lru_cache
from typing import cast

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorTrc
from numpy.typing import NDArray

_WHITE_NITS = 203.0
"""A white wall, of ITU-R BT.2408; brighter are lamps and glints."""
_HLG_WHITE = 0.2650
"""The same of HLG's scene light: 75 % of the signal."""
_KNEE = 0.75
"""Light up to this share of white stays as it is; what is brighter, without end, fades into white."""
_FROM_BT2020 = np.array(
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]], np.float32
)
"""ITU-R BT.2087."""
_STEPS = 4096
"""Of light, evenly on its square root: finer than eight bits everywhere."""


def is_hdr(picture: VideoFrame) -> bool:
    """Whether the values of a picture stand for more light than a usual screen has."""
    return picture.color_trc in (ColorTrc.ARIB_STD_B67, ColorTrc.SMPTE2084)


def usual(deep: NDArray[np.uint16], picture: VideoFrame) -> NDArray[np.uint8]:
    """(H, W, 3) full-range RGB as `picture` has it to BT.709 with eight bits."""
    import cv2  # most pictures that are read need none of it

    transfer = ColorTrc(picture.color_trc)
    light = _light(transfer)[deep]
    if picture.color_primaries == ColorPrimaries.BT2020:
        light = cast(NDArray[np.float32], cv2.transform(light, _FROM_BT2020))
    # What BT.709 cannot show comes out negative, and lamps above the scale.
    most = _brightest(transfer)
    steps = np.sqrt(np.clip(light, 0.0, most)) * np.float32((_STEPS - 1) / most**0.5)
    return np.asarray(_codes(transfer)[steps.astype(np.uint16)], np.uint8)


@lru_cache
def _light(transfer: ColorTrc) -> NDArray[np.float32]:
    """(65536,) linear light of each value, 1 for white: of the scene in HLG, of the screen in PQ."""
    signal = np.arange(65536) / 65535
    if transfer == ColorTrc.ARIB_STD_B67:
        above = (np.exp((signal - 0.55991073) / 0.17883277) + 0.28466892) / 12
        return (np.where(signal <= 0.5, signal**2 / 3, above) / _HLG_WHITE).astype(np.float32)
    power = signal ** (1 / 78.84375)
    nits = 10_000 * (np.maximum(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)) ** (1 / 0.1593017578125)
    return (nits / _WHITE_NITS).astype(np.float32)


def _brightest(transfer: ColorTrc) -> float:
    return float(_light(transfer)[-1]) if transfer == ColorTrc.ARIB_STD_B67 else 10.0


@lru_cache
def _codes(transfer: ColorTrc) -> NDArray[np.uint8]:
    """(_STEPS,) value in BT.709 of each step of light."""
    light = _brightest(transfer) * ((np.arange(_STEPS) + 0.5) / _STEPS) ** 2
    over = np.maximum(light - _KNEE, 0)
    light = np.where(light > _KNEE, _KNEE + (1 - _KNEE) * (1 - np.exp(-over / (1 - _KNEE))), light)
    if transfer == ColorTrc.ARIB_STD_B67:
        code = np.where(light < 0.018, 4.5 * light, 1.099 * light**0.45 - 0.099)
    else:
        code = light ** (1 / 2.4)
    return cast(NDArray[np.uint8], np.rint(255 * np.clip(code, 0, 1)).astype(np.uint8))
