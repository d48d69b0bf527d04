"""What every voice gives: samples, and the sounds they are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PAUSE = "_"
"""Symbol of a silence: the ends of a sentence and its punctuation."""
WORD_GAP = " "
"""Symbol of the boundary between two words that are spoken without a pause."""


@dataclass(frozen=True, slots=True)
class Phone:
    """One speech sound, or a pause.

    `symbol` is one character of the IPA as the Kokoro voices write it (capitals are diphthongs: A as in say, I as in
    my, O as in go, W as in now, Y as in boy; T is a flapped t), or `PAUSE`, or `WORD_GAP`. `stress` is 2 for the
    vowel of a primary stress, 1 for a secondary one, else 0.
    """

    symbol: str
    start_s: float
    end_s: float
    stress: int = 0


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is said between two times, in seconds: from its first sound to the end of its last one."""

    text: str
    start_s: float
    end_s: float
    resumes_s: tuple[float, ...] = ()
    """when it goes on after each pause in it, as far as the voice tells"""


@dataclass(frozen=True, slots=True)
class Speech:
    """Spoken text: float32 mono `samples` (N,) in [-1, 1], and `phones` that follow each other from 0 to the end.

    `sentences` are parts of the text, in its order; none where the voice does not tell when it says what.
    """

    samples: NDArray[np.float32]
    sample_rate: int
    phones: tuple[Phone, ...]
    sentences: tuple[Sentence, ...] = ()

    @property
    def duration_s(self) -> float:
        return len(self.samples) / self.sample_rate
