"""From one picture to a replica: make footage of it, and train on that."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from countenance.engine.checkpoint import Checkpoints, is_whole, opened
from countenance.engine.options import TrainOptions
from countenance.engine.replica import Replica, check_place, file_sha256, save, storage_errors
from countenance.engine.train import tell_of_preview, train
from countenance.engine.workplace import work_folder
from countenance.portrait.animate import SECONDS, animate
from countenance.progress import ProgressCallback, StageProgress
from countenance.settings import Settings
from countenance.voice.catalogue import DEFAULT_VOICE

STAGES = {"picture": 60.0, "train": 60.0}
"""Share of the time, as measured on a 720p picture; the training reports its own stages."""
SOURCE = "image"
_MADE = "made.mp4"


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

    A preview is put there before mouths are refined, if nothing was there. Of the options, what is known of footage
    does not apply, and there is no personal voice. `replica.json` says `"source": "image"`, and under `picture` which
    picture, which voice drove the lips and what in the picture makes the replica less natural; its metrics compare with
    the made footage, since how the person really speaks is not known. The made footage is deleted.

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
        key = {"picture": file_sha256(picture), "voice": voice, "seconds": seconds}
        kept = opened(options.checkpoints or work / "kept", key, options.replica_id)
        made = _made(kept, picture, settings, voice, seconds, _picture(stages))
        said = {"source": SOURCE, "picture": made["picture"]}

        def preview(learned: Replica) -> None:
            if not any(out.glob("*")):
                described = replace(learned, description={**learned.description, **said})
                tell_of_preview(save(described, out), options)

        left_s = None if options.budget_s is None else max(1.0, options.budget_s - made["took_s"])
        whole = replace(
            options,
            usable=None,
            seen=None,
            preview_s=2 * made["picture"]["made_s"],
            budget_s=left_s,
            personal_voice=False,
            on_preview=preview,
            checkpoints=kept.folder / "train",
        )
        replica = train(kept.folder / _MADE, work / "replica", settings, options=whole, progress=stages.nested("train"))
        told = {**said, "training_s": round(time.monotonic() - began, 1)}
        saved = save(replace(replica, description={**replica.description, **told}), out)
        kept.clear()
        return saved


def _picture(stages: StageProgress) -> ProgressCallback:
    """All of the animation is one stage for whoever trains."""
    return lambda inner: stages.update("picture", inner.fraction)


def _made(
    kept: Checkpoints, picture: Path, settings: Settings, voice: str, seconds: float, progress: ProgressCallback
) -> dict[str, Any]:
    """Footage of the picture, as `_MADE` among what is kept, and what is to be said of it; not made twice."""
    found = kept.kept(_MADE)
    if found is not None and is_whole(kept.folder / _MADE, found[1]["sha256"]):
        return found[1]
    made = animate(picture, kept.folder / _MADE, settings, voice=voice, seconds=seconds, progress=progress)
    told = {
        "picture": {
            "sha256": file_sha256(picture),
            "voice": made.voice,
            "made_s": made.duration_s,
            "findings": [finding.rule.id for finding in made.findings],
        },
        "took_s": made.seconds,
        "sha256": file_sha256(made.path),
    }
    kept.keep(_MADE, {}, told)
    return told
