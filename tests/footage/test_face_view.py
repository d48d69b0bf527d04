from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from countenance.footage.face_view import blockiness, crop, sharpness, view_face
from countenance.footage.timeline import PATCHES, Box
from countenance.media.read import frames
from countenance.people.face import FaceTracker
from countenance.settings import Settings
from countenance.stock.clips import presenter_clip

FACE = Box(0.4, 0.2, 0.2, 0.48)


@pytest.fixture(scope="module")
def picture() -> NDArray[np.uint8]:
    return next(frames(presenter_clip())).image


@pytest.fixture(scope="module")
def luma(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


def test_blur_takes_sharpness(luma: NDArray[np.uint8]) -> None:
    face = crop(luma, FACE)
    measured = [sharpness(face)]
    for sigma in (1.5, 3.0, 6.0):
        measured.append(sharpness(np.asarray(cv2.GaussianBlur(face, (0, 0), sigma), np.uint8)))
    assert measured[0] > 55
    assert measured == sorted(measured, reverse=True)
    assert measured[2] < 40


def test_a_larger_picture_of_the_same_sharpness_measures_alike(luma: NDArray[np.uint8]) -> None:
    face = cv2.resize(crop(luma, FACE), (256, 340), interpolation=cv2.INTER_AREA)
    assert sharpness(np.asarray(face // 2, np.uint8)) == pytest.approx(sharpness(np.asarray(face, np.uint8)), abs=8)


def test_blocks_are_seen_at_low_quality(luma: NDArray[np.uint8]) -> None:
    worse = []
    for quality in (95, 30, 5):
        _, data = cv2.imencode(".jpg", luma, [cv2.IMWRITE_JPEG_QUALITY, quality])
        worse.append(blockiness(np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8), FACE))
    assert blockiness(luma, FACE) < 25
    assert worse == sorted(worse)
    assert worse[-1] > 100


def test_a_face_seen_in_a_picture(picture: NDArray[np.uint8], luma: NDArray[np.uint8]) -> None:
    with FaceTracker(Settings(threads=1)) as tracker:
        mesh = tracker.track(picture, 0.0)
    assert mesh is not None
    view = view_face(picture, luma, FACE, mesh)
    assert len(view.colours) == len(PATCHES)
    lightness = dict(zip(PATCHES, (colour[0] for colour in view.colours), strict=True))
    assert lightness["forehead"] > lightness["right eye"]
    assert view.bright < 5
    assert view.uneven < 25
    half = picture.copy()
    half[:, : round(picture.shape[1] * 0.5)] //= 3
    assert view_face(half, luma, FACE, mesh).uneven > 40
    assert view_face(picture, luma, FACE, None).colours == ()


def test_a_box_beyond_the_picture_is_clipped(picture: NDArray[np.uint8]) -> None:
    assert crop(picture, Box(-0.1, -0.1, 0.2, 0.2)).shape[:2] == (73, 129)
    assert crop(picture, Box(1.5, 1.5, 0.1, 0.1)).shape == picture.shape
