"""Whether the person in a picture is upright, or the picture lies on its side or upside down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from countenance.people.face import FaceBox, detect_faces
from countenance.settings import Settings

_UPRIGHT_SCORE = 0.95
"""The detector finds a face, eyes above, in most pictures of a face that lies or is upside down too: with 0.91 at most,
where upright ones have 0.90 to 0.95, each more than upside down."""
_SURE_SCORE, _MORE = 0.85, 0.015
"""A picture is turned for a face that is surely one, and for so much more than there is without turning it."""
_LEAST_PX = 64
_TURNED_EVERY = 8
"""One in so many pictures of a recording without a face that is surely upright is turned: one in two seconds."""
_MOST_TURNED = 15


def stands_at(rgb: NDArray[np.uint8], faces: Sequence[FaceBox], settings: Settings) -> int:
    """By how many degrees, 90, 180 or 270, to turn a picture (H, W, 3), in which these faces were found, clockwise for
    a face that is surely upright; 0 where there is none, or one already.
    """
    score, turn = _best(faces) + _MORE, 0
    if _best(faces) >= _UPRIGHT_SCORE or min(rgb.shape[:2]) < _LEAST_PX:
        return 0
    for quarters in (1, 3, 2):
        turned = _best(detect_faces(np.ascontiguousarray(np.rot90(rgb, -quarters)), settings))
        if turned >= max(score, _SURE_SCORE):
            score, turn = turned, 90 * quarters
    return turn


def _best(faces: Sequence[FaceBox]) -> float:
    return max((face.score for face in faces), default=0.0)


class FaceSearch:
    """Looks for faces in the pictures of a recording, one after the other, and finds out how the recording stands: of
    those without a face that is surely upright some are turned. Not to be shared between threads.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._upright = self._others = 0
        self._turns: list[int] = []

    def faces(self, rgb: NDArray[np.uint8]) -> list[FaceBox]:
        """All faces in the next picture (H, W, 3), largest first."""
        found = detect_faces(rgb, self._settings)
        if _best(found) >= _UPRIGHT_SCORE:
            self._upright += 1
            return found
        if self._others % _TURNED_EVERY == 0 and len(self._turns) < _MOST_TURNED:
            self._turns.append(stands_at(rgb, found, self._settings))
        self._others += 1
        return found

    @property
    def stands_at_deg(self) -> int:
        """By how many degrees to turn the recording clockwise to see the person upright; 0 where that is not needed, or
        where nobody is seen.
        """
        if self._upright > self._others or not self._turns:
            return 0
        ((turn, count),) = Counter(self._turns).most_common(1)
        return turn if 2 * count > len(self._turns) else 0
