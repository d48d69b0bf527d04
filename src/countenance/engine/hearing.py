"""The sound of the parts that are learned from, heard in all the ways in which the motion is to be learned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation

from countenance.engine.motion import View, hear
from countenance.media.read import FPS, SAMPLE_RATE
from countenance.people.encoder import LAYERS
from countenance.settings import Settings

Array = NDArray[np.float32]

_MARGIN_FRAMES = 25
"""Sound kept before and after each part: more than the motion looks at."""
_PER_FRAME = SAMPLE_RATE // FPS


def excerpt(samples: Array, source: NDArray[np.intp]) -> tuple[Array, NDArray[np.intp]]:
    """The sound around the frames `source` (T,) of a recording, and where in it (in frames) each of them is.

    Parts that are far apart are put next to each other, each with a second of its own sound before and after it.
    """
    frames = -(-len(samples) // _PER_FRAME)
    kept = np.zeros(max(frames, int(source.max(initial=0)) + 1), np.bool_)
    kept[source] = True
    kept = binary_dilation(kept, iterations=_MARGIN_FRAMES)
    place = np.cumsum(kept) - 1
    padded = np.pad(samples, (0, len(kept) * _PER_FRAME - len(samples)))
    heard = padded.reshape(-1, _PER_FRAME)[kept].ravel()
    return np.asarray(heard, np.float32), np.asarray(place[source])


def hear_parts(
    heard: Array,
    places: NDArray[np.intp],
    settings: Settings,
    progress: Callable[[float], None] = lambda _: None,
    layers: int = LAYERS,
) -> list[View]:
    """What `motion.hear` hears of an excerpt, with the positions of its T frames."""
    views = hear(heard, len(heard) // _PER_FRAME, settings, progress, layers)
    return [replace(view, positions=view.positions[places]) for view in views]
