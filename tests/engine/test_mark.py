"""The visible mark: where it is, that it reads on anything, and what cannot be one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from countenance.engine.mark import Mark, mark_for
from countenance.errors import CountenanceError
from countenance.media.read import frames
from countenance.media.write import VideoWriter
from countenance.settings import Settings

SIZES = [(640, 360), (360, 640), (1280, 720), (1920, 1080)]


def mark(text: str, width: int = 640, height: int = 360) -> Mark:
    made = mark_for(width, height, Settings(visible_mark=text))
    assert made is not None
    return made


def grey(level: int, width: int, height: int) -> NDArray[np.uint8]:
    return np.full((height, width, 3), level, np.uint8)


def test_there_is_none_unless_it_is_asked_for() -> None:
    assert mark_for(640, 360, Settings()) is None
    assert mark_for(640, 360, Settings(visible_mark="  ")) is None


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("level", [0, 128, 255])
def test_it_reads_on_anything_and_leaves_the_rest_alone(width: int, height: int, level: int) -> None:
    below = grey(level, width, height)
    made = mark("AI-generated", width, height)
    marked = made.on(below)
    assert (below == level).all(), "what was given is not painted over"
    changed = np.argwhere((marked != below).any(axis=2))
    (top, left), (bottom, right) = changed.min(axis=0), changed.max(axis=0)
    assert top > height * 0.85
    assert left > width * 0.45
    assert bottom < height - 0.015 * min(width, height)
    assert right < width - 0.015 * min(width, height)
    part = marked[made.top : made.top + made.alpha.shape[0], made.left : made.left + made.alpha.shape[1], 0]
    assert _contrast(int(part.max()), int(np.median(part))) > 4.5
    assert bottom - top >= 11, "letters of twelve pixels"


def _contrast(light: int, dark: int) -> float:
    """Of two greys, after WCAG 2.2."""
    bright, dim = (((value / 255 + 0.055) / 1.055) ** 2.4 for value in (light, dark))
    return float((bright + 0.05) / (dim + 0.05))


def test_it_survives_the_encoder(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (360, 640, 3)).astype(np.uint8)
    made = mark("AI-generated")
    marked = made.on(noise)
    with VideoWriter(tmp_path / "a.mp4", 640, 360) as writer:
        for _ in range(5):
            writer.write(marked)
    seen = next(frames(tmp_path / "a.mp4")).image
    where = np.s_[made.top : made.top + made.alpha.shape[0], made.left : made.left + made.alpha.shape[1]]
    sent, got = marked[where].mean(axis=2).ravel(), seen[where].mean(axis=2).ravel()
    assert np.corrcoef(sent, got)[0, 1] > 0.95


def test_on_a_picture_with_transparency_it_is_solid() -> None:
    clear = np.zeros((360, 640, 4), np.uint8)
    made = mark("AI-generated")
    marked = made.on(clear)
    part = marked[made.top : made.top + made.alpha.shape[0], made.left : made.left + made.alpha.shape[1]]
    assert part[..., 3].max() == 255
    assert np.median(part[..., 3]) == pytest.approx(255 * 0.55, abs=1)
    assert part[part[..., 3] == 255][:, :3].min() > 250
    assert (marked[:300] == 0).all()
    solid = np.dstack([grey(200, 640, 360), np.full((360, 640), 255, np.uint8)])
    np.testing.assert_allclose(made.on(solid)[..., :3], made.on(grey(200, 640, 360)), atol=1)
    assert (made.on(solid)[..., 3] == 255).all()


def test_an_emblem_of_the_owners(tmp_path: Path) -> None:
    path = tmp_path / "emblem [1].png"
    emblem = np.zeros((40, 80, 4), np.uint8)
    emblem[:, 40:] = (230, 60, 40, 255)
    Image.fromarray(emblem).save(path)
    marked = mark(str(path), 1280, 720).on(grey(90, 1280, 720))
    assert (marked[-43, -30] == (230, 60, 40)).all()
    assert (marked[-43, -110] == 90).all(), "where it is transparent, nothing changes"


def test_a_long_text_stays_within_the_picture() -> None:
    for width, height in ((64, 48), (160, 90), (360, 640)):
        made = mark("Made with artificial intelligence by Harbour Films, Bristol", width, height)
        assert made.alpha.shape[1] <= 0.6 * width + 1
        assert made.on(grey(255, width, height)).min() < 255


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("künstlich", "engine.mark_unusable"),
        ("人工", "engine.mark_unusable"),
        ("x" * 61, "engine.mark_unusable"),
        ("/nowhere/emblem.png", "media.file_missing"),
        (f"{__file__}.png", "media.file_missing"),
    ],
)
def test_what_cannot_be_drawn_is_told(text: str, rule: str) -> None:
    with pytest.raises(CountenanceError) as error:
        mark(text)
    assert error.value.finding.rule.id == rule


def test_a_file_that_is_no_picture_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("no picture")
    with pytest.raises(CountenanceError) as error:
        mark(str(tmp_path / "a.png"))
    assert error.value.finding.rule.id == "media.unknown_image"
