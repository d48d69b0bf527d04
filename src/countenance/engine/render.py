"""A replica speaks: bundle and script or recording in, video out."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countenance.engine.background import FILMED, Backdrop, Background, Kind, check_background, writer_for
from countenance.engine.choice import choose
from countenance.engine.closure import close_lips
from countenance.engine.compose import Compositor, Finish
from countenance.engine.credit import statement_of
from countenance.engine.errors import OUT_IS_INPUT, SOUND_TOO_SHORT
from countenance.engine.external.call import Call, speak_externally
from countenance.engine.external.manifest import BUILT_IN
from countenance.engine.external.process import Report
from countenance.engine.finish import finish_for
from countenance.engine.join import ClipReader, pose_of, staged
from countenance.engine.mark import mark_for
from countenance.engine.playback import plan
from countenance.engine.replica import Replica, load
from countenance.engine.speak import MouthPath, mouth_path
from countenance.engine.utterance import Utterance, heard, recorded, said
from countenance.engine.workplace import work_folder
from countenance.errors import CountenanceError, Finding
from countenance.machine import one_blas_thread
from countenance.media.credentials import Statement, sealer
from countenance.media.limits import Limits, limits_from
from countenance.media.pipeline import ahead, behind
from countenance.media.place import check_file
from countenance.media.provenance import sidecar_of
from countenance.media.read import FPS
from countenance.media.write import Seal, write_errors
from countenance.progress import ProgressCallback, StageProgress
from countenance.settings import Settings
from countenance.voice.pronunciation import Dictionary
from countenance.voice.speech import Sentence

Array = NDArray[np.float32]
Picture = NDArray[np.uint8]

STAGES = {"open": 1, "listen": 6, "render": 20}
_MARK_TRIED_ON = (640, 360)
"""A size of pictures: whether a mark can be drawn does not depend on it."""
_EXTERNAL_STAGES = {"open": 1, "listen": 3, "external engine": 60, "render": 10}


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """How a video is to be made."""

    voice: str | None = None
    """the id of the voice that speaks a script; None for the replica's own, if it has one, or the default"""
    pronunciations: Dictionary | None = None
    background: Background = FILMED
    engine: Call | None = None
    """an engine in a process of its own that moves the lips; None for the built-in one"""
    fall_back: bool = False
    """whether the built-in engine makes the video if the external one cannot"""
    device: str = "auto"
    """`auto`, `cpu` or `cuda`, for what can use it"""
    inputs: tuple[Path, ...] = ()
    """further files that were read for the video, over which nothing may be written"""
    beside: tuple[Path, ...] = ()
    """files that will be written with the video; their places are tried as its own is"""


