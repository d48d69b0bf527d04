"""How alike two recordings' people are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_WORST = 0.1


@dataclass(frozen=True, slots=True)
class Likeness:
    """On the scale of the embeddings' cosine, -1 to 1."""

    typical: float
    """Between the recordings as a whole."""
    worst: float
    """Of the faces or stretches of speech that fit worst."""


def worst_of(likenesses: Sequence[float]) -> float:
    """The value that a tenth of the comparisons stays below; one slip among ten does not decide."""
    return float(np.quantile(likenesses, _WORST))
