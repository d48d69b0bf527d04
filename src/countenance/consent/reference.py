"""The face of the one person who is seen in a picture or a video."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from countenance.consent import faces
from countenance.consent.claim_rules import REFERENCE_NO_FACE, REFERENCE_SEVERAL_FACES, REFERENCE_TWO_PEOPLE
from countenance.consent.faces import Embedding
from countenance.errors import CountenanceError, Finding, Span
from countenance.media.errors import NO_VIDEO, problem
from countenance.media.image import is_image, read_image
from countenance.media.limits import limits_from
from countenance.media.probe import probe
from countenance.people.face import detect_faces
from countenance.people.identity import combined, face_embedding, similarity
from countenance.settings import Settings

_SECOND_FACE = 0.25
"""A further face counts from this share of the main face's width on."""
_MOST_SEVERAL = 0.1
"""In a video, the share of looks that may show a further face: a false detection now and then."""


def reference_face(path: Path, settings: Settings) -> Embedding:
    """A unit vector of the face in the picture or video.

    Raises:
        CountenanceError: consent.reference_no_face, consent.reference_several_faces, and what reading may raise.
    """
    return _of_picture(path, settings) if is_image(path) else _of_video(path, settings)


def reference_faces(paths: Sequence[Path], settings: Settings) -> tuple[Embedding, ...]:
    """One vector for each file; all must show the same person.

    Raises:
        CountenanceError: consent.reference_two_people, and see `reference_face`.
    """
    found = tuple(reference_face(path, settings) for path in paths)
    least = REFERENCE_TWO_PEOPLE.limit or 0.0
    for path, face in zip(paths[1:], found[1:], strict=True):
        alike = similarity(face, found[0])
        if alike < least:
            raise CountenanceError(Finding(REFERENCE_TWO_PEOPLE, file=str(path), measured=alike))
    return found


def _of_picture(path: Path, settings: Settings) -> Embedding:
    rgb = read_image(path, limits_from(settings)).rgb
    boxes = detect_faces(rgb, settings)
    if not boxes:
        raise CountenanceError(Finding(REFERENCE_NO_FACE, file=str(path)))
    count = sum(box.width >= _SECOND_FACE * boxes[0].width for box in boxes)
    if count > 1:
        raise CountenanceError(Finding(REFERENCE_SEVERAL_FACES, file=str(path), measured=float(count)))
    return face_embedding(rgb, boxes[0], settings)


def _of_video(path: Path, settings: Settings) -> Embedding:
    info = probe(path, limits_from(settings))
    if info.video is None:
        raise problem(NO_VIDEO, path)
    seen = faces.look(path, Span(0.0, info.duration_s), settings)
    if not seen.embeddings:
        raise CountenanceError(Finding(REFERENCE_NO_FACE, file=str(path)))
    if seen.several > _MOST_SEVERAL * seen.looks:
        raise CountenanceError(Finding(REFERENCE_SEVERAL_FACES, file=str(path)))
    return combined(seen.embeddings)
