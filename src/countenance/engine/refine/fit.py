"""Learn to repair a person's bent mouths within a time budget, and judge whether that is worth having."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from countenance.engine.metrics import LipComparison
from countenance.engine.refine.apply import Device, Picture, Weights, available, weights_of
from countenance.engine.refine.pairs import Pairs, make_pairs
from countenance.engine.replica import Replica
from countenance.engine.speak import MouthPath

CPU_SIDE, CPU_WIDTH = 128, 24
GPU_SIDE, GPU_WIDTH = 224, 48

LEAST_GAIN_DB = 0.05
"""A net that gains less on mouths that it has not learned from is left out."""
LEAST_SHARPNESS = 0.95
"""Of what the bent mouths have."""
MOST_FLICKER = 0.04
"""Farther from the filmed mouths' flicker than the bent mouths are (logarithm of the ratio)."""
_PAIRING_SHARE = 0.25
_MOST_PAIRING_SHARE = 0.4
"""Of the whole time, what the making of pairs is thought to take, and what it may take of a budget."""
_CHECKS = 8

Progress = Callable[[float, float | None], None]
"""Called with the share that is done, 0 to 1, and the seconds left if they can be told. It may raise, to stop."""


@dataclass(frozen=True, slots=True)
class RefineOptions:
    """How a net is learned."""

    budget_s: float = 150.0
    """seconds for all of it"""
    device: Device = "auto"
    threads: int = 0
    """0: one per core"""
    seed: int = 0
    """same seed, `steps`, device and material: same net"""
    steps: int | None = None
    """so many, whatever the budget"""
    side: int | None = None
    """pixels of the crop, a multiple of 16; by device if None"""
    width: int | None = None
    """channels of the first level; by device if None"""
    paint_anew: bool = False
    """a net that paints every pixel of the mouth instead of correcting colour and shade: softer, for comparison"""
    judged: bool = True
    """False: the net is given whatever it is worth, for comparison"""


@dataclass(frozen=True, slots=True, eq=False)
class Refinement:
    """What came of it."""

    weights: Weights | None
    """for `apply.finish_of`; None if mouths are better shown as they were bent"""
    reason: str
    """a sentence that says why"""
    figures: dict[str, float] = field(default_factory=dict)
    """on mouths that were not learned from: `bent_...` and `refined_...` of `metrics.LipComparison`, and the cost"""


def fit_refiner(
    replica: Replica,
    heard: MouthPath,
    options: RefineOptions = RefineOptions(),
    progress: Progress = lambda _share, _left: None,
) -> Refinement:
    """Learn from a replica's own atlas; `heard` is the mouth predicted from the footage's sound, for all its frames.

    Raises:
        CountenanceError: engine.no_gpu.
    """
    if not available():
        return Refinement(None, "Mouths are not refined: torch is not installed (the extra `neural`).")
    from countenance.engine.refine.device import chosen
    from countenance.engine.refine.school import BATCH, School

    clock = _Clock(options, progress)
    device = chosen(options.device, options.threads)
    on_card = device.type == "cuda"
    side = options.side or (GPU_SIDE if on_card else CPU_SIDE)
    lesson = make_pairs(replica, heard, side, clock.pairing, late=clock.late_for_learning)
    if lesson is None:
        return Refinement(None, "Mouths are not refined: there is too little footage to learn it from.")
    width = options.width or (GPU_WIDTH if on_card else CPU_WIDTH)
    school = School(lesson, width, device, options.seed, paint_anew=options.paint_anew)
    bent = compare(lesson.checked, lesson.checked.shown)
    kept: tuple[Weights, dict[str, float]] | None = None
    last = bent
    clock.begin_learning()
    while clock.share < 1.0:
        school.step(clock.share)
        clock.step_done()
        if clock.check_is_due():
            last = compare(lesson.checked, school.pictures(lesson.checked))
            shown = not options.judged or not why_not(last, bent)
            if shown and (kept is None or last["lip_psnr_db"] > kept[1]["lip_psnr_db"]):
                kept = weights_of(school.learned()), last
    best = last if kept is None else kept[1]
    figures = {f"bent_{name}": value for name, value in bent.items()}
    figures |= {f"refined_{name}": value for name, value in best.items()}
    figures |= {"seconds": clock.seconds, "steps": clock.steps, "half_precision": float(school.half)}
    figures |= {"pictures": len(lesson.learned), "epochs": clock.steps * BATCH / len(lesson.learned)}
    gain = best["lip_psnr_db"] - bent["lip_psnr_db"]
    if kept is None:
        return Refinement(None, f"Mouths are not refined: {why_not(last, bent)}", figures)
    return Refinement(kept[0], f"Mouths are refined: {gain:+.2f} dB on mouths that were not learned from.", figures)


