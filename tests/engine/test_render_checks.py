"""What keeps a video from being made is told before any sound is listened to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from bundles import small_replica
from PIL import Image

from countenance.engine.background import background_of
from countenance.engine.render import RenderOptions, render
from countenance.engine.replica import REFINER, save
from countenance.errors import CountenanceError
from countenance.progress import Progress
from countenance.settings import Settings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    # Weights of a net that nobody can load: only who needs them looks at them.
    weights = {"nothing": np.zeros(1, np.float32)}
    save(replace(small_replica(tmp_path), optional={REFINER: weights}), tmp_path / "replica")
    return tmp_path / "replica"


def rule_of(folder: Path, out: Path, options: RenderOptions = RenderOptions(), **settings: object) -> str:  # noqa: B008
    """The rule that a script was refused by, before anything was listened to."""
    told: list[Progress] = []
    with pytest.raises(CountenanceError) as error:
        render(
            folder,
            out,
            Settings.model_validate({"threads": 1, **settings}),
            script="Hello.",
            options=options,
            progress=told.append,
        )
    assert {progress.stage for progress in told} == {"open"}
    return error.value.finding.rule.id


def test_nothing_that_a_video_is_made_from_is_written_over(folder: Path, tmp_path: Path) -> None:
    picture = tmp_path / "room.png"
    Image.new("RGB", (64, 36)).save(picture)
    before, around = picture.read_bytes(), tmp_path / "replica" / ".." / "room.png"
    behind = RenderOptions(background=background_of(str(picture)))
    assert rule_of(folder, around, behind) == "engine.out_is_input"
    assert rule_of(folder, picture, visible_mark=str(around)) == "engine.out_is_input"
    assert rule_of(folder, picture, RenderOptions(inputs=(picture,))) == "engine.out_is_input"
    assert rule_of(folder, folder / "video.mp4") == "engine.out_is_input"
    assert picture.read_bytes() == before


def test_nor_is_what_is_written_beside_it(folder: Path, tmp_path: Path) -> None:
    words, out = tmp_path / "names.json", tmp_path / "video.mp4"
    words.write_text("{}")
    for beside, rule in (
        (folder / "replica.json", "engine.out_is_input"),
        (folder / "new.vtt", "engine.out_is_input"),
        (words, "engine.out_is_input"),
        (tmp_path, "media.cannot_write"),
        (tmp_path / "no folder" / "a.vtt", "media.cannot_write"),
        (Path("/proc/a.vtt"), "media.cannot_write"),
    ):
        assert rule_of(folder, out, RenderOptions(inputs=(words,), beside=(beside,))) == rule
    assert words.read_text() == "{}"


@pytest.mark.parametrize("name", ["precious.md", "video", "video.mp4.txt", "video.mkv", "video.webm"])
def test_only_names_of_videos_are_written_over(name: str, folder: Path, tmp_path: Path) -> None:
    (tmp_path / name).write_text("kept")
    assert rule_of(folder, tmp_path / name) == "engine.suffix_misfits"
    assert (tmp_path / name).read_text() == "kept"


def test_a_place_that_nobody_can_write_to(folder: Path) -> None:
    assert rule_of(folder, Path("/proc/video.mp4")) == "media.cannot_write"


def test_a_name_that_no_file_can_have_is_refused(folder: Path, tmp_path: Path) -> None:
    assert rule_of(folder, tmp_path / ("x" * 300 + ".mp4")) == "media.cannot_write"


def test_a_signer_and_a_mark_are_tried_first(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "video.mp4"
    key = tmp_path / "none.pem"
    assert rule_of(folder, out, c2pa_certificate=key, c2pa_key=key) == "media.signer_unusable"
    assert rule_of(folder, out, visible_mark="x" * 61) == "engine.mark_unusable"


def test_a_net_is_put_to_work_first(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    assert rule_of(folder, tmp_path / "video.mp4", RenderOptions(device="cuda")) in (
        "engine.no_gpu",
        "engine.replica_damaged",
    )
