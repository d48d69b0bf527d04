"""From sound to the path of the mouth: what is said opens it, silence lets it rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countenance.engine.motion import SpeechMotion, speaking
from countenance.media.read import SAMPLE_RATE
from countenance.people.speech import FEATURE_RATE_HZ, encoder_features
from countenance.settings import Settings

Array = NDArray[np.float32]

_SHIFTS_S = (0.0, 11.0)
"""The sound is heard twice, shifted within the encoder's window, and the mean is taken: its own noise falls."""


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


def mouth_path(motion: SpeechMotion, rest: Array, samples: Array, frames: int, settings: Settings) -> MouthPath:
    """How the mouth moves to sound (16 kHz) for so many frames. In silence it is at `rest` (13,): code and gap."""
    heard = [_predict_shifted(motion, samples, frames, shift_s, settings) for shift_s in _SHIFTS_S]
    moving = np.mean(heard, axis=0)
    share = speaking(samples, frames, settings)
    path = np.asarray(rest + share[:, None] * (moving - rest), np.float32)
    return MouthPath(path[:, :-1], np.maximum(path[:, -1], 0.0), share)


def _predict_shifted(motion: SpeechMotion, samples: Array, frames: int, shift_s: float, settings: Settings) -> Array:
    lead = np.zeros(round(shift_s * SAMPLE_RATE), np.float32)
    features = encoder_features(np.concatenate([lead, samples]), settings)[round(shift_s * FEATURE_RATE_HZ) :]
    return motion.predict(features, frames)