@dataclass(frozen=True, slots=True)
class RenderReport:
    """What was rendered and how long it took."""

    video: str
    duration_s: float
    frames: int
    width: int
    height: int
    seconds: float
    frames_per_second: float
    voice: str
    """the voice's id, `personal` for the person's own, or `recording`"""
    engine: str
    """`built-in`, or the id of an external engine"""
    statement: Statement
    """what the video says of itself, for pictures of it"""
    notes: tuple[str, ...] = ()
    """what was done otherwise than asked, and why"""
    sentences: tuple[Sentence, ...] = ()
    """of a script, with their times in the video; empty where the voice does not tell them"""

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready, without what stands in the video."""
        return {name: value for name, value in asdict(self).items() if name != "statement"}


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    replica: Replica
    finish: Finish | None
    """of the built-in engine"""
    unrefined: tuple[str, ...]
    """why there is none where there should be one"""
    out: Path
    utterance: Utterance
    count: int
    """frames of the video"""
    path: MouthPath
    options: RenderOptions
    settings: Settings
    limits: Limits
    stages: StageProgress
    check: Callable[[], None]


def render(
    replica_dir: Path,
    out: Path,
    settings: Settings,
    *,
    audio: Path | None = None,
    script: str | None = None,
    options: RenderOptions = RenderOptions(),
    progress: ProgressCallback | None = None,
    permitted: Callable[[], None] | None = None,
) -> RenderReport:
    """Let a replica say a script, or move to a recording; the sound track is what was said or given.

    Every video carries a signed statement of how it was made. `permitted` is called before any work, before every
    picture and before the video takes its place. It raises if the replica may not speak (any more); then no video is
    left.

    Raises:
        CountenanceError: for a folder that is no replica, for a script or recording that cannot be spoken, and for a
            background, an engine, a signer or a visible mark that cannot be used.
        ValueError: unless exactly one of `audio` and `script` is given.
    """
    if (audio is None) == (script is None):
        raise ValueError("give either audio or a script")
    began = time.monotonic()
    check = permitted or _always
    check()
    stages = StageProgress(STAGES if options.engine is None else _EXTERNAL_STAGES, progress)
    stages.update("open", 0.0)
    replica = load(replica_dir)
    limits = limits_from(settings)
    for written in (out, *options.beside):
        _check_out(written, replica_dir, _inputs(audio, options, settings))
    check_background(options.background, out, limits)
    _check_marks(replica, settings)
    finish, unrefined = None, tuple[str, ...]()
    if options.engine is None or options.fall_back:
        finish, unrefined = finish_for(replica, settings, options.device)
    listening = stages.stage("listen")
    if script is not None:
        utterance = said(script, replica, options.voice, options.pronunciations, settings)
    else:
        utterance = _spoken_recording(audio, settings, limits, lambda share: listening(share / 2))
    count = max(1, math.ceil(utterance.duration_s * FPS - 1e-6))
    sound = heard(utterance)
    path = mouth_path(replica.motion, replica.rest, sound, count, settings, lambda share: listening(0.5 + share / 2))
    path = close_lips(path, utterance.phones, replica.atlas)
    check()
    job = _Job(replica, finish, unrefined, out, utterance, count, path, options, settings, limits, stages, check)
    started = time.monotonic()
    engine, notes, (width, height) = _made(job, sound)
    stages.done()
    seconds, pace = time.monotonic() - began, count / max(1e-6, time.monotonic() - started)
    return RenderReport(
        str(out),
        count / FPS,
        count,
        width,
        height,
        round(seconds, 2),
        round(pace, 1),
        utterance.voice,
        engine,
        _statement(job, engine),
        notes,
        utterance.sentences,
    )


def _made(job: _Job, sound: Array) -> tuple[str, tuple[str, ...], tuple[int, int]]:
    """Make the video: by which engine, what is to be said of that, and the video's size."""
    call, notes = job.options.engine, tuple[str, ...]()
    if call is not None:
        try:
            with ExitStack() as stack:
                with write_errors(job.out):
                    work = stack.enter_context(work_folder(job.out))
                return call.manifest.id, (), _written(job, _external(job, call, sound, work), call.manifest.id)
        except CountenanceError as error:
            if not job.options.fall_back or not error.finding.rule.id.startswith("engine.external_"):
                raise
            notes = (f"{call.manifest.name} could not make it: {error.finding.message()}",)
    pictures = spoken(job.replica, job.path, job.limits, finish=job.finish)
    return BUILT_IN, (*notes, *job.unrefined), _written(job, pictures, BUILT_IN)


def _written(job: _Job, pictures: Iterator[Picture], engine: str) -> tuple[int, int]:
    """Write the pictures, with their background, their marks and the sound, and give the video's size.

    Playing, composing and writing run in threads of their own.
    """
    seal = _sealed_if_permitted(job, sealer(_statement(job, engine), job.settings))
    with ExitStack() as stack:
        stack.enter_context(one_blas_thread())
        source = stack.enter_context(ahead(pictures))
        first = next(source)
        height, width = first.shape[:2]
        mark = mark_for(width, height, job.settings)
        backdrop = stack.enter_context(Backdrop(job.options.background, width, height, job.settings))
        writer = writer_for(
            job.options.background,
            job.out,
            width,
            height,
            audio=job.utterance.samples,
            sample_rate=job.utterance.rate,
            seal=seal,
        )
        stack.enter_context(writer)
        with behind(writer.write) as write:
            for index, picture in enumerate(_chained(first, source), start=1):
                job.check()
                shown = backdrop.behind(picture)
                write(mark.on(shown) if mark else shown)
                job.stages.update("render", index / job.count)
    return width - width % 2, height - height % 2


