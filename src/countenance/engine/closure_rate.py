"""How often lips meet where a p, b or m is said: of real footage, and of a replica beside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countenance.engine.closure import BILABIALS, CLOSED_AFTER_S
from countenance.media.read import FPS
from countenance.voice.speech import PAUSE, WORD_GAP, Phone

Array = NDArray[np.float32]

_NEAR_FRAMES = 2
_CLOSED_QUANTILE = 0.25


@dataclass(frozen=True, slots=True)
class ClosureRate:
    """Shares of `count` sounds, 0 to 1; NaN if there are none."""

    rate: float
    chance: float
    """the share of all other sounds of speech at which lips are closed as well"""
    count: int


def closed_below(gap: Array, speaking: Array) -> float:
    """What counts as closed for a person: the lower quarter of the real lip gaps (T,) while `speaking` (T,).

    Of speech alone: whoever is silent for half of a recording would have to press the lips together else.
    """
    known = np.isfinite(gap) & (speaking > 0.5)
    return float(np.quantile(gap[known], _CLOSED_QUANTILE)) if known.any() else float("nan")


def closure_rate(
    gap: Array, phones: tuple[Phone, ...], below: float, symbols: frozenset[str] = BILABIALS
) -> ClosureRate:
    """The share of the sounds `symbols` at which the lip gap (T,) is `below` for a frame within two frames.

    Sounds outside the T frames, or at which no gap is known (NaN), are not counted.
    """
    others = [phone for phone in phones if phone.symbol not in {*symbols, *BILABIALS, PAUSE, WORD_GAP}]
    closed = _closed(gap, [phone for phone in phones if phone.symbol in symbols], below)
    return ClosureRate(_mean(closed), _mean(_closed(gap, others, below)), len(closed))


def _closed(gap: Array, phones: list[Phone], below: float) -> NDArray[np.bool_]:
    """Whether lips are closed at each of the phones that can be seen."""
    at = np.array([round((phone.start_s + CLOSED_AFTER_S) * FPS - 0.5) for phone in phones], np.intp)
    at = at[(at >= _NEAR_FRAMES) & (at < len(gap) - _NEAR_FRAMES)]
    around = gap[at[:, None] + np.arange(-_NEAR_FRAMES, _NEAR_FRAMES + 1)]
    around = around[np.isfinite(around).all(axis=1)]
    return np.asarray((around < below).any(axis=1))


def _mean(values: NDArray[np.bool_]) -> float:
    return float(values.mean()) if len(values) else float("nan")
