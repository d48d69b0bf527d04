"""The long work of the commands: judge and train, and render what may be rendered."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from countenance.clearance import Clearance, Request
    from countenance.engine.footage_choice import Seen
    from countenance.engine.render import RenderReport
    from countenance.footage.timeline import Timeline
    from countenance.progress import Progress, ProgressCallback
    from countenance.settings import Settings

_SECONDS: Mapping[str, float] = {"check": 23, "train": 110}
"""Share of each stage in the time, as measured on 50 s of 720p footage."""


def clear_and_train(
    request: Request, out: Path, settings: Settings, callback: ProgressCallback, budget: float | None = None
) -> tuple[Clearance, Mapping[str, Any] | None]:
    """Judge the material and, if nothing forbids it, train; the replica's description, or None if it was blocked."""
    from countenance.clearance import certified, examine
    from countenance.consent.receipt_content import Material
    from countenance.engine.train import TrainOptions, train
    from countenance.progress import StageProgress

    stages = StageProgress(_SECONDS, callback)
    cleared = examine(request, settings, stages.nested("check"))
    if not cleared.ok:
        return cleared, None
    with certified(cleared, out, settings) as certificate:
        told = stages.nested("train")

        def go_on(progress: Progress) -> None:
            certificate.check()
            told(progress)

        options = TrainOptions(
            synthetic=request.material is Material.SYNTHETIC,
            consent=certificate.consent,
            usable=cleared.report.usable,
            seen=_seen(cleared.report.timeline),
            budget_s=budget,
            on_preview=lambda _: certificate.count(),
        )
        description = train(request.footage, out, settings, options=options, progress=go_on).description
    stages.done()
    return cleared, description


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
) -> RenderReport:
    """Let a replica speak while the consent or the declaration that it carries stands."""
    from countenance.consent.permission import still_stands
    from countenance.engine.render import render
    from countenance.engine.replica import describe

    permitted = still_stands(describe(replica), settings)
    return render(replica, out, settings, audio=audio, script=script, progress=callback, permitted=permitted)
