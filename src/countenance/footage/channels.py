"""What becomes of a recording's channels when they are mixed to one, and where their peaks are cut off."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from countenance.errors import Span
from countenance.media.read import SAMPLE_RATE
from countenance.people.speech import VAD_CHUNK

_STEP_S = VAD_CHUNK / SAMPLE_RATE
_NEAR_PEAK = 0.89
"""1 dB below the peak."""
_QUIETEST_PEAK = 1e-4

_WINDOW_STEPS = 940
"""30 s: a ceiling is looked for in each, as gain may be changed between."""
_CEILING_DB = 1.5
_BELOW_DB = 4.0
_FEWEST = 10
_ABOVE_CEILING = 0.03
_PILE = 1.1
_FLATNESS = 1.8


class ChannelMeter:
    """Is told of every decoded frame before the channels are mixed (`countenance.media.read.audio_blocks`)."""

    def __init__(self) -> None:
        self._parts: list[NDArray[np.float32]] = []
        self._times: list[NDArray[np.float32]] = []
        self._waiting = np.zeros((0, 0), np.float32)
        self._waiting_s = 0.0
        self._rate = 0
        self._power = np.zeros(2)
        self._product = 0.0
        self._is_stereo = False

    def __call__(self, start_s: float, rate: int, channels: NDArray[np.float32]) -> None:
        due_s = self._waiting_s + self._waiting.shape[1] / max(self._rate, 1)
        is_new = rate != self._rate or len(channels) != len(self._waiting)
        if is_new or abs(start_s - due_s) > _STEP_S:
            if self._waiting.shape[1] and not is_new:
                self._measure(round(rate * _STEP_S))
            self._rate, self._waiting, self._waiting_s = rate, channels[:, :0], start_s
            self._is_stereo = len(channels) == 2
        self._waiting = np.concatenate([self._waiting, channels], axis=1)
        step = round(rate * _STEP_S)
        # About a second at once is quicker than each frame for itself.
        if self._waiting.shape[1] >= 32 * step:
            self._measure(step)

    def _measure(self, step: int) -> None:
        count = self._waiting.shape[1] // step
        whole = np.ascontiguousarray(self._waiting[:, : count * step])
        self._waiting = self._waiting[:, count * step :].copy()
        if self._is_stereo:
            self._power += np.square(whole, dtype=np.float64).sum(axis=1)
            self._product += float(np.dot(whole[0].astype(np.float64), whole[1]))
        steps = whole.reshape(len(whole), count, step)
        # The loudest channel speaks for all.
        loudest = steps[np.abs(steps).max(axis=2).argmax(axis=0), np.arange(count)]
        tops = np.stack([loudest.max(axis=1), -loudest.min(axis=1)])
        both = np.stack([loudest, -loudest])
        near = (both > _NEAR_PEAK * tops[..., None]).mean(axis=2)
        self._parts.append(np.concatenate([tops, near]).astype(np.float32))
        self._times.append((self._waiting_s + _STEP_S * np.arange(count)).astype(np.float32))
        self._waiting_s += count * step / self._rate

    def clipped(self) -> tuple[Span, ...]:
        """Moments at which the peaks of the sound are cut off flat; `worst` is the share of samples at the ceiling, %.

        A voice's peaks differ from one to the next and are sharp. Cut off, they pile up at one height and are broad.
        A limiter makes a pile as well but leaves the peaks sharp. Both survive a change of gain and lossy coding.
        """
        self._flush()
        if not self._parts:
            return ()
        peaks, times = np.concatenate(self._parts, axis=1), np.concatenate(self._times)
        found: list[Span] = []
        for start in range(0, peaks.shape[1], _WINDOW_STEPS):
            part = slice(start, start + _WINDOW_STEPS)
            hit = np.zeros(len(times[part]), np.float32)
            for side in (0, 1):
                hit = np.maximum(hit, _at_ceiling(peaks[side, part], peaks[2 + side, part]))
            found += [
                Span(float(time), float(time) + _STEP_S, 100 * float(share))
                for time, share in zip(times[part], hit, strict=True)
                if share > 0
            ]
        return tuple(found)

    def dead_channel_db(self) -> float:
        """How much quieter the quieter of two channels is, 0 or more; 0 where there are not two or both are silent."""
        self._flush()
        loud, quiet = self._power.max(), self._power.min()
        return float(10 * np.log10(loud / max(quiet, loud * 1e-12))) if loud > 0 else 0.0

    def correlation(self) -> float:
        """Of two channels, -1 (one is the other upside down: mixed, they cancel) to 1; 1 where there are not two."""
        self._flush()
        scale = float(np.sqrt(self._power.prod()))
        return self._product / scale if scale > 0 else 1.0

    def _flush(self) -> None:
        step = round(self._rate * _STEP_S)
        if step and self._waiting.shape[1] >= step:
            self._measure(step)


def _at_ceiling(tops: NDArray[np.float32], near: NDArray[np.float32]) -> NDArray[np.float32]:
    """For each step the share of its samples that lie at the ceiling, 0 where there is none: (n,)."""
    level = 20 * np.log10(np.maximum(tops, _QUIETEST_PEAK))
    best, ceiling = 0.0, None
    peak = float(np.percentile(level, 99.9))
    for candidate in np.arange(peak - 8, peak + 0.5, 0.5):
        at = (level > candidate - 0.5) & (level <= candidate - 0.5 + _CEILING_DB)
        below = (level > candidate - 0.5 - _BELOW_DB) & (level <= candidate - 0.5)
        above = level > candidate - 0.5 + _CEILING_DB
        if at.sum() < _FEWEST or above.mean() > _ABOVE_CEILING:
            continue
        pile = at.sum() / _CEILING_DB / (max(int(below.sum()), _FEWEST // 2) / _BELOW_DB)
        flatness = np.median(near[at]) / np.median(near[below]) if below.any() else np.inf
        if flatness > _FLATNESS and pile > max(best, _PILE):
            best, ceiling = float(pile), at
    if ceiling is None:
        return np.zeros(len(tops), np.float32)
    return np.asarray(np.where(ceiling, near, 0.0), np.float32)
