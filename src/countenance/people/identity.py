"""Is this the same person? Face embeddings and their likeness."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from countenance.people.face import FaceBox
from countenance.people.sessions import face_embedder
from countenance.settings import Settings

FACE_MATCH = 0.45
"""At or above this likeness two faces are taken for one person's."""
FACE_REVIEW = 0.35
"""From here up to `FACE_MATCH` a human should look; below, the faces are taken for two people's."""


def face_embedding(rgb: NDArray[np.uint8], box: FaceBox, settings: Settings) -> NDArray[np.float32]:
    """A unit vector (128,) that tells people apart, of the face in `box` of the picture (H, W, 3).

    The face is turned upright by its five landmarks first. Model: SFace (Zhong et al. 2021, arXiv:2205.12010).
    """
    import cv2

    embedder = face_embedder(settings)
    row = np.array([box.x, box.y, box.width, box.height, *box.landmarks.reshape(-1), box.score], np.float32)
    aligned = embedder.alignCrop(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), row)
    vector = np.asarray(embedder.feature(aligned), np.float32).reshape(-1)
    return vector / max(float(np.linalg.norm(vector)), 1e-12)


def similarity(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Cosine of two embeddings, -1 to 1; see `FACE_MATCH` and `FACE_REVIEW`."""
    return float(np.dot(a, b))
