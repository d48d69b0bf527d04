"""From one picture to a replica: make footage of it, and train on that."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from countenance.engine.replica import Replica, check_place, file_sha256, save, storage_errors
from countenance.engine.train import TrainOptions, train
from countenance.engine.workplace import work_folder
from countenance.portrait.animate import SECONDS, MadeFootage, animate
from countenance.progress import ProgressCallback, StageProgress
from countenance.settings import Settings
from countenance.voice.catalogue import DEFAULT_VOICE

STAGES = {"picture": 60.0, "train": 60.0}
"""Share of the time, as measured on a 720p picture; the training reports its own stages."""
SOURCE = "image"


def train_from_picture(
    picture: Path,
    out: Path,
    settings: Settings,
    *,
    options: TrainOptions = TrainOptions(),  # noqa: B008 - frozen
    voice: str = DEFAULT_VOICE,
    seconds: float = SECONDS,
    progress: ProgressCallback | None = None,
) -> Replica:
    """Train a replica of the person in a picture and write it as the folder `out`, whole or not at all.

    Of the options, what is known of footage does not apply; there is no preview and no personal voice. `replica.json`
    says `"source": "image"`, and under `picture` which picture, which voice drove the lips and what in the picture
    makes the replica less natural; its metrics compare with the made footage, since how the person really speaks is
    not known. The made footage is deleted.

    Raises:
        CountenanceError: for pictures that cannot be animated, and what `engine.train.train` raises.
    """
    began = time.monotonic()
    out = out.resolve()
    check_place(out)
    stages = StageProgress(STAGES, progress)
    stages.update("picture", 0.0)
    with ExitStack() as stack:
        with storage_errors(out):
            work = stack.enter_context(work_folder(out))
        made = animate(picture, work / "made.mp4", settings, voice=voice, seconds=seconds, progress=_picture(stages))
        left_s = None if options.budget_s is None else max(1.0, options.budget_s - made.seconds)
        whole = replace(
            options,
            usable=None,
            seen=None,
            preview_s=2 * made.duration_s,
            budget_s=left_s,
            personal_voice=False,
            on_preview=lambda _: None,
        )
        replica = train(made.path, work / "replica", settings, options=whole, progress=stages.nested("train"))
        told = {
            "source": SOURCE,
            "picture": _picture_of(picture, made),
            "training_s": round(time.monotonic() - began, 1),
        }
        return save(replace(replica, description={**replica.description, **told}), out)


def _picture(stages: StageProgress) -> ProgressCallback:
    """All of the animation is one stage for whoever trains."""
    return lambda inner: stages.update("picture", inner.fraction)


def _picture_of(picture: Path, made: MadeFootage) -> dict[str, Any]:
    return {
        "sha256": file_sha256(picture),
        "voice": made.voice,
        "made_s": made.duration_s,
        "findings": [finding.rule.id for finding in made.findings],
    }
