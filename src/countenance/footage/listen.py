"""What is heard in a recording."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from countenance.errors import Span
from countenance.media.limits import limits_from
from countenance.media.read import audio
from countenance.people.speech import speech_spans
from countenance.settings import Settings


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound track as numbers."""

    speech: tuple[Span, ...]
    loudest: float
    """Largest absolute sample, 0 to 1."""


def listen(path: Path, settings: Settings, progress: Callable[[float], None] | None = None) -> Sound:
    """Listen to all of the sound track; `progress` is told the share of it that was heard, 0 to 1.

    Raises:
        CountenanceError: what `countenance.media.read.audio` raises.
    """
    samples = audio(path, limits=limits_from(settings))
    sound = Sound(speech_spans(samples, settings), float(np.abs(samples).max(initial=0.0)))
    if progress:
        progress(1.0)
    return sound
