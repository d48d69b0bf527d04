"""Train what a warrant allows: from footage or from a picture, under a certificate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from countenance.certificate import Certificate
    from countenance.progress import Progress, ProgressCallback
    from countenance.settings import Settings
    from countenance.warrant import Warrant


@dataclass(frozen=True, slots=True)
class Training:
    """What a training may cost, and what it should make; None where the settings decide."""

    replica_id: str | None = None
    """what it is to be called; None for a new id"""
    budget_s: float | None = None
    refine_s: float | None = None
    personal_voice: bool | None = None
    device: str = "auto"
    voice: str | None = None
    """of a replica from a picture"""
    checkpoints: Path | None = None
    """a folder in which it keeps what it has, to go on from if its process dies"""


WHOLE = Training()


def train_under(
    certificate: Certificate,
    warrant: Warrant,
    footage: Path,
    out: Path,
    settings: Settings,
    training: Training = WHOLE,
    *,
    progress: ProgressCallback | None = None,
    on_preview: Callable[[], None] = lambda: None,
) -> Mapping[str, Any]:
    """Train from footage, or from a picture, to the folder `out`; what `replica.json` says.

    Whether the consent stands is asked at every step. `on_preview` is called when the preview is in place and its
    receipt counts.

    Raises:
        CountenanceError: consent.revoked, and what the training raises.
    """
    from countenance.consent.receipt_content import Material
    from countenance.engine.options import TrainOptions
    from countenance.engine.train import train
    from countenance.portrait.train import train_from_picture
    from countenance.voice.catalogue import DEFAULT_VOICE

    def go_on(told: Progress) -> None:
        certificate.check()
        if progress is not None:
            progress(told)

    def preview(_: object) -> None:
        certificate.count()
        on_preview()

    material = warrant.content.material
    options = TrainOptions(
        synthetic=material is Material.SYNTHETIC,
        replica_id=training.replica_id,
        consent=certificate.consent,
        budget_s=training.budget_s,
        refine_s=training.refine_s,
        personal_voice=training.personal_voice,
        device=cast(Any, training.device),
        on_preview=preview,
        checkpoints=training.checkpoints,
    )
    if material is Material.IMAGE:
        voice = training.voice or DEFAULT_VOICE
        made = train_from_picture(footage, out, settings, options=options, voice=voice, progress=go_on)
        return made.description
    options = replace(options, usable=warrant.usable, seen=warrant.seen)
    return train(footage, out, settings, options=options, progress=go_on).description
