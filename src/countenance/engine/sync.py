"""Whether sound and lips of a recording are in step, and by how much they are not.

A motion that is learned from a recording whose sound is late makes lips that are early, with every other sound. It
cannot see this itself: it learns what it is shown. So the recording is compared with what speech lets one expect of
any mouth (`people.lipsync`), which was learned from a voice whose times are known.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from countenance.errors import Span
from countenance.media.read import FPS, SAMPLE_RATE
from countenance.people.lips import LipTrack
from countenance.people.lipsync import Agreement, agreement, band_passed, expected_gap
from countenance.people.speech import speech_spans
from countenance.settings import Settings

Array = NDArray[np.float32]

LEAST_FRAMES = 0.9
"""Less is not put right: of four recordings that are in step (two GRID talkers, the stock presenter, a minute and two
of one talker) up to 0.48 was measured, and 1.1 in all quarters of one that is not."""
_LEAST_SCORE, _LEAST_DISTINCT = 0.45, 0.15
_LEAST_S = 8.0
_PARTS = 4
_PART_LEAST_S = 2.5
_PARTS_AGREE_FRAMES = 0.8
_FARTHEST_FRAMES = 15
_LEAST_OVERLAP_FRAMES = 25


@dataclass(frozen=True, slots=True)
class SoundOffset:
    """How late the sound of a recording is."""

    frames: float
    """at 25/s, negative if it is early; true to about half a frame"""
    score: float
    """correlation of lips and sound there, -1 to 1"""
    certain: bool
    """whether it is far enough from 0, and sure enough, to be put right"""


def sound_offset(gap: Array, samples: Array, settings: Settings) -> SoundOffset:
    """How late the sound, 16 kHz, is for lips whose gap (T,) is known at 25 frames/s, NaN where it is not.

    It is certain only if the lips fit the sound well, there and nowhere else, and all quarters of the recording say so.
    """
    count = len(gap)
    expected, spans = expected_gap(samples, settings)[:count], speech_spans(samples, settings)
    whole = agreement(LipTrack(FPS, gap), expected, spans)
    frames = whole.offset_s * FPS
    parts = [_part(gap, expected, spans, a, b) for a, b in pairwise(np.linspace(0, count, _PARTS + 1).astype(int))]
    told = [part.offset_s * FPS for part in parts if part.compared_s >= _PART_LEAST_S]
    certain = (
        abs(frames) >= LEAST_FRAMES
        and whole.score >= _LEAST_SCORE
        and whole.distinct >= _LEAST_DISTINCT
        and whole.compared_s >= _LEAST_S
        and len(told) > _PARTS // 2
        and all(abs(offset - frames) <= _PARTS_AGREE_FRAMES for offset in told)
    )
    return SoundOffset(frames, whole.score, certain)


def in_step(samples: Array, offset: SoundOffset) -> Array:
    """The sound of the same length, moved to where it belongs if that is certain, with silence where there is none."""
    shift = round(offset.frames * SAMPLE_RATE / FPS) if offset.certain else 0
    if shift >= 0:
        return np.pad(samples[shift:], (0, min(shift, len(samples))))
    return np.pad(samples[:shift], (min(-shift, len(samples)), 0))


def displacement(seen: Array, wanted: Array, speaking: Array) -> tuple[float, float]:
    """How many frames the lip gap `seen` (T,) comes after the one that was `wanted` (T,), and their correlation there.

    Looked for within 15 frames, while somebody speaks; NaN if there is too little to compare.
    """
    nothing = float("nan"), float("nan")
    known = np.isfinite(seen) & np.isfinite(wanted)
    if known.sum() < _LEAST_OVERLAP_FRAMES:
        return nothing
    frames = np.arange(len(seen))
    a, b = (band_passed(np.interp(frames, frames[known], gap[known]).astype(np.float32), FPS) for gap in (seen, wanted))
    lags = np.arange(-_FARTHEST_FRAMES, _FARTHEST_FRAMES + 1)
    fits = np.array([_fit(a, b, known, speaking > 0.5, int(lag)) for lag in lags])
    best = int(np.argmax(fits))
    return (float(lags[best]), float(fits[best])) if fits[best] > 0 else nothing


def _part(gap: Array, expected: Array, spans: tuple[Span, ...], start: int, end: int) -> Agreement:
    moved = [Span(span.start_s - start / FPS, span.end_s - start / FPS) for span in spans]
    inside = [Span(max(0.0, span.start_s), span.end_s) for span in moved if span.end_s > 0]
    return agreement(LipTrack(FPS, gap[start:end]), expected[start:end], inside)


def _fit(
    seen: NDArray[np.float64],
    wanted: NDArray[np.float64],
    known: NDArray[np.bool_],
    spoken: NDArray[np.bool_],
    lag: int,
) -> float:
    """Correlation of what is seen with what was wanted `lag` frames before."""
    at = np.arange(max(0, lag), len(seen) + min(0, lag))
    at = at[known[at] & spoken[at - lag]]
    if len(at) < _LEAST_OVERLAP_FRAMES:
        return 0.0
    x, y = seen[at] - seen[at].mean(), wanted[at - lag] - wanted[at - lag].mean()
    return float(x @ y / np.sqrt((x @ x) * (y @ y) + 1e-12))
