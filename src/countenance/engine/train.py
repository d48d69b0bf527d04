"""From footage to a replica, in one sitting: listen, watch, learn, measure, store."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countenance import __version__
from countenance.engine.errors import OUT_OF_TIME, TOO_LITTLE_TO_LEARN
from countenance.engine.evaluate import evaluate, take_of
from countenance.engine.learn import Material, learn, put_in_order
from countenance.engine.motion import speaking
from countenance.engine.replica import BASE_CLIP, Replica, check_place, file_sha256, save, storage_errors
from countenance.engine.watch import Watched, watch
from countenance.errors import CountenanceError, Finding, Span
from countenance.media.limits import limits_from
from countenance.media.probe import probe
from countenance.media.read import FPS, SAMPLE_RATE, audio
from countenance.progress import ProgressCallback, StageProgress
from countenance.settings import Settings

STAGES: Mapping[str, float] = {"listen": 2, "watch": 60, "learn": 20, "measure": 15, "store": 3}
"""Share of the time of each stage, as measured on a minute of 360p and of 720p footage."""
_WATCHING_SHARE = 0.6
"""Of a time budget; the rest is for learning from what was watched."""


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """What is known of the footage, and what the training may cost."""

    synthetic: bool = False
    """the footage was declared to be AI-generated"""
    consent: Mapping[str, Any] | None = None
    """the verdict on the consent of the person in the footage, JSON-ready; kept with the replica"""
    usable: tuple[Span, ...] | None = None
    """the parts that may be used; None for all of it"""
    budget_s: float | None = None
    """seconds after which training should be done; less of a long recording is used then"""


def train(
    footage: Path,
    out: Path,
    settings: Settings,
    *,
    options: TrainOptions = TrainOptions(),
    progress: ProgressCallback | None = None,
) -> Replica:
    """Train a replica from a recording and write it as the folder `out`, whole or not at all.

    Raises:
        CountenanceError: whatever is wrong with the footage, the place, or the time budget.
    """
    out = out.resolve()
    check_place(out)
    began = time.monotonic()
    limits = limits_from(settings)
    info = probe(footage, limits)
    stages = StageProgress(STAGES, progress)
    stages.update("listen", 0.0)
    samples = audio(footage, limits=limits)
    with _work_folder(out) as work:
        base_clip = Path(work) / BASE_CLIP
        until = None if options.budget_s is None else began + _WATCHING_SHARE * options.budget_s
        seen = watch(footage, info, base_clip, settings, limits, until=until, progress=stages.stage("watch"))
        _check_time(seen, footage, options, info.duration_s)
        heard = samples[: len(seen.track) * SAMPLE_RATE // FPS]
        voiced = speaking(heard, len(seen.track), settings)
        material = put_in_order(seen, voiced, _allowed(options.usable, len(seen.track)), footage)
        replica = learn(material, heard, base_clip, settings, stages.stage("learn"))
        take = take_of(replica, footage, heard, seen.track, material.held_out, settings)
        figures = evaluate(replica, take, settings, limits, progress=stages.stage("measure"))
        stages.update("store", 0.0)
        seconds = time.monotonic() - began
        description = _description(footage, material, options, figures, seconds)
        replica = save(replace(replica, description=description), out)
    stages.done()
    return replica


def _work_folder(out: Path) -> tempfile.TemporaryDirectory[str]:
    """A folder of its own beside `out`, so that what is finished there need only be renamed."""
    with storage_errors(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent)


def _allowed(usable: tuple[Span, ...] | None, frames: int) -> NDArray[np.bool_]:
    """(frames,) whether a frame lies in one of the usable parts."""
    times = np.arange(frames) / FPS
    if usable is None:
        return np.ones(frames, np.bool_)
    return np.asarray(sum(((times >= span.start_s) & (times < span.end_s) for span in usable), np.zeros(frames)) > 0)


def _check_time(seen: Watched, footage: Path, options: TrainOptions, duration_s: float) -> None:
    """Whether the budget left room to watch enough.

    Raises:
        CountenanceError: engine.out_of_time.
    """
    watched_s = len(seen.track) / FPS
    if options.budget_s is not None and watched_s < min(TOO_LITTLE_TO_LEARN.limit or 0.0, duration_s - 1.0):
        detail = f"{watched_s:.0f} s of {duration_s:.0f} s had been read."
        raise CountenanceError(Finding(OUT_OF_TIME, str(footage), detail, options.budget_s))


def _description(
    footage: Path, material: Material, options: TrainOptions, figures: Mapping[str, float], seconds: float
) -> dict[str, Any]:
    seen = material.watched
    return {
        "software": f"countenance {__version__}",
        "engine": "retrieve-warp",
        "created_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "synthetic": options.synthetic,
        "consent": None if options.consent is None else dict(options.consent),
        "footage": {
            "sha256": file_sha256(footage),
            "width": seen.width,
            "height": seen.height,
            "watched_s": len(seen.track) / FPS,
            "played_s": float(material.shown.sum()) / FPS,
            "held_out_s": [material.held_out.start / FPS, material.held_out.stop / FPS],
        },
        "metrics": {name: round(value, 4) for name, value in figures.items() if value == value},
        "training_s": round(seconds, 1),
    }
