"""How near a rendered mouth is to the real one, and how it looks where there is nothing to compare with.

All figures are computed from pixels and tracked landmarks; none needs weights of its own. 1 is like the real
footage for every ratio.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from countenance.engine.landmarks import LIPS_INNER, LIPS_OUTER

Array = NDArray[np.float32]
Picture = NDArray[np.uint8]
Box = tuple[int, int, int, int]

_MARGIN = 0.35
_EDGE = 0.02
_CHANCE_STEP_FRAMES = 75
_SSIM_SIGMA = 1.5
_SSIM_C1, _SSIM_C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
_LIPS = np.concatenate([LIPS_OUTER, LIPS_INNER])


@dataclass(slots=True)
class LipComparison:
    """Sums over pairs of a real and a rendered frame, given one after another."""

    squared_error: float = 0.0
    values: int = 0
    ssim: list[float] = field(default_factory=list)
    sharpness_real: list[float] = field(default_factory=list)
    sharpness_rendered: list[float] = field(default_factory=list)
    change_real: list[float] = field(default_factory=list)
    change_rendered: list[float] = field(default_factory=list)
    _before: tuple[Picture, Picture] | None = None

    def add(self, real: Picture, rendered: Picture, box: Box, *, follows: bool) -> None:
        """A pair of frames (H, W, 3), compared inside `box`; `follows` if they come right after the last pair."""
        a, b = _cut(real, box), _cut(rendered, box)
        self.squared_error += float(((a.astype(np.float32) - b) ** 2).sum())
        self.values += a.size
        grey_a, grey_b = cv2.cvtColor(a, cv2.COLOR_RGB2GRAY), cv2.cvtColor(b, cv2.COLOR_RGB2GRAY)
        self.ssim.append(ssim(np.asarray(grey_a, np.uint8), np.asarray(grey_b, np.uint8)))
        self.sharpness_real.append(float(cv2.Laplacian(grey_a, cv2.CV_32F).var()))
        self.sharpness_rendered.append(float(cv2.Laplacian(grey_b, cv2.CV_32F).var()))
        if follows and self._before is not None:
            self.change_real.append(_change(_cut(self._before[0], box), a))
            self.change_rendered.append(_change(_cut(self._before[1], box), b))
        self._before = real, rendered

    def figures(self) -> dict[str, float]:
        """Lip PSNR in dB, SSIM, and the ratios of sharpness and flicker."""
        error = self.squared_error / max(1, self.values)
        return {
            "lip_psnr_db": float(10 * np.log10(255.0**2 / max(error, 1e-9))),
            "lip_ssim": float(np.mean(self.ssim)),
            "sharpness_ratio": _ratio(self.sharpness_rendered, self.sharpness_real),
            "flicker_ratio": _ratio(self.change_rendered, self.change_real),
        }


@dataclass(slots=True)
class SeamComparison:
    """How much an edge shows where the mouth is put into the picture; pairs of frames, given one after another."""

    real: float = 0.0
    rendered: float = 0.0

    def add(self, real: Picture, rendered: Picture, box: Box, opacity: Array) -> None:
        """A pair of frames (H, W, 3), compared where `opacity` (h, w), which lies over `box`, rises from 0 to 1."""
        edge = (opacity > _EDGE) & (opacity < 1.0 - _EDGE)
        if edge.any():
            self.real += float(_steepness(_cut(real, box))[edge].mean())
            self.rendered += float(_steepness(_cut(rendered, box))[edge].mean())

    def figures(self) -> dict[str, float]:
        """The steepness of brightness along the seam, divided by that of the filmed picture there."""
        return {"seam_ratio": self.rendered / self.real if self.real > 0 else float("nan")}


def lips_box(points: Array, shape: tuple[int, ...]) -> Box:
    """(left, top, right, bottom) around the lips of landmarks (468, 2), with a margin, inside a picture's shape."""
    lips = points[_LIPS]
    low, high = lips.min(axis=0), lips.max(axis=0)
    margin = _MARGIN * float((high - low).max())
    left, top = (max(0, int(v)) for v in np.floor(low - margin))
    right, bottom = (int(v) for v in np.ceil(high + margin))
    return left, top, min(shape[1], right), min(shape[0], bottom)


def ssim(a: Picture, b: Picture) -> float:
    """Structural similarity of two grey pictures, -1 to 1 (Wang et al. 2004, doi 10.1109/TIP.2003.819861)."""
    x, y = a.astype(np.float64), b.astype(np.float64)
    mean_x, mean_y = _blur(x), _blur(y)
    var_x, var_y = _blur(x * x) - mean_x**2, _blur(y * y) - mean_y**2
    both = _blur(x * y) - mean_x * mean_y
    upper = (2 * mean_x * mean_y + _SSIM_C1) * (2 * both + _SSIM_C2)
    lower = (mean_x**2 + mean_y**2 + _SSIM_C1) * (var_x + var_y + _SSIM_C2)
    return float((upper / lower).mean())


def motion_figures(real_gap: Array, rendered_gap: Array, speaking: Array) -> dict[str, float]:
    """How the rendered lip gap (T,) follows the real one: over all frames, in speech alone, by chance, in silence.

    Chance is the mean correlation with the real gap moved by multiples of 3 s: other sentences, same rhythm.
    """
    known = np.isfinite(real_gap) & np.isfinite(rendered_gap)
    loud, silent = known & (speaking > 0.5), known & (speaking <= 0.0)
    shifts = range(_CHANCE_STEP_FRAMES, len(real_gap) - _CHANCE_STEP_FRAMES + 1, _CHANCE_STEP_FRAMES)
    chance = [correlation(np.roll(real_gap, shift)[known], rendered_gap[known]) for shift in shifts]
    spread = float(np.std(real_gap[loud])) if loud.any() else 0.0
    still = float(np.std(rendered_gap[silent])) / spread if silent.sum() > 1 and spread > 0 else float("nan")
    return {
        "gap_correlation": correlation(real_gap[known], rendered_gap[known]),
        "gap_correlation_in_speech": correlation(real_gap[loud], rendered_gap[loud]),
        "gap_correlation_by_chance": float(np.mean(chance)) if chance else float("nan"),
        "gap_spread_ratio": float(np.std(rendered_gap[loud])) / spread if spread > 0 else float("nan"),
        "movement_in_silence": still,
    }


def correlation(a: Array, b: Array) -> float:
    """Pearson's r; NaN if one of them does not vary."""
    if len(a) < 2 or a.std() == 0 or b.std() == 0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def _cut(picture: Picture, box: Box) -> Picture:
    left, top, right, bottom = box
    return picture[top:bottom, left:right]


def _steepness(picture: Picture) -> Array:
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    return np.asarray(cv2.magnitude(across, down), np.float32)


def _change(before: Picture, after: Picture) -> float:
    return float(np.abs(after.astype(np.float32) - before).mean())


def _blur(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(cv2.GaussianBlur(values, (11, 11), _SSIM_SIGMA), np.float64)


def _ratio(rendered: list[float], real: list[float]) -> float:
    return float(np.mean(rendered) / np.mean(real)) if real and np.mean(real) > 0 else float("nan")
