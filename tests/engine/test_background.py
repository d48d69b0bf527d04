"""Backgrounds: what users write, files that cannot be used, and the person before something else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from countenance.engine.background import (
    COLOURS,
    Backdrop,
    Background,
    Kind,
    background_of,
    check_background,
    looped,
    writer_for,
)
from countenance.errors import CountenanceError
from countenance.media.limits import Limits
from countenance.media.read import frames
from countenance.media.write import VideoWriter, write_wav
from countenance.settings import Settings
from countenance.stock.clips import presenter_clip

SETTINGS = Settings(threads=1)
Picture = NDArray[np.uint8]


@pytest.fixture(scope="module")
def presenter() -> list[Picture]:
    return [frame.image for frame in frames(presenter_clip(), end_s=0.2, max_side=640)]


def rule_of(text: str, out: Path, limits: Limits = Limits()) -> str:  # noqa: B008 - frozen
    with pytest.raises(CountenanceError) as caught:
        check_background(background_of(text), out, limits)
    return caught.value.finding.rule.id


def put(background: Background, pictures: list[Picture]) -> list[Picture]:
    height, width = pictures[0].shape[:2]
    with Backdrop(background, width, height, SETTINGS) as backdrop:
        return [backdrop.behind(picture) for picture in pictures]


def test_what_users_write() -> None:
    assert background_of("Transparent ") == Background(Kind.TRANSPARENT)
    assert background_of("filmed") == Background()
    assert background_of("green") == Background(Kind.COLOUR, COLOURS["green"])
    assert background_of("#1a2B3c") == Background(Kind.COLOUR, (26, 43, 60))
    assert background_of("#fa0") == Background(Kind.COLOUR, (255, 170, 0))
    assert background_of(str(presenter_clip())) == Background(Kind.VIDEO, file=presenter_clip())


def test_what_cannot_be_used_is_named(tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    write_wav(tmp_path / "voice.wav", np.zeros(16_000, np.float32))
    (tmp_path / "torn.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    (tmp_path / "text.mp4").write_text("no video")
    cv2.imwrite(str(tmp_path / "large.png"), np.zeros((400, 400, 3), np.uint8))
    with pytest.raises(CountenanceError) as caught:
        background_of("grean")
    assert caught.value.finding.rule.id == "engine.unknown_background"
    assert rule_of(str(tmp_path / "away.png"), out) == "media.file_missing"
    assert rule_of(str(tmp_path), out) == "media.not_a_file"
    assert rule_of(str(tmp_path / "torn.png"), out) == "media.image_damaged"
    assert rule_of(str(tmp_path / "text.mp4"), out) == "engine.background_unreadable"
    assert rule_of(str(tmp_path / "voice.wav"), out) == "engine.background_unreadable"
    assert rule_of(str(tmp_path / "large.png"), out, Limits(pixels=100_000)) == "media.picture_too_large"
    assert rule_of("transparent", out) == "engine.suffix_misfits"
    assert rule_of("green", tmp_path / "out.WEBM") == "engine.suffix_misfits"
    check_background(background_of("transparent"), tmp_path / "out.webm", Limits())
    check_background(background_of(str(tmp_path / "large.png")), out, Limits())


def test_as_filmed_nothing_is_touched(presenter: list[Picture]) -> None:
    assert all(a is b for a, b in zip(put(Background(), presenter), presenter, strict=True))


def test_a_colour_is_exact_behind_and_the_person_is_untouched(presenter: list[Picture]) -> None:
    for picture, filmed in zip(put(background_of("green"), presenter), presenter, strict=True):
        assert (picture[:150, :120] == COLOURS["green"]).all()
        assert (picture[:150, -120:] == COLOURS["green"]).all()
        face = slice(100, 240), slice(270, 370)
        assert np.array_equal(picture[face], filmed[face])


def test_no_halo_of_the_old_background_is_left(presenter: list[Picture]) -> None:
    """A bright background must not shine in the edge when the person stands before black."""
    dark = put(background_of("black"), presenter)[-1].astype(int).sum(axis=2)
    bright = [np.where(_person(presenter)[..., None], picture, 255).astype(np.uint8) for picture in presenter]
    lit = put(background_of("black"), bright)[-1].astype(int).sum(axis=2)
    assert np.percentile(lit - dark, 99) < 90


def _person(pictures: list[Picture]) -> NDArray[np.bool_]:
    return np.asarray(put(Background(Kind.TRANSPARENT), pictures)[-1][..., 3] > 127)


def test_nothing_of_the_room_stays_in_a_transparent_picture(presenter: list[Picture]) -> None:
    pictures = put(Background(Kind.TRANSPARENT), presenter)
    clear = [picture[picture[..., 3] == 0] for picture in pictures]
    assert all(len(pixels) > 50_000 for pixels in clear)
    assert len(np.unique(np.concatenate(clear), axis=0)) == 1
    assert all((picture[100:240, 270:370, 3] == 255).all() for picture in pictures)


def test_a_picture_covers_the_whole_and_keeps_its_middle(tmp_path: Path, presenter: list[Picture]) -> None:
    wide = np.zeros((100, 900, 3), np.uint8)
    wide[:, :450], wide[:, 450:] = (0, 0, 200), (200, 0, 0)  # BGR: red, then blue
    cv2.imwrite(str(tmp_path / "wide.png"), wide)
    picture = put(background_of(str(tmp_path / "wide.png")), presenter[:1])[0]
    assert picture.shape == presenter[0].shape
    assert np.abs(picture[20, 20].astype(int) - (200, 0, 0)).max() < 3
    assert np.abs(picture[20, -20].astype(int) - (0, 0, 200)).max() < 3


def test_a_video_plays_behind_the_person(tmp_path: Path, presenter: list[Picture]) -> None:
    path = tmp_path / "scene.mp4"
    with VideoWriter(path, 320, 180) as writer:
        for level in (40, 90, 140, 190, 240):
            writer.write(np.full((180, 320, 3), level, np.uint8))
    levels = [int(picture[20, 20, 0]) for picture in put(background_of(str(path)), presenter)]
    assert levels == sorted(levels)
    assert len(set(levels)) > 2


def test_a_loop_never_jumps_and_never_ends() -> None:
    def opened() -> Iterator[Picture]:
        return (np.full((2, 2, 3), 2 * index, np.uint8) for index in range(60))

    endless = looped(opened)
    levels = np.array([int(next(endless)[0, 0, 0]) for _ in range(400)])
    assert levels.max() >= 90
    assert np.abs(np.diff(levels)).max() < 15
    single = looped(lambda: iter([np.full((2, 2, 3), 7, np.uint8)]))
    assert [int(next(single)[0, 0, 0]) for _ in range(5)] == [7] * 5


@pytest.mark.parametrize(("text", "name"), [("transparent", "out.webm"), ("green", "out.mp4")])
def test_each_background_finds_its_writer(tmp_path: Path, presenter: list[Picture], text: str, name: str) -> None:
    background, out = background_of(text), tmp_path / name
    height, width = presenter[0].shape[:2]
    with writer_for(background, out, width, height) as writer:
        for picture in put(background, presenter[:3]):
            writer.write(picture)
    assert len(list(frames(out))) == 3


@pytest.mark.parametrize("text", ["~nosuchuser/x.png", "x" * 300 + ".png", "./" + "x" * 300])
def test_a_name_that_no_file_can_have_is_no_background(text: str) -> None:
    with pytest.raises(CountenanceError) as caught:
        background_of(text)
    assert caught.value.finding.rule.id == "engine.unknown_background"
