"""What is heard in a recording."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from countenance.errors import Span
from countenance.footage.sounds import TIMBRE_SIZE, timbre
from countenance.media.limits import limits_from
from countenance.media.read import audio
from countenance.people.speech import speech_spans
from countenance.settings import Settings


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """A sound track as numbers."""

    speech: tuple[Span, ...]
    loudest: float
    """Largest absolute sample, 0 to 1."""
    timbre: NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, TIMBRE_SIZE), np.uint8))
    """What the sound is like every 40 ms: see `countenance.footage.sounds.timbre`."""


def listen(path: Path, settings: Settings, progress: Callable[[float], None] | None = None) -> Sound:
    """Listen to all of the sound track; `progress` is told the share of it that was heard, 0 to 1.

    Raises:
        CountenanceError: what `countenance.media.read.audio` raises.
    """
    samples = audio(path, limits=limits_from(settings))
    sound = Sound(speech_spans(samples, settings), float(np.abs(samples).max(initial=0.0)), timbre(samples))
    if progress:
        progress(1.0)
    return sound
