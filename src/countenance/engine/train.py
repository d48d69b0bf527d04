"""From footage to a replica, in two tiers: a preview from its best part, then all that is worth learning from."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countenance import __version__
from countenance.engine.align import lip_gap
from countenance.engine.checkpoint import Checkpoints, digest_of, opened
from countenance.engine.errors import APPEARANCE_CHANGES, OUT_OF_TIME, TOO_LITTLE_TO_LEARN
from countenance.engine.evaluate import evaluate, take_of
from countenance.engine.extras import path_in_footage, personal_voice, refined
from countenance.engine.finish import NO_TORCH, check_device, finish_for
from countenance.engine.footage_choice import Parts, choose_parts, without
from countenance.engine.hearing import excerpt, hear_parts
from countenance.engine.hold_out import takes
from countenance.engine.learn import Material, learn, put_in_order
from countenance.engine.motion import speaking
from countenance.engine.options import TrainOptions, as_set
from countenance.engine.refine.apply import available
from countenance.engine.refine.fit import RefineOptions
from countenance.engine.replica import (
    BASE_CLIP,
    REFINER,
    VOICE,
    Replica,
    check_place,
    file_sha256,
    save,
    storage_errors,
)
from countenance.engine.sync import SoundOffset, in_step, sound_offset
from countenance.engine.watch import Watched, watch
from countenance.engine.workplace import work_folder
from countenance.errors import CountenanceError, Finding, Span
from countenance.machine import one_blas_thread
from countenance.media.concatenate import concatenate
from countenance.media.limits import Limits, limits_from
from countenance.media.probe import MediaInfo, probe
from countenance.media.read import FPS, SAMPLE_RATE, audio
from countenance.progress import ProgressCallback, StageProgress
from countenance.settings import Settings

Array = NDArray[np.float32]

_WATCHING_SHARE = 0.6
"""Of a time budget; the rest is for learning from what was watched."""
_WORTH_WATCHING_FRAMES = 25
"""Less than this beyond the preview is not worth learning everything anew."""
_PATIENCE = 3.0
"""By how much the net may exceed its seconds by the clock where it shares the cores with others: by its own time it
would learn too little there to be of use."""
_VOICE_S = 40.0
"""What learning a voice takes on one core."""


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """What stays the same through one training."""

    footage: Path
    digest: str
    """SHA-256 of the footage, in hex"""
    out: Path
    samples: Array
    """the footage's whole sound, 16 kHz"""
    options: TrainOptions
    settings: Settings
    limits: Limits
    began: float
    kept: Checkpoints


@dataclass(frozen=True, slots=True, eq=False)
class _Learned:
    """A replica without its description, and what it was learned from."""

    replica: Replica
    material: Material
    samples: Array
    """the footage's sound, in step with its picture"""
    offset: SoundOffset


def train(
    footage: Path,
    out: Path,
    settings: Settings,
    *,
    options: TrainOptions = TrainOptions(),  # noqa: B008 - frozen
    progress: ProgressCallback | None = None,
) -> Replica:
    """Train a replica from a recording and write it as the folder `out`, whole or not at all.

    Where nothing was in `out` before, a preview is put there as soon as the best part of the footage was watched; the
    final replica takes its place under the same id. If training ends early after that, the preview stays.

    Raises:
        CountenanceError: whatever is wrong with the footage, the place, the device or the time budget.
    """
    began = time.monotonic()
    out = out.resolve()
    check_place(out)
    options = as_set(options, settings)
    if _refines(options):
        check_device(options.device, settings.threads)
    limits = limits_from(settings)
    info = probe(footage, limits)
    samples = audio(footage, limits=limits)
    allowed = _allowed(options.usable, _frames(info))
    chosen, first = choose_parts(samples, allowed, options.seen, preview_s=options.preview_s)
    if not first:
        raise CountenanceError(Finding(TOO_LITTLE_TO_LEARN, file=str(footage), measured=float(allowed.sum()) / FPS))
    stages = StageProgress(_stages(chosen, first, options), progress)
    stages.update("listen", 0.0)
    digest = file_sha256(footage)
    with ExitStack() as stack:
        with storage_errors(out):
            work = stack.enter_context(work_folder(out))
        stack.enter_context(one_blas_thread())
        kept = opened(options.checkpoints or work / "kept", _key(digest, options, settings), options.replica_id)
        task = _Task(footage, digest, out, samples, options, settings, limits, began, kept)
        learned = _watched_and_learned(task, chosen, first, work, stages)
        learned, told = _finished(task, learned, stages)
        figures = _measured(task, learned, stages.stage("measure"))
        stages.update("store", 0.0)
        replica = _saved(task, learned, {"tier": "final", **told, "metrics": figures})
        kept.clear()
    stages.done()
    return replica


