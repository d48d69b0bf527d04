"""The pass over the picture, on a recording that was put together for it."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from countenance.footage.judge_take import cut_spans, frozen_spans
from countenance.footage.look import Seen, look
from countenance.footage.timeline import PATCHES, SAMPLES_PER_S, lip_track
from countenance.media.read import frames
from countenance.media.write import VideoWriter
from countenance.settings import Settings
from countenance.stock.clips import presenter_clip, presenter_truth

SETTINGS = Settings(threads=1)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds, a cut to another moment, two seconds, and one and a half in which the picture stands still."""
    path = tmp_path_factory.mktemp("look") / "clip.mp4"
    first = [frame.image for frame in frames(presenter_clip(), start_s=1, end_s=3, max_side=480)]
    other = [frame.image for frame in frames(presenter_clip(), start_s=21, end_s=23, max_side=480)]
    # The presenter hardly moves between any two moments: a step aside makes the jump that a cut is.
    other = [np.ascontiguousarray(np.roll(picture, 14, axis=1)) for picture in other]
    with VideoWriter(path, 480, 270) as writer:
        for picture in [*first, *other, *[other[-1]] * 37]:
            writer.write(picture)
    return path


@pytest.fixture(scope="module")
def told() -> list[float]:
    return []


@pytest.fixture(scope="module")
def seen(clip: Path, told: list[float]) -> Seen:
    return look(clip, SETTINGS, told.append)


def test_every_moment_has_a_sample_and_every_picture_a_row(seen: Seen, told: list[float]) -> None:
    assert len(seen.pictures.time_s) == 137
    assert [sample.time_s for sample in seen.samples] == pytest.approx(np.arange(69) / SAMPLES_PER_S)
    assert len(told) == 137
    assert all(one <= other for one, other in pairwise(told))


def test_the_face_is_measured(seen: Seen) -> None:
    assert {sample.faces for sample in seen.samples} == {1}
    assert seen.stands_at_deg == 0
    faces = [sample.face for sample in seen.samples if sample.face is not None]
    assert all(face.view is not None and len(face.view.colours) == len(PATCHES) for face in faces)
    assert np.ptp([face.width_px for face in faces]) < 15
    yaw_deg = presenter_truth().pose_deg[25:75, 0]
    assert [face.yaw_deg for face in faces[:25]] == pytest.approx(yaw_deg[::2], abs=4)
    track = lip_track(seen.samples)
    assert track.rate_hz == SAMPLES_PER_S
    assert not np.isnan(track.gap).any()


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_recording_that_lies_has_no_face_and_is_known_to_lie(tmp_path: Path, degrees: int) -> None:
    turned = [
        np.ascontiguousarray(np.rot90(frame.image, degrees // 90))
        for frame in frames(presenter_clip(), start_s=1, end_s=2, max_side=480)
    ]
    height, width = turned[0].shape[:2]
    with VideoWriter(tmp_path / "turned.mp4", width, height) as writer:
        for picture in turned:
            writer.write(picture)
    seen = look(tmp_path / "turned.mp4", SETTINGS)
    assert seen.stands_at_deg == degrees
    assert {sample.faces for sample in seen.samples} == {0}


def test_the_cut_and_the_still_are_where_they_were_made(seen: Seen) -> None:
    [cut] = cut_spans(seen.pictures)
    assert (cut.start_s, cut.end_s) == pytest.approx((1.96, 2.0), abs=0.001)
    [still] = frozen_spans(seen.pictures)
    assert still.start_s == pytest.approx(4.1, abs=0.25)
    assert still.end_s == pytest.approx(5.48, abs=0.05)


def test_what_is_seen_does_not_depend_on_which_thread_was_faster(clip: Path, seen: Seen) -> None:
    again = look(clip, SETTINGS)
    assert again.samples == seen.samples
    for name in ("brightness", "head_change", "fine_change", "row_change"):
        np.testing.assert_array_equal(getattr(again.pictures, name), getattr(seen.pictures, name))


def test_a_picture_size_that_changes_midway_ends_nothing(tmp_path: Path) -> None:
    """Recorders of browsers and telephones that are turned do that."""
    whole = tmp_path / "turned.ts"
    with whole.open("wb") as out:
        for part, (width, height) in enumerate(((160, 96), (96, 160))):
            path = tmp_path / f"{part}.ts"
            _plain_clip(path, width, height, first=part * 25)
            out.write(path.read_bytes())
    seen = look(whole, Settings(threads=1))
    assert len(seen.samples) >= 20
    assert all(sample.faces == 0 for sample in seen.samples)


def _plain_clip(path: Path, width: int, height: int, first: int) -> None:
    rng = np.random.default_rng(first)
    with av.open(str(path), "w", format="mpegts") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for index in range(25):
            picture = av.VideoFrame.from_ndarray(rng.integers(0, 255, (height, width, 3), np.uint8), format="rgb24")
            picture.pts, picture.time_base = first + index, Fraction(1, 25)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
