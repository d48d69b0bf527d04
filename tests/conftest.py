"""Fixtures that every room's tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from countenance.media.read import audio, frames
from countenance.media.write import VideoWriter
from countenance.stock.clips import presenter_clip

_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real recordings. Users do not have it: skipped there, required where the variable says so."""
    if _DATA.is_dir():
        return _DATA
    message = f"real recordings are not at {_DATA}"
    if os.environ.get("COUNTENANCE_REQUIRE_REAL_DATA") == "1":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def short_footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stock presenter for thirteen seconds, small: enough to train from, quick enough for a test."""
    path = tmp_path_factory.mktemp("footage") / "short footage.mp4"
    pictures = [frame.image for frame in frames(presenter_clip(), end_s=13.0, max_side=640)]
    height, width = pictures[0].shape[:2]
    with VideoWriter(path, width, height, audio=audio(presenter_clip())) as writer:
        for picture in pictures:
            writer.write(picture)
    return path
