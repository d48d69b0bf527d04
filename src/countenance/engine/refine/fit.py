"""Learn to repair a person's bent mouths, and judge whether that is worth having."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from countenance.engine.checkpoint import Checkpoints
from countenance.engine.metrics import LipComparison
from countenance.engine.refine.apply import Device, Picture, Weights, available, weights_of
from countenance.engine.refine.pace import Pace, Progress, own_time
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
STEPS = 2500
"""Two quiet cores do them in two and a half minutes, one in three and a half."""

_BEST = "best."


@dataclass(frozen=True, slots=True)
class RefineOptions:
    """How a net is learned."""

    budget_s: float = 150.0
    """seconds that all of it may take; what does not fit is not learned"""
    device: Device = "auto"
    threads: int = 0
    """at most; 0: one per core"""
    seed: int = 0
    """same seed, device, material and number of steps, and one thread: same net"""
    steps: int | None = None
    """so many, however long they take; if None, `STEPS`, or as many as fit into the seconds"""
    side: int | None = None
    """pixels of the crop, a multiple of 16; by device if None"""
    width: int | None = None
    """channels of the first level; by device if None"""
    paint_anew: bool = False
    """a net that paints every pixel of the mouth instead of correcting colour and shade: softer, for comparison"""
    judged: bool = True
    """False: the net is given whatever it is worth, for comparison"""
    patience: float = 1.0
    """at least 1: where others use the processor as well, the seconds may become so many times as many"""


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
    checkpoints: Checkpoints | None = None,
) -> Refinement:
    """Learn from a replica's own atlas; `heard` is the mouth predicted from the footage's sound, for all its frames.

    What is learned is noted in `checkpoints` now and then, and gone on from if something is noted there.

    Raises:
        CountenanceError: engine.no_gpu.
    """
    if not available():
        return Refinement(None, "Mouths are not refined: torch is not installed (the extra `neural`).")
    from countenance.engine.refine.device import Crew, chosen
    from countenance.engine.refine.notes import Notes
    from countenance.engine.refine.school import BATCH, School

    device = chosen(options.device, options.threads)
    on_card = device.type == "cuda"
    most_s = options.budget_s if options.steps is None else math.inf
    # While a card works, the thread that waits for it does not.
    pace = Pace(options.steps or STEPS, most_s, progress, own_time(1.0 if on_card else options.patience))
    side = options.side or (GPU_SIDE if on_card else CPU_SIDE)
    lesson = make_pairs(replica, heard, side, pace.pairing, late=pace.late_for_learning)
    if lesson is None:
        return Refinement(None, "Mouths are not refined: there is too little footage to learn it from.")
    width = options.width or (GPU_WIDTH if on_card else CPU_WIDTH)
    school = School(lesson, width, device, options.seed, paint_anew=options.paint_anew)
    bent = compare(lesson.checked, lesson.checked.shown)
    kept: tuple[Weights, dict[str, float]] | None = None
    last = bent
    crew = Crew(1 if on_card else options.threads or os.cpu_count() or 1)
    pace.begin_learning()
    notes = Notes(checkpoints, {"side": side, "width": width, "device": device.type, "steps": options.steps})
    if (earlier := notes.earlier()) is not None:
        arrays, told = earlier
        school.go_on(arrays, told)
        pace.go_on(told["pace"])
        kept, last = _best_noted(arrays, told), told["last"]
    while pace.share < 1.0:
        crew.step(lambda: school.step(pace.share))
        pace.step_done()
        if pace.check_is_due():
            last = compare(lesson.checked, school.pictures(lesson.checked))
            shown = not options.judged or not why_not(last, bent)
            if shown and (kept is None or last["lip_psnr_db"] > kept[1]["lip_psnr_db"]):
                kept = weights_of(school.learned()), last
        if notes.are_due():
            arrays, told = school.notes()
            best_so_far = {f"{_BEST}{name}": array for name, array in (kept[0] if kept else {}).items()}
            notes.write(
                {**arrays, **best_so_far}, {**told, "pace": pace.notes(), "last": last, "best": kept and kept[1]}
            )
    best = last if kept is None else kept[1]
    figures = {f"bent_{name}": value for name, value in bent.items()}
    figures |= {f"refined_{name}": value for name, value in best.items()}
    figures |= {"seconds": pace.seconds, "steps": pace.steps, "half_precision": float(school.half)}
    figures |= {"pictures": len(lesson.learned), "epochs": pace.steps * BATCH / len(lesson.learned)}
    gain = best["lip_psnr_db"] - bent["lip_psnr_db"]
    if kept is None:
        return Refinement(None, f"Mouths are not refined: {why_not(last, bent)}", figures)
    return Refinement(kept[0], f"Mouths are refined: {gain:+.2f} dB on mouths that were not learned from.", figures)


def _best_noted(arrays: Weights, told: Mapping[str, Any]) -> tuple[Weights, dict[str, float]] | None:
    """The best net that was noted, and its figures, if one was good enough."""
    weights = {name.removeprefix(_BEST): array for name, array in arrays.items() if name.startswith(_BEST)}
    return (weights, dict(told["best"])) if weights else None


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