def why_not(figures: dict[str, float], bent: dict[str, float]) -> str:
    """Why bent mouths are better than refined ones, in a sentence; empty if they are not."""
    gain = figures["lip_psnr_db"] - bent["lip_psnr_db"]
    if not gain >= LEAST_GAIN_DB:
        return f"on mouths that were not learned from it gains {gain:+.2f} dB, and {LEAST_GAIN_DB} are asked."
    if figures["sharpness_ratio"] < LEAST_SHARPNESS * bent["sharpness_ratio"]:
        return f"sharpness would fall from {bent['sharpness_ratio']:.2f} to {figures['sharpness_ratio']:.2f}."
    away = [abs(math.log(max(each["flicker_ratio"], 1e-6))) for each in (figures, bent)]
    if away[0] > away[1] + MOST_FLICKER:
        return f"flicker would go from {bent['flicker_ratio']:.2f} to {figures['flicker_ratio']:.2f} of the real one."
    return ""


class _Clock:
    """Shares a budget of seconds, or a number of steps, among pairing, learning and checking."""

    def __init__(self, options: RefineOptions, progress: Progress) -> None:
        self._options, self._progress = options, progress
        self._began = self._learning_since = time.monotonic()
        self._checks = 0
        self.steps = 0
        self.share = 0.0
        """of learning that is over"""

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self._began

    def pairing(self, share: float) -> None:
        """Report how far the making of pairs is."""
        self._progress(_PAIRING_SHARE * share, None)

    def late_for_learning(self) -> bool:
        """Whether the pairs have taken as much of the budget as they may."""
        return self._options.steps is None and self.seconds > _MOST_PAIRING_SHARE * self._options.budget_s

    def begin_learning(self) -> None:
        self._learning_since = time.monotonic()

    def step_done(self) -> None:
        """Count a step, and report."""
        self.steps += 1
        learning = time.monotonic() - self._learning_since
        if self._options.steps is not None:
            self.share = min(1.0, self.steps / self._options.steps)
        else:
            planned = self._options.budget_s - (self._learning_since - self._began)
            self.share = min(1.0, learning / max(planned, 1e-3))
        self._progress(_PAIRING_SHARE + (1.0 - _PAIRING_SHARE) * self.share, learning / self.share - learning)

    def check_is_due(self) -> bool:
        """Whether the net should be judged now: some times on the way, and at the end."""
        passed = math.floor(self.share * _CHECKS)
        due, self._checks = passed > self._checks, passed
        return due


def compare(pairs: Pairs, pictures: Picture) -> dict[str, float]:
    """Figures of crops (P, S, S, 3) that stand in the region of each pair, beside what was filmed."""
    comparison = LipComparison()
    for index in range(len(pairs)):
        opacity = pairs.region[index][..., None].astype(np.float32) / 255.0
        real = pairs.real[index]
        mixed = np.rint(real + opacity * (pictures[index].astype(np.float32) - real)).astype(np.uint8)
        left, top, right, bottom = (int(edge) for edge in pairs.lips[index])
        comparison.add(real, mixed, (left, top, right, bottom), follows=bool(pairs.follows[index]))
    return comparison.figures()
