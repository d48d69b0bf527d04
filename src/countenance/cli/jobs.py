"""The long work of the commands: judge and train, and render what may be rendered."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from countenance.clearance import Clearance, Request
    from countenance.engine.render import RenderReport
    from countenance.progress import ProgressCallback
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
    with certified(cleared, out, settings) as consent:
        synthetic = request.material is Material.SYNTHETIC
        options = TrainOptions(synthetic, consent, cleared.report.usable, budget)
        training = stages.nested("train")
        description = train(request.footage, out, settings, options=options, progress=training).description
    stages.done()
    return cleared, description


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
