"""Let a replica speak while what it carries permits it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from countenance.engine.render import RenderOptions, RenderReport
    from countenance.progress import ProgressCallback
    from countenance.settings import Settings


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
    """Let a replica speak while the consent or the declaration that it carries stands.

    Raises:
        CountenanceError: what `consent.permission.still_stands` and `engine.render.render` raise.
    """
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
