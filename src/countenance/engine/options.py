"""What somebody who wants a training says of the footage, and of what it may cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from countenance.engine.footage_choice import PREVIEW_S, Seen
from countenance.engine.refine.apply import Device
from countenance.engine.replica import Replica
from countenance.errors import Span
from countenance.people.encoder import LAYERS
from countenance.settings import Settings


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """What is known of the footage, and what the training may cost."""

    synthetic: bool = False
    """the footage was declared to be AI-generated"""
    replica_id: str | None = None
    """what the replica is called wherever it lies, which its videos say as well; None for a new id"""
    consent: Mapping[str, Any] | None = None
    """the verdict on the consent of the person in the footage, JSON-ready; kept with the replica"""
    usable: tuple[Span, ...] | None = None
    """the parts that may be used; None for all of it"""
    seen: Seen | None = None
    """what the check of the footage measured of the face, to choose the parts by"""
    preview_s: float = PREVIEW_S
    """seconds of footage that the preview is learned from"""
    budget_s: float | None = None
    """seconds after which training should be done; less of a long recording is used then"""
    refine_s: float | None = None
    """seconds for the net that refines the mouths; None for `Settings.refine_s`"""
    personal_voice: bool | None = None
    """whether the voice in the footage becomes the replica's; None for `Settings.personal_voice`"""
    device: Device = "auto"
    """where the net is learned"""
    layers: int = LAYERS
    """of the speech encoder; see `motion.features_of`"""
    on_preview: Callable[[Replica], None] = lambda _: None
    """called when the preview is in place and can speak"""
    checkpoints: Path | None = None
    """a folder in which the training keeps what it has, to go on from there if its process dies; gone at its end"""


def as_set(options: TrainOptions, settings: Settings) -> TrainOptions:
    """The options with what they leave to the settings."""
    return replace(
        options,
        refine_s=settings.refine_s if options.refine_s is None else options.refine_s,
        personal_voice=settings.personal_voice if options.personal_voice is None else options.personal_voice,
    )
