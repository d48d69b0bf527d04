"""A small picture of the synthetic presenter, and a puppet made from it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from countenance.media.read import frames
from countenance.portrait.puppet import Puppet
from countenance.settings import Settings
from countenance.stock.clips import presenter_clip, presenter_truth

Picture = NDArray[np.uint8]


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings(threads=1)


@pytest.fixture(scope="session")
def sitter() -> Picture:
    """The presenter with lips closed and eyes open, 240 px square."""
    truth = presenter_truth()
    open_eyes = truth.blink[:500] < 0.01
    calm = int(np.where(open_eyes, np.abs(truth.lip_gap_px[:500]), np.inf).argmin())
    frame = next(frames(presenter_clip(), start_s=calm / truth.fps)).image
    side = frame.shape[0]
    left = (frame.shape[1] - side) // 2
    return np.asarray(cv2.resize(frame[:, left : left + side], (240, 240), interpolation=cv2.INTER_AREA), np.uint8)


@pytest.fixture(scope="session")
def puppet(sitter: Picture, settings: Settings) -> Puppet:
    return Puppet(sitter, settings)


@pytest.fixture(scope="session")
def picture_file(tmp_path_factory: pytest.TempPathFactory, sitter: Picture) -> Path:
    """So small that it is enlarged, and quick."""
    path = tmp_path_factory.mktemp("pictures") / "my picture.png"
    Image.fromarray(np.asarray(cv2.resize(sitter, (160, 160), interpolation=cv2.INTER_AREA), np.uint8)).save(path)
    return path
