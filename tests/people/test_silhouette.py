"""The person in a picture: where, with which edges, steady but without a ghost, and nobody where nobody is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from countenance.media.read import frames
from countenance.people.silhouette import Silhouette
from countenance.settings import Settings
from countenance.stock.clips import presenter_clip

SETTINGS = Settings(threads=1)
Picture = NDArray[np.uint8]


@pytest.fixture(scope="module")
def presenter() -> list[Picture]:
    return [frame.image for frame in frames(presenter_clip(), end_s=0.24, max_side=640)]


def alphas(pictures: list[Picture]) -> list[NDArray[np.int16]]:
    with Silhouette(SETTINGS) as silhouette:
        return [silhouette.cut(picture).alpha.astype(np.int16) for picture in pictures]


def test_the_person_is_whole_and_the_room_is_gone(presenter: list[Picture]) -> None:
    for alpha in alphas(presenter):
        assert (alpha[100:240, 260:370] == 255).all()
        assert not alpha[:200, :120].any()
        assert not alpha[:200, -120:].any()
        assert 0.2 < (alpha > 127).mean() < 0.5
        _, _, stats, _ = cv2.connectedComponentsWithStats((alpha > 127).astype(np.uint8))
        sizes = stats[1:, cv2.CC_STAT_AREA]
        assert sizes.max() > 0.995 * sizes.sum()


def test_the_edge_is_narrow_and_lies_on_the_picture_s_own(presenter: list[Picture]) -> None:
    picture = presenter[-1]
    alpha = alphas(presenter)[-1]
    assert ((alpha > 12) & (alpha < 243)).mean() < 0.04
    light = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (0, 0), 1.0).astype(np.float32)
    steep = np.hypot(cv2.Sobel(light, cv2.CV_32F, 1, 0), cv2.Sobel(light, cv2.CV_32F, 0, 1))
    edge = cv2.Canny((alpha > 127).astype(np.uint8) * 255, 50, 150) > 0
    moved = np.roll(edge, 12, axis=1)
    assert np.median(steep[edge]) > 1.5 * np.median(steep[moved])


def test_what_stands_still_does_not_flicker(presenter: list[Picture]) -> None:
    rng = np.random.default_rng(0)
    grain = [np.clip(presenter[0] + rng.normal(0, 2, presenter[0].shape), 0, 255).astype(np.uint8) for _ in range(5)]
    seen = alphas(grain)
    assert np.abs(seen[-1] - seen[-2]).mean() < 0.6


def test_who_moves_leaves_no_ghost(presenter: list[Picture]) -> None:
    moved = np.roll(presenter[0], 60, axis=1)
    once, after = alphas([moved])[-1], alphas([presenter[0], presenter[0], moved])[-1]
    assert np.abs(once - after).mean() < 4.0
    assert np.percentile(after[:, 100:200][once[:, 100:200] == 0], 99.5) < 30


def test_nobody_is_cut_out_of_an_empty_picture() -> None:
    assert not alphas([np.full((180, 320, 3), 120, np.uint8)])[0].any()


def test_sizes_from_tiny_to_large(presenter: list[Picture]) -> None:
    for size in ((64, 36), (361, 203), (1920, 1080), (270, 480)):
        picture = np.asarray(cv2.resize(presenter[0], size), np.uint8)
        assert alphas([picture])[0].shape == (size[1], size[0])
