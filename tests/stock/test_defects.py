"""Every defect is what its name says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from countenance.errors import CountenanceError
from countenance.media.probe import probe
from countenance.media.read import audio, frames
from countenance.people.face import detect_faces
from countenance.settings import Settings
from countenance.stock.clips import presenter_clip
from countenance.stock.defects import KINDS, make

SECONDS = 1.2


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("defects")
    return {kind: make(kind, presenter_clip(), folder / f"{kind}.mp4", seconds=SECONDS) for kind in KINDS}


def test_faces(made: dict[str, Path]) -> None:
    settings = Settings(threads=1)
    whole = next(frames(presenter_clip())).image
    face = detect_faces(whole, settings)[0]
    assert len(detect_faces(next(frames(made["two_faces"])).image, settings)) == 2
    tiny = detect_faces(next(frames(made["tiny_face"])).image, settings)
    assert tiny[0].width == pytest.approx(face.width / 6, rel=0.25)


def test_light_and_focus(made: dict[str, Path]) -> None:
    whole, dark, blurred = (
        next(frames(path)).image.astype(float) for path in (presenter_clip(), made["dark"], made["blurred"])
    )
    assert dark.mean() < whole.mean() / 3
    assert np.abs(np.diff(blurred, axis=1)).mean() < np.abs(np.diff(whole, axis=1)).mean() / 1.5


def test_still_picture(made: dict[str, Path]) -> None:
    pictures = [f.image.astype(int) for f in frames(made["still"])]
    assert len(pictures) == round(SECONDS * 25)
    assert np.abs(pictures[-1] - pictures[0]).mean() < 1


def test_sound(made: dict[str, Path]) -> None:
    assert np.abs(audio(made["silent"])).max() < 1e-3
    assert probe(made["no_sound"]).audio is None
    assert np.abs(audio(made["dubbed"]) - audio(made["still"])[: len(audio(made["dubbed"]))]).max() > 0.05


def test_truncated_file_is_told_as_such(made: dict[str, Path]) -> None:
    try:
        shown = sum(1 for _ in frames(made["truncated"]))
    except CountenanceError:
        return
    assert shown < round(SECONDS * 25)
