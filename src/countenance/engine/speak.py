"""From sound to the path of the mouth: what is said opens it, silence lets it rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countenance.engine.motion import SpeechMotion, features_of, speaking
from countenance.settings import Settings

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class MouthPath:
    """The mouth in T frames."""

    code: Array
    """(T, 12) mouth codes"""
    gap: Array
    """(T,) inner lip gap in eye distances, at least 0"""
    speaking: Array
    """(T,) 1 in speech, 0 in silence"""

    def part(self, frames: slice) -> MouthPath:
        return MouthPath(self.code[frames], self.gap[frames], self.speaking[frames])


def mouth_path(
    motion: SpeechMotion,
    rest: Array,
    samples: Array,
    frames: int,
    settings: Settings,
    progress: Callable[[float], None] = lambda _: None,
) -> MouthPath:
    """How the mouth moves to sound (16 kHz) for so many frames. In silence it is at `rest` (13,): code and gap."""
    moving = motion.predict(features_of(samples, int(motion.layers[0]), settings, progress), frames)
    share = speaking(samples, frames, settings)
    path = np.asarray(rest + share[:, None] * (moving - rest), np.float32)
    return MouthPath(path[:, :-1], np.maximum(path[:, -1], 0.0), share)
