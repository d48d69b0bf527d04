"""Lips that meet where a sound is made with them: p, b and m are seen before they are heard.

A regression closes the mouth at these sounds most of the way. Where the times of the phones are known, the rest of
the way is gone along the line on which this person's mouth opens and closes, which leaves width and rounding alone.
How long lips stay together was measured on 65 p and b of two GRID talkers: they are nearest half a frame after the
phone begins, however long its breath lasts, and apart again two frames later. An m is hummed through closed lips.
Lips that met for the whole of the phone, or for longer than these do, followed the real ones less well.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from countenance.engine.atlas import Atlas
from countenance.engine.speak import MouthPath
from countenance.media.read import FPS
from countenance.voice.speech import Phone

Array = NDArray[np.float32]

BILABIALS = frozenset("pbm")
CLOSED_AFTER_S = 0.02
"""When lips are nearest, after the phone has begun."""
_OPEN_BEFORE_END_S = 0.02
_LONGEST_S = 0.2
_FADE_FRAMES = 1.5
_CLOSED_QUANTILE = 0.05


def close_lips(path: MouthPath, phones: tuple[Phone, ...], atlas: Atlas) -> MouthPath:
    """The path with lips together at the beginning of each p and b, and throughout each m."""
    share = _closing(phones, len(path.gap))
    closed = float(np.quantile(atlas.gap, _CLOSED_QUANTILE))
    wanted = path.gap - share * np.maximum(path.gap - closed, 0.0)
    code = path.code + (wanted - path.gap)[:, None] * _opening(atlas)
    return replace(path, code=code.astype(np.float32), gap=wanted.astype(np.float32))


def _closing(phones: tuple[Phone, ...], frames: int) -> Array:
    """(frames,) 1 where the lips must meet, fading to 0 where they are free."""
    times = (np.arange(frames) + 0.5) / FPS
    share = np.zeros(frames, np.float32)
    for phone in phones:
        if phone.symbol not in BILABIALS:
            continue
        start_s = end_s = phone.start_s + CLOSED_AFTER_S
        if phone.symbol == "m":
            end_s = max(end_s, min(phone.end_s, phone.start_s + _LONGEST_S) - _OPEN_BEFORE_END_S)
        near = slice(max(0, int(start_s * FPS - _FADE_FRAMES) - 1), max(0, int(end_s * FPS + _FADE_FRAMES) + 2))
        outside = np.maximum(np.maximum(start_s - times[near], times[near] - end_s), 0.0) * FPS
        share[near] = np.maximum(share[near], np.clip(1.0 - outside / _FADE_FRAMES, 0.0, 1.0))
    return share


def _opening(atlas: Atlas) -> Array:
    """(12,) how the mouth code changes with the lip gap, by least squares over all filmed mouths."""
    gap = atlas.gap - atlas.gap.mean()
    return np.asarray(gap @ (atlas.code - atlas.code.mean(axis=0)) / max(1e-9, float(gap @ gap)), np.float32)
