"""Faces: one person is known again in other clothes and light, and by nobody else's face."""

from __future__ import annotations

import itertools
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from countenance.media.read import frames
from countenance.people.face import detect_faces
from countenance.people.identity import FACE_MATCH, FACE_REVIEW, combined, face_embedding, similarity
from countenance.settings import Settings

pytestmark = pytest.mark.real_data

Embedding = NDArray[np.float32]


def _embedding(path: Path, settings: Settings, count: int = 3) -> Embedding:
    found = []
    for frame in itertools.islice(frames(path, fps=2), count):
        box = detect_faces(frame.image, settings)[0]
        found.append(face_embedding(frame.image, box, settings))
    return combined(found)


def test_embedding_is_a_unit_vector(shared_data: Path, settings: Settings) -> None:
    embedding = _embedding(shared_data / "grid/s1/bbaf2n.mpg", settings, count=1)
    assert embedding.shape == (128,)
    assert np.linalg.norm(embedding) == pytest.approx(1.0, abs=1e-5)


def test_three_outfits_and_two_lightings_are_one_man(shared_data: Path, settings: Settings) -> None:
    found = [_embedding(path, settings) for path in sorted((shared_data / "grid/s26").glob("*.mpg"))]
    assert len(found) == 11
    assert min(similarity(a, b) for a, b in itertools.combinations(found, 2)) >= FACE_MATCH


def test_different_people_are_told_apart(shared_data: Path, settings: Settings) -> None:
    people = [
        _embedding(shared_data / name, settings)
        for name in (
            "grid/s1/bbaf2n.mpg",
            "grid/s26/bwaq8s.mpg",
            "talking/contracted_man_sofa_20s.mp4",
            "talking/avatar_talent_b_speaking_4k50.mp4",
            "defects/webcam_no_speech_8s_720p.mp4",
            "defects/silent_track_single_face_20s.mp4",
        )
    ]
    assert max(similarity(a, b) for a, b in itertools.combinations(people, 2)) < FACE_REVIEW


def test_years_apart_and_smiling_is_still_the_same_man(shared_data: Path, settings: Settings) -> None:
    snapshot = cv2.imread(str(shared_data / "portraits/real_good_author_572.jpg"))
    assert snapshot is not None
    rgb = np.asarray(snapshot[:, :, ::-1], np.uint8)
    there = face_embedding(rgb, detect_faces(rgb, settings)[0], settings)
    here = _embedding(shared_data / "defects/too_short_single_face_2s.mp4", settings)
    assert similarity(there, here) >= FACE_MATCH


def test_a_few_wrong_faces_do_not_change_who_it_is(shared_data: Path, settings: Settings) -> None:
    man = _embedding(shared_data / "grid/s1/bbaf2n.mpg", settings, count=1)
    other = _embedding(shared_data / "grid/s26/bwaq8s.mpg", settings, count=1)
    assert similarity(combined([man] * 7 + [other] * 3), man) > 0.95
