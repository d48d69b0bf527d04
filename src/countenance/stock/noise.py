"""Tileable noise from which skin, wool and irises take their irregularity."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_BANDS = ((6, 1.6), (3, 2.0), (70, 0.9), (22, 0.5))
"""Cycles per tile and spread in octaves of: mottling, blotches, pores, spots."""


def noise(size: int, seed: int) -> NDArray[np.uint8]:
    """A picture (size, size, 4) of band-limited noise, the mean of each channel in the middle of [0, 255]."""
    rng = np.random.default_rng(seed)
    f = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.fftfreq(size)[None]) * size
    channels = []
    for centre, spread in _BANDS:
        shape = np.exp(-np.square(np.log((f + 0.3) / centre) / spread))
        value = np.fft.ifft2(np.fft.fft2(rng.standard_normal((size, size))) * shape).real
        channels.append(np.clip(0.5 + 0.18 * value / value.std(), 0, 1))
    return np.round(np.stack(channels, -1) * 255).astype(np.uint8)
