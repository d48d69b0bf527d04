"""The long work of the commands: judge and train, and render what may be rendered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from countenance.cli.errors import INTERRUPTED, PREVIEW_STAYS, TERMINATED
from countenance.cli.exits import Exit
from countenance.errors import CountenanceError, Finding

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from countenance.clearance import Certificate, Clearance, Request
    from countenance.engine.footage_choice import Seen
    from countenance.engine.render import RenderOptions, RenderReport
    from countenance.footage.timeline import Timeline
    from countenance.progress import Progress, ProgressCallback
    from countenance.settings import Settings

_SECONDS: Mapping[str, float] = {"check": 23, "train": 110}
"""Share of each stage in the time, as measured on 50 s of 720p footage."""


@dataclass(frozen=True, slots=True)
class Training:
    """What a training may cost, and what it should make; None where the settings decide."""

    budget_s: float | None = None
    refine_s: float | None = None
    personal_voice: bool | None = None
    device: str = "auto"
    voice: str | None = None
    """of a replica from a picture"""


def clear_and_train(
    request: Request, out: Path, settings: Settings, callback: ProgressCallback, training: Training = Training()
) -> tuple[Clearance, Mapping[str, Any] | None]:
    """Judge the material and, if nothing forbids it, train; the replica's description, or None if it was blocked.

    If training ends early when a preview is in place, the error says so, also where it was stopped.
    """
    from countenance.clearance import certified, examine
    from countenance.progress import StageProgress

    stages = StageProgress(_SECONDS, callback)
    cleared = examine(request, settings, stages.nested("check"))
    if not cleared.ok:
        return cleared, None
    receipts: list[str] = []
    with _preview_told(out, receipts), certified(cleared, out, settings) as certificate:
        told = stages.nested("train")

        def go_on(progress: Progress) -> None:
            certificate.check()
            told(progress)

        def preview() -> None:
            certificate.count()
            receipts.append(certificate.consent["receipt"])

        description = _trained(cleared, replace(certificate, count=preview), out, settings, training, go_on)
    stages.done()
    return cleared, description


@contextmanager
def _preview_told(out: Path, receipts: list[str]) -> Iterator[None]:
    """Whatever ends the block also tells of the preview that is in place under the receipt of this id, if one is."""
    try:
        yield
    except BaseException as error:
        if not receipts or not (out / "replica.json").exists():
            raise
        told = Finding(PREVIEW_STAYS, file=str(out), detail=f"Its receipt: {receipts[0]}.")
        if isinstance(error, CountenanceError):
            raise CountenanceError(*error.findings, told) from error
        if isinstance(error, KeyboardInterrupt):
            raise CountenanceError(Finding(INTERRUPTED), told) from error
        if isinstance(error, SystemExit) and error.code == Exit.TERMINATED:
            raise CountenanceError(Finding(TERMINATED), told) from error
        error.add_note(told.message())
        raise


def _trained(
    cleared: Clearance,
    certificate: Certificate,
    out: Path,
    settings: Settings,
    training: Training,
    progress: ProgressCallback,
) -> Mapping[str, Any]:
    from countenance.consent.receipt_content import Material
    from countenance.engine.train import TrainOptions, train
    from countenance.footage.report import Report
    from countenance.portrait.train import train_from_picture
    from countenance.voice.catalogue import DEFAULT_VOICE

    request, report = cleared.request, cleared.report
    options = TrainOptions(
        synthetic=request.material is Material.SYNTHETIC,
        consent=certificate.consent,
        budget_s=training.budget_s,
        refine_s=training.refine_s,
        personal_voice=training.personal_voice,
        device=cast(Any, training.device),
        on_preview=lambda _: certificate.count(),
    )
    if isinstance(report, Report):
        options = replace(options, usable=report.usable, seen=_seen(report.timeline))
        return train(request.footage, out, settings, options=options, progress=progress).description
    replica = train_from_picture(
        request.footage,
        out,
        settings,
        options=options,
        voice=training.voice or DEFAULT_VOICE,
        progress=progress,
    )
    return replica.description


def _seen(timeline: Timeline) -> Seen:
    """What the engine chooses the parts to learn from by."""
    import numpy as np

    from countenance.engine.footage_choice import Seen
    from countenance.footage.timeline import SAMPLES_PER_S

    def column(name: str) -> NDArray[np.float32]:
        values = (None if sample.face is None else getattr(sample.face, name) for sample in timeline.samples)
        return np.array([np.nan if value is None else value for value in values], np.float32)

    return Seen(SAMPLES_PER_S, column("lip_gap"), column("yaw_deg"), column("pitch_deg"))


def render_replica(
    replica: Path,
    out: Path,
    settings: Settings,
    callback: ProgressCallback,
    *,
    audio: Path | None = None,
    script: str | None = None,
    options: RenderOptions | None = None,
) -> RenderReport:
    """Let a replica speak while the consent or the declaration that it carries stands."""
    from countenance.consent.permission import still_stands
    from countenance.engine.render import RenderOptions, render
    from countenance.engine.replica import describe

    permitted = still_stands(describe(replica), settings)
    return render(
        replica,
        out,
        settings,
        audio=audio,
        script=script,
        options=options or RenderOptions(),
        progress=callback,
        permitted=permitted,
    )
