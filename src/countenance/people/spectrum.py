"""Mel spectra, computed the way the speech models were trained to see them."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000
HOP = 160
WINDOW = 400

_FRAMES_PER_BLOCK = 6_000
_LINEAR_HZ_PER_MEL = 200.0 / 3.0
_LOG_FROM_HZ = 1000.0
_LOG_STEP = np.log(6.4) / 27.0


Taper = Literal["hann", "hamming"]


def mel_power(
    samples: NDArray[np.float32], bands: int, fft_size: int = WINDOW, taper: Taper = "hann"
) -> NDArray[np.float32]:
    """Power in `bands` mel bands every 10 ms, seen through a window of 25 ms: (ceil(n / 160), bands) float32.

    Frame t is centred on sample 160 t; beyond the ends the signal is mirrored.
    """
    count = -(-len(samples) // HOP)
    if count == 0:
        return np.zeros((0, bands), np.float32)
    padded = _mirrored(np.asarray(samples, np.float32), fft_size // 2, count * HOP + fft_size)
    frames = np.lib.stride_tricks.sliding_window_view(padded, fft_size)[::HOP][:count]
    window, filters = _window(fft_size, taper), mel_filters(bands, fft_size)
    power = np.empty((count, bands), np.float32)
    for start in range(0, count, _FRAMES_PER_BLOCK):
        block = slice(start, start + _FRAMES_PER_BLOCK)
        power[block] = np.abs(np.fft.rfft(frames[block] * window)) ** 2 @ filters.T
    return power


@lru_cache
def mel_filters(bands: int, fft_size: int) -> NDArray[np.float32]:
    """Triangular filters of equal area on Slaney's mel scale, 0 to 8 kHz: (bands, fft_size / 2 + 1).

    Source: M. Slaney, Auditory Toolbox, Interval Research technical report 1998-010.
    """
    bins = np.fft.rfftfreq(fft_size, 1.0 / SAMPLE_RATE)
    top = _LOG_FROM_HZ / _LINEAR_HZ_PER_MEL + np.log(SAMPLE_RATE / 2 / _LOG_FROM_HZ) / _LOG_STEP
    mels = np.linspace(0.0, top, bands + 2)
    log_from = _LOG_FROM_HZ / _LINEAR_HZ_PER_MEL
    above = _LOG_FROM_HZ * np.exp(_LOG_STEP * np.maximum(mels - log_from, 0.0))
    hertz = np.where(mels < log_from, mels * _LINEAR_HZ_PER_MEL, above)
    rising = (bins - hertz[:-2, None]) / (hertz[1:-1] - hertz[:-2])[:, None]
    falling = (hertz[2:, None] - bins) / (hertz[2:] - hertz[1:-1])[:, None]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    return np.asarray(triangles * (2.0 / (hertz[2:] - hertz[:-2]))[:, None], np.float32)


def _window(fft_size: int, taper: Taper) -> NDArray[np.float32]:
    window = (np.hanning if taper == "hann" else np.hamming)(WINDOW + 1)[:-1]
    side = (fft_size - WINDOW) // 2
    return np.pad(window, (side, fft_size - WINDOW - side)).astype(np.float32)


def _mirrored(samples: NDArray[np.float32], before: int, length: int) -> NDArray[np.float32]:
    after = max(0, length - before - len(samples))
    # A signal shorter than what is to be mirrored cannot be: silence stands in for the rest.
    mirror = min(before, after, len(samples) - 1)
    mirrored = np.pad(samples, (mirror, mirror), mode="reflect") if mirror > 0 else samples
    return np.pad(mirrored, (before - mirror, after - mirror))
