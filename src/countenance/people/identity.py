"""Is this the same person? Face embeddings and their likeness."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from countenance.people.face import FaceBox
from countenance.people.sessions import face_embedder
from countenance.settings import Settings

# Chosen with benchmarks/identity.py on embeddings combined over a recording: one man in a snapshot and a webcam clip,
# years apart, 0.71, all other recordings of one person 0.89 and more; different people 0.40 at most, the products of
# one face generator 0.60.
FACE_MATCH = 0.62
"""At or above this likeness two faces are taken for one person's."""
FACE_REVIEW = 0.42
"""From here up to `FACE_MATCH` a human should look; below, the faces are taken for two people's."""

_embedder_lock = Lock()


def face_embedding(rgb: NDArray[np.uint8], box: FaceBox, settings: Settings) -> NDArray[np.float32]:
    """A unit vector (128,) that tells people apart, of the face in `box` of the picture (H, W, 3).

    The face is turned upright by its five landmarks first. Model: SFace (Zhong et al. 2021, arXiv:2205.12010).
    """
    import cv2

    row = np.array([box.x, box.y, box.width, box.height, *box.landmarks.reshape(-1), box.score], np.float32)
    with _embedder_lock:
        embedder = face_embedder(settings)
        aligned = embedder.alignCrop(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), row)
        return _unit(np.array(embedder.feature(aligned), np.float32).reshape(-1))


def combined(embeddings: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """One unit vector for the embeddings of one person: steadier than each; about ten frames are enough.

    The median of each number, so that a few frames with another face or half a face do not count.
    """
    return _unit(np.median(np.stack(embeddings), axis=0))


def similarity(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Cosine of two embeddings, -1 to 1; see `FACE_MATCH` and `FACE_REVIEW`."""
    return float(np.dot(a, b))


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), np.float32)
