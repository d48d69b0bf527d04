"""Is the person who agrees the person in the footage, by the face?"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from countenance.consent.likeness import Likeness, worst_of
from countenance.errors import Span
from countenance.media.limits import Limits, limits_from
from countenance.media.read import Frame, frames
from countenance.people.face import FaceBox, detect_faces
from countenance.people.identity import combined, face_embedding, similarity
from countenance.settings import Settings

_LOOKS = 32
"""Moments at which a recording is looked at, spread evenly."""
_CHOSEN = 16
"""Most frontal faces that are compared, one of each sixteenth of the time."""
_STREAMED_S = 60.0
"""Up to this length reading through is quicker than jumping."""
_LONGEST_SIDE_PX = 960
_SECOND_FACE = 0.25
"""A further face counts from this share of the main face's width on."""

Embedding = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Faces:
    """The faces of one recording, or of a stretch of it."""

    looks: int
    """How many pictures were looked at."""
    none: int
    """How many of them show no face."""
    several: int
    """How many show more than one."""
    embeddings: tuple[Embedding, ...]
    """Of the main face, where it looks most straight into the camera; at most sixteen."""


def look(path: Path, span: Span, settings: Settings) -> Faces:
    """The faces that are seen in `span`, at moments spread evenly over it."""
    looks, none, several = 0, 0, 0
    best: dict[int, tuple[float, Embedding]] = {}
    for frame in _spread(path, span, limits_from(settings)):
        looks += 1
        boxes = detect_faces(frame.image, settings)
        if not boxes:
            none += 1
            continue
        several += sum(box.width >= _SECOND_FACE * boxes[0].width for box in boxes) > 1
        part = int(_CHOSEN * (frame.time_s - span.start_s) / max(span.duration_s, 1e-6))
        turned = _turned(boxes[0])
        if part not in best or turned < best[part][0]:
            best[part] = (turned, face_embedding(frame.image, boxes[0], settings))
    return Faces(looks, none, several, tuple(embedding for _, embedding in best.values()))


def compare(a: Sequence[Embedding], b: Sequence[Embedding]) -> Likeness:
    """How alike the faces are; both must hold at least one."""
    whole_a, whole_b = combined(a), combined(b)
    singles = ([similarity(one, whole_b) for one in a], [similarity(one, whole_a) for one in b])
    return Likeness(
        typical=similarity(whole_a, whole_b),
        worst=min(worst_of(single) for single in singles),
    )


def _spread(path: Path, span: Span, limits: Limits) -> Iterator[Frame]:
    """About `_LOOKS` pictures, evenly over the span."""
    step_s = max(span.duration_s / _LOOKS, 0.04)
    if span.duration_s <= _STREAMED_S:
        yield from frames(
            path, fps=1 / step_s, limits=limits, max_side=_LONGEST_SIDE_PX, start_s=span.start_s, end_s=span.end_s
        )
        return
    for i in range(_LOOKS):
        # Not at moments that anybody could know beforehand.
        start_s = span.start_s + (i + _moment()) * step_s
        found = frames(path, limits=limits, max_side=_LONGEST_SIDE_PX, start_s=start_s, end_s=start_s + 0.08)
        yield from list(found)[:1]


def _moment() -> float:
    """Between 0 and 1."""
    return secrets.randbelow(1000) / 1000


def _turned(box: FaceBox) -> float:
    """How far the nose is from the middle between the eyes, as a share of their distance; 0 looks straight ahead."""
    right_eye, left_eye, nose = box.landmarks[0], box.landmarks[1], box.landmarks[2]
    axis = left_eye - right_eye
    length = max(float(np.hypot(*axis)), 1e-6)
    return abs(float(np.dot(nose - (right_eye + left_eye) / 2, axis))) / length**2
