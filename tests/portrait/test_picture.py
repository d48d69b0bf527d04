"""The picture as the video will show it: upright, opaque, of a size that a video can have."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from countenance.errors import CountenanceError
from countenance.portrait.picture import prepared
from countenance.settings import Settings

Picture = NDArray[np.uint8]


@pytest.fixture(scope="module")
def sharp(sitter: Picture) -> Picture:
    """Large enough not to be enlarged."""
    return np.asarray(cv2.resize(sitter, (480, 480), interpolation=cv2.INTER_CUBIC), np.uint8)


def test_odd_sides_become_even(tmp_path: Path, sharp: Picture, settings: Settings) -> None:
    path = tmp_path / "odd.png"
    Image.fromarray(sharp[:-3, :-1]).save(path)
    height, width = prepared(path, settings).shape[:2]
    assert (height, width) in {(476, 480), (478, 480), (476, 478), (478, 478)}


def test_a_small_face_is_enlarged(tmp_path: Path, sitter: Picture, settings: Settings) -> None:
    path = tmp_path / "small.png"
    Image.fromarray(np.asarray(cv2.resize(sitter, (160, 160), interpolation=cv2.INTER_AREA))).save(path)
    assert 160 < prepared(path, settings).shape[0] <= 320


@pytest.mark.parametrize("size", [(2600, 2000), (1500, 2600)])
def test_a_large_picture_fits_1080p(tmp_path: Path, sitter: Picture, settings: Settings, size: tuple[int, int]) -> None:
    path = tmp_path / "large.jpg"
    Image.fromarray(np.asarray(cv2.resize(sitter, size))).save(path)
    height, width = prepared(path, settings).shape[:2]
    assert max(height, width) <= 1920
    assert min(height, width) <= 1080
    assert width / height == pytest.approx(size[0] / size[1], rel=0.01)


def test_exif_turns_it_upright(tmp_path: Path, sharp: Picture, settings: Settings) -> None:
    path = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.ascontiguousarray(np.rot90(sharp[:440]))).save(path, exif=exif, quality=95)
    shown = prepared(path, settings)
    assert shown.shape[:2] == (440, 480)
    assert np.abs(shown.astype(int) - sharp[:440]).mean() < 6


def test_what_is_transparent_becomes_grey(tmp_path: Path, sharp: Picture, settings: Settings) -> None:
    alpha = np.full(sharp.shape[:2], 255, np.uint8)
    alpha[:20] = 0
    path = tmp_path / "cut out.png"
    Image.fromarray(np.dstack([sharp, alpha])).save(path)
    shown = prepared(path, settings)
    assert (shown[:20] == 128).all()
    assert np.array_equal(shown[20:], sharp[20:])


def test_what_is_no_picture_is_refused(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no picture")
    with pytest.raises(CountenanceError) as caught:
        prepared(path, settings)
    assert caught.value.finding.rule.id == "media.unknown_image"