def _key(digest: str, options: TrainOptions, settings: Settings) -> dict[str, Any]:
    """All that decides what a training comes to."""
    seen = options.seen
    return {
        "footage": digest,
        "usable": None if options.usable is None else [[span.start_s, span.end_s] for span in options.usable],
        "seen": None if seen is None else digest_of(seen.lip_gap, seen.yaw_deg, seen.pitch_deg),
        "preview_s": options.preview_s,
        "budget_s": options.budget_s,
        "refine_s": options.refine_s,
        "personal_voice": options.personal_voice,
        "device": options.device,
        "layers": options.layers,
        "weights": str(settings.weights_dir),
    }


def _frames(info: MediaInfo) -> int:
    """How many frames the footage has; its sound may be longer."""
    seen_s = info.video.duration_s if info.video is not None else None
    return round(min(info.duration_s, seen_s or info.duration_s) * FPS)


def _watched_and_learned(task: _Task, chosen: Parts, first: Parts, work: Path, stages: StageProgress) -> _Learned:
    """Learn from the first parts, put the preview in place, and learn from everything that was chosen."""
    clip = work / "first.mp4"
    until = None if task.options.budget_s is None else task.began + _WATCHING_SHARE * task.options.budget_s
    seen = watch(
        task.footage, first, clip, task.settings, task.limits, task.kept, until=until, progress=stages.stage("watch")
    )
    _check_time(seen, task, until)
    rest = without(chosen, first)
    more = sum(end - start for start, end in rest) >= _WORTH_WATCHING_FRAMES
    if not more or until is not None or not task.kept.is_made(task.out):
        preview = _preview(task, seen, clip, stages, all_there_is=not more or _is_over(until))
        if preview is not None and (not more or _is_over(until)):
            return preview
    report = stages.stage("watch all")
    size = seen.width, seen.height
    later = watch(
        task.footage,
        rest,
        work / "rest.mp4",
        task.settings,
        task.limits,
        task.kept,
        until=until,
        size=size,
        progress=report,
    )
    concatenate([clip, work / "rest.mp4"], work / BASE_CLIP)
    return _learned(task, seen.joined(later), work / BASE_CLIP, stages.stage("learn all"))


def _preview(task: _Task, seen: Watched, clip: Path, stages: StageProgress, *, all_there_is: bool) -> _Learned | None:
    """What the first parts teach, put in place as a preview if nothing is there; None if they teach too little.

    Raises:
        CountenanceError: if they teach too little and are all there is.
    """
    try:
        learned = _learned(task, seen, clip, stages.stage("learn"))
    except CountenanceError as error:
        if all_there_is or error.finding.rule not in (TOO_LITTLE_TO_LEARN, APPEARANCE_CHANGES):
            raise
        return None
    if not any(task.out.glob("*")):
        stages.update("preview", 0.0)
        tell_of_preview(_saved(task, learned, {"tier": "preview"}), task.options)
    return learned


def tell_of_preview(preview: Replica, options: TrainOptions) -> None:
    """Say that a preview is in place. Where that fails it goes: what nobody knows of must not lie about."""
    try:
        options.on_preview(preview)
    except BaseException:
        shutil.rmtree(preview.base_clip.parent, ignore_errors=True)
        raise


def _stages(chosen: Parts, first: Parts, options: TrainOptions) -> dict[str, float]:
    """The stages and their share of the time, by how much is to be watched; measured on footage of 360p and 720p."""
    watched, preview = (sum(end - start for start, end in parts) / FPS for parts in (chosen, first))
    stages = {"listen": 2.0, "watch": preview, "learn": 2.0 + 0.15 * preview, "preview": 1.0}
    if watched > preview:
        stages |= {"watch all": watched - preview, "learn all": 2.0 + 0.15 * watched}
    if _refines(options):
        stages["refine"] = 1.1 * (options.refine_s or 0.0)
    if options.personal_voice:
        stages["voice"] = 30.0
    return {**stages, "measure": 0.25 * watched, "store": 2.0}


