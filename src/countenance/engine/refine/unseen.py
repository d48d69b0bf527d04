"""How a mouth is predicted for sound that its motion was not learned from, by cross-validation.

A motion follows the very frames that it was learned from far better than anything it will ever be told to say. What
is to repair its mistakes must be shown such as it makes on new sound.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

from countenance.engine.atlas import Atlas
from countenance.engine.hold_out import near
from countenance.engine.motion import LAGS, SpeechMotion
from countenance.media.read import FPS
from countenance.people.speech import FEATURE_RATE_HZ

Array = NDArray[np.float32]

_FOLDS = 6
_RIDGE = 0.5
"""As `motion` has it: in units of the mean squared length of what is heard around a frame."""


def predicted_unseen(
    motion: SpeechMotion, atlas: Atlas, features: Array, places: NDArray[np.intp], source: NDArray[np.intp]
) -> Array:
    """(T, 13) codes and gaps for frames `source` (T,) of the footage, which are at `places` (T,) of the sound.

    `features` are those of the sound that `motion` was learned from. Frames in the atlas are predicted by regressions
    like it, from five sixths of the atlas, in which they and their neighbours are not.
    """
    rows, targets = _targets(atlas, source)
    predicted = motion.predict(features, int(places.max()) + 1)[places]
    stack = _stacked(motion, features, places[rows])
    likeness = (stack @ stack.T).astype(np.float64)
    for fold in np.array_split(np.arange(len(rows)), _FOLDS):
        asked = np.zeros(len(source), np.bool_)
        asked[rows[fold]] = True
        others = np.flatnonzero(~near(asked, source)[rows])
        mean = targets[rows[others]].mean(axis=0)
        learned = likeness[np.ix_(others, others)]
        weights = _solve(_centred(learned, learned), targets[rows[others]] - mean)
        predicted[rows[fold]] = motion.gain * (_centred(likeness[np.ix_(fold, others)], learned) @ weights) + mean
    return predicted


def _stacked(motion: SpeechMotion, features: Array, places: NDArray[np.intp]) -> Array:
    """(n, 2688) what the motion hears around places of the sound."""
    reduced = (features - motion.feature_mean) @ motion.feature_basis
    around = places[:, None] * (FEATURE_RATE_HZ // FPS) + LAGS
    stack = reduced[around.clip(0, len(reduced) - 1)].reshape(len(places), -1)
    return np.asarray(stack - stack.mean(axis=0), np.float32)


def _centred(likeness: NDArray[np.float64], learned: NDArray[np.float64]) -> NDArray[np.float64]:
    """(m, n) likeness of some frames to those learned from as if the mean of the latter were zero; `learned` (n, n) is
    that of the latter among themselves.
    """
    common = learned.mean(axis=0)
    return np.asarray(likeness - likeness.mean(axis=1, keepdims=True) - common + common.mean())


def _solve(likeness: NDArray[np.float64], wanted: Array) -> NDArray[np.float64]:
    """(n, m) ridge regression in its dual form: of n frames, which are fewer than, or about as many as, features."""
    penalty = _RIDGE * float(np.trace(likeness)) / len(likeness)
    return np.asarray(cho_solve(cho_factor(likeness + penalty * np.eye(len(likeness))), wanted))


def _targets(atlas: Atlas, source: NDArray[np.intp]) -> tuple[NDArray[np.intp], Array]:
    """Which of the frames `source` (T,) the atlas has, in its order, and their codes and gaps (T, 13)."""
    order = np.argsort(source)
    place = order[np.searchsorted(source, atlas.frame, sorter=order).clip(max=len(source) - 1)]
    found = source[place] == atlas.frame
    targets = np.zeros((len(source), atlas.code.shape[1] + 1), np.float32)
    targets[place[found]] = np.column_stack([atlas.code, atlas.gap])[found]
    return place[found], targets
