"""Pictures: what a face tracker and a face matcher make of them. Needs the extra `stock` and OpenGL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from countenance.errors import CountenanceError
from countenance.media.read import frames
from countenance.people.face import BLENDSHAPES, FaceTracker, detect_faces
from countenance.people.identity import face_embedding, similarity
from countenance.settings import Settings
from countenance.stock.errors import NO_RENDERER
from countenance.stock.figure import Pose
from countenance.stock.film import film
from countenance.stock.person import OTHER, PRESENTER, Person
from countenance.stock.render import Studio
from countenance.voice.hibari import speak

SETTINGS = Settings(threads=1)
STRANDS = 50
"""Of hair, which is nine tenths of the time."""


@contextmanager
def studio(person: Person) -> Iterator[Studio]:
    thin = replace(person, style=replace(person.style, strands=STRANDS))
    try:
        made = Studio(thin, 480, 270, view_height=3.0)
    except CountenanceError as error:
        if error.finding.rule is not NO_RENDERER:
            raise
        pytest.skip(str(error))
    yield made
    made.release()


@pytest.fixture(scope="module")
def presenter() -> Iterator[Studio]:
    with studio(PRESENTER) as made:
        yield made


@pytest.fixture(scope="module")
def other() -> Iterator[Studio]:
    with studio(OTHER) as made:
        yield made


def test_actions_are_recovered(presenter: Studio) -> None:
    for action, weight in (("jawOpen", 0.5), ("mouthPucker", 0.9), ("eyeBlinkLeft", 1.0)):
        assert _blendshape(presenter, action, weight) > _blendshape(presenter, action, 0.0) + 0.25, action


def test_head_turn_is_recovered(presenter: Studio) -> None:
    with FaceTracker(SETTINGS) as tracker:
        yaw = [tracker.track(presenter.frame(Pose({}, yaw_deg=y)).rgb, 10.0 * i) for i, y in enumerate((-12, 12))]
    assert yaw[0] is not None
    assert yaw[1] is not None
    assert yaw[1].yaw_deg - yaw[0].yaw_deg == pytest.approx(24, abs=7)


def test_two_people_are_two_people(presenter: Studio, other: Studio) -> None:
    pictures = [presenter.frame(Pose({})).rgb, presenter.frame(Pose({"jawOpen": 0.4}, yaw_deg=8)).rgb]
    pictures.append(other.frame(Pose({})).rgb)
    faces = [detect_faces(picture, SETTINGS) for picture in pictures]
    assert [len(found) for found in faces] == [1, 1, 1]
    one, same, stranger = (face_embedding(p, f[0], SETTINGS) for p, f in zip(pictures, faces, strict=True))
    assert similarity(one, same) > 0.6
    assert similarity(one, stranger) < 0.36


def test_studios_do_not_disturb_each_other(presenter: Studio, other: Studio) -> None:
    before, stranger = presenter.frame(Pose({})).rgb, other.frame(Pose({})).rgb
    assert np.array_equal(presenter.frame(Pose({})).rgb, before)
    assert np.array_equal(other.frame(Pose({})).rgb, stranger)


def test_film_has_the_length_of_its_sound_and_knows_its_truth(presenter: Studio, tmp_path: Path) -> None:
    speech = speak("Hi.", SETTINGS)
    truth = film(presenter, speech, tmp_path / "hi.mp4", text="Hi.", seed=1)
    shown = sum(1 for _ in frames(tmp_path / "hi.mp4"))
    assert shown == len(truth.blink) == round(speech.duration_s * 25)
    assert truth.lips_px.shape == (shown, 76, 2)
    assert np.ptp(truth.lip_gap_px) > 2


def _blendshape(of: Studio, action: str, weight: float) -> float:
    with FaceTracker(SETTINGS) as tracker:
        mesh = tracker.track(of.frame(Pose({action: weight})).rgb, 0.0)
    assert mesh is not None
    return float(mesh.blendshapes[BLENDSHAPES.index(action)])