def _statement(job: _Job, engine: str) -> Statement:
    """What the video says of itself if this engine has made it."""
    statement = statement_of(job.replica.description, voice=job.utterance.voice)
    call = job.options.engine
    if call is None or engine == BUILT_IN:
        return statement
    use = {} if call.manifest.licence.commercial else {"use": "not commercial"}
    return replace(statement, replica={**statement.replica, "rendered_by": engine, **use})


def _sealed_if_permitted(job: _Job, seal: Seal) -> Seal:
    """A seal that asks for permission when the video is whole: no work follows but to give it its name."""

    def sealed(part: Path, target: Path) -> None:
        job.check()
        seal(part, target)
        try:
            job.check()
        except BaseException:
            if job.options.background.kind is Kind.TRANSPARENT:
                sidecar_of(target).unlink(missing_ok=True)
            raise

    return sealed


def _chained(first: Picture, rest: Iterator[Picture]) -> Iterator[Picture]:
    yield first
    yield from rest


def _external(job: _Job, call: Call, sound: Array, work: Path) -> Iterator[Picture]:
    def told(report: Report) -> None:
        job.stages.update("external engine", report.fraction, shown=f"{call.manifest.id}: {report.stage}")

    return speak_externally(
        call, played(job.replica, job.path, job.limits), sound, work, job.limits, on_report=told, tick=job.check
    )


def spoken(replica: Replica, path: MouthPath, limits: Limits, *, finish: Finish | None = None) -> Iterator[Picture]:
    """The pictures (H, W, 3) of the replica as it moves its mouth along `path`."""
    shots = plan(replica.track, path.speaking)
    choice = choose(replica, path, pose_of(replica.track, shots))
    compositor = Compositor(replica.atlas, finish)
    with ClipReader(replica.base_clip, _own(limits)) as clip:
        for index, shot in enumerate(shots):
            stage = staged(clip, replica.track, shot)
            yield compositor.paint(stage, choice.shapes[index], choice.rows[index])


def played(replica: Replica, path: MouthPath, limits: Limits) -> Iterator[Picture]:
    """The same pictures with the mouth as it was filmed."""
    with ClipReader(replica.base_clip, _own(limits)) as clip:
        for shot in plan(replica.track, path.speaking):
            yield staged(clip, replica.track, shot).image


def _own(limits: Limits) -> Limits:
    """The clip is our own, its hash was checked, and it may be larger than a recording is allowed to be."""
    return replace(limits, file_bytes=sys.maxsize)


def _always() -> None:
    """The permission of whoever asks for none."""


def _inputs(audio: Path | None, options: RenderOptions, settings: Settings) -> set[Path]:
    """The files that a video is made from or signed with."""
    mark = Path(settings.visible_mark) if settings.visible_mark.strip().lower().endswith(".png") else None
    read = (audio, options.background.file, mark, settings.c2pa_certificate, settings.c2pa_key, *options.inputs)
    return {path for path in read if path is not None}


def _check_out(out: Path, replica_dir: Path, inputs: Collection[Path]) -> None:
    """Whether a file may be written, before much work is done.

    Raises:
        CountenanceError: engine.out_is_input, media.cannot_write.
    """
    with write_errors(out):
        target = out.resolve()
    if replica_dir.resolve() in target.parents or target in {path.resolve() for path in inputs}:
        raise CountenanceError(Finding(OUT_IS_INPUT, file=str(out)))
    check_file(out)


def _check_marks(replica: Replica, settings: Settings) -> None:
    """Whether the video can be signed and labelled, before much work is done.

    Raises:
        CountenanceError: media.signer_unusable, engine.mark_unusable, and what is wrong with the file of a mark.
    """
    sealer(statement_of(replica.description, voice=""), settings)
    mark_for(*_MARK_TRIED_ON, settings)


def _spoken_recording(
    audio: Path | None, settings: Settings, limits: Limits, progress: Callable[[float], None]
) -> Utterance:
    """The recording to move the lips to.

    Raises:
        CountenanceError: engine.sound_too_short, and what reading may raise.
    """
    path = Path() if audio is None else audio
    utterance = recorded(path, settings, limits, progress)
    shortest_s = SOUND_TOO_SHORT.limit or 0.0
    if utterance.duration_s < shortest_s:
        raise CountenanceError(Finding(SOUND_TOO_SHORT, file=str(path), measured=utterance.duration_s))
    return utterance