def _learned(task: _Task, seen: Watched, clip: Path, progress: Callable[[float], None]) -> _Learned:
    heard, places = excerpt(task.samples, seen.source)
    gap = np.full(-(-len(heard) * FPS // SAMPLE_RATE), np.nan, np.float32)
    gap[places] = lip_gap(seen.track)
    offset = sound_offset(gap, heard, task.settings)
    samples = in_step(task.samples, offset)
    voiced = speaking(samples, max(int(seen.source.max()) + 1, len(samples) * FPS // SAMPLE_RATE), task.settings)
    material = put_in_order(seen, voiced[seen.source], task.footage)
    layers = task.options.layers
    views = hear_parts(excerpt(samples, seen.source)[0], places, task.settings, progress, layers)
    return _Learned(learn(material, views, clip, layers), material, samples, offset)


def _finished(task: _Task, learned: _Learned, stages: StageProgress) -> tuple[_Learned, dict[str, Any]]:
    """The replica with all that only a final one has, and what its description says of that."""
    optional: dict[str, dict[str, NDArray[Any]]] = {}
    told: dict[str, Any] = {}
    source, options = learned.material.watched.source, task.options
    if options.refine_s and not available():
        told["refinement"] = {"used": False, "reason": NO_TORCH}
    elif options.refine_s:
        wishes = RefineOptions(
            budget_s=_left(task),
            device=options.device,
            threads=task.settings.threads,
            patience=_PATIENCE if options.budget_s is None else 1.0,
        )

        def net() -> tuple[dict[str, NDArray[Any]] | None, dict[str, Any]]:
            path = path_in_footage(learned.replica, learned.samples, source, task.settings)
            return refined(learned.replica, path, wishes, stages.stage("refine"), task.kept)

        weights, told["refinement"] = task.kept.once("refined", net)
        if weights is not None:
            optional[REFINER] = weights
    if options.personal_voice and _has_time(task, _VOICE_S):
        arrays, told["voice"] = task.kept.once(
            "voice",
            lambda: personal_voice(task.footage, source, task.settings, task.limits, stages.nested("voice")),
        )
        if arrays is not None:
            optional[VOICE] = arrays
    elif options.personal_voice:
        told["voice"] = {"used": False, "reason": "There was no time left for it."}
    return replace(learned, replica=replace(learned.replica, optional=optional)), told


def _refines(options: TrainOptions) -> bool:
    return bool(options.refine_s) and available()


def _has_time(task: _Task, seconds: float) -> bool:
    """Whether the budget leaves so many seconds."""
    budget_s = task.options.budget_s
    return budget_s is None or task.began + budget_s - time.monotonic() >= seconds


def _left(task: _Task) -> float:
    """Seconds for the net: half of what a budget leaves, if there is one."""
    wanted = task.options.refine_s or 0.0
    if task.options.budget_s is None:
        return wanted
    return min(wanted, max(1.0, 0.5 * (task.began + task.options.budget_s - time.monotonic())))


def _measured(task: _Task, learned: _Learned, progress: Callable[[float], None]) -> Mapping[str, float]:
    replica, seen = learned.replica, learned.material.watched
    pieces = [
        take_of(
            replica, task.footage, learned.samples, seen.track.part(piece), int(seen.source[piece][0]), task.settings
        )
        for piece in takes(learned.material.held_out, seen.source)
    ]
    finish, _ = finish_for(replica, task.settings, task.options.device)
    figures = evaluate(replica, pieces, task.settings, task.limits, finish=finish, progress=progress)
    return {name: round(value, 4) for name, value in figures.items() if value == value}


def _saved(task: _Task, learned: _Learned, told: Mapping[str, Any]) -> Replica:
    return save(replace(learned.replica, description=_description(task, learned, told)), task.out)


def _allowed(usable: tuple[Span, ...] | None, frames: int) -> NDArray[np.bool_]:
    """(frames,) whether a frame lies in one of the usable parts."""
    times = np.arange(frames) / FPS
    if usable is None:
        return np.ones(frames, np.bool_)
    return np.asarray(sum(((times >= span.start_s) & (times < span.end_s) for span in usable), np.zeros(frames)) > 0)


def _is_over(until: float | None) -> bool:
    return until is not None and time.monotonic() >= until


def _check_time(seen: Watched, task: _Task, until: float | None) -> None:
    """Whether the budget left room to watch enough.

    Raises:
        CountenanceError: engine.out_of_time.
    """
    watched_s = len(seen.track) / FPS
    if _is_over(until) and watched_s < (TOO_LITTLE_TO_LEARN.limit or 0.0):
        detail = f"{watched_s:.0f} s had been read."
        raise CountenanceError(Finding(OUT_OF_TIME, str(task.footage), detail, task.options.budget_s))


def _description(task: _Task, learned: _Learned, told: Mapping[str, Any]) -> dict[str, Any]:
    seen, options = learned.material.watched, task.options
    return {
        "id": task.kept.replica_id,
        "software": f"countenance {__version__}",
        "engine": "retrieve-warp-refine" if REFINER in learned.replica.optional else "retrieve-warp",
        "created_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "synthetic": options.synthetic,
        "consent": None if options.consent is None else dict(options.consent),
        "footage": {
            "sha256": task.digest,
            "width": seen.width,
            "height": seen.height,
            "watched_s": len(seen.track) / FPS,
            "played_s": float(learned.material.shown.sum()) / FPS,
            "held_out_s": [
                [int(seen.source[piece][0]) / FPS, (int(seen.source[piece][-1]) + 1) / FPS]
                for piece in takes(learned.material.held_out, seen.source)
            ],
        },
        "sound_offset": {"frames": round(learned.offset.frames, 2), "corrected": learned.offset.certain},
        "offset_frames": round(learned.offset.frames) if learned.offset.certain else 0,
        "metrics": {},
        **told,
        "training_s": round(time.monotonic() - task.began, 1),
    }
