"""The stock presenter as a still, as it is and with everything done to it that should be noticed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as Pillow

from countenance.footage.portrait import PortraitReport, check_image
from countenance.media.read import frames
from countenance.people.face import FaceMesh, FaceTracker
from countenance.settings import Settings
from countenance.stock.clips import presenter_clip

SETTINGS = Settings(threads=1)
Picture = NDArray[np.uint8]
Change = Callable[[Picture, FaceMesh], Picture]


@pytest.fixture(scope="module")
def still() -> Picture:
    return next(frame.image for frame in frames(presenter_clip(), start_s=0.2))


@pytest.fixture(scope="module")
def mesh(still: Picture) -> FaceMesh:
    with FaceTracker(SETTINGS) as tracker:
        found = tracker.track(still, 0.0)
    assert found is not None
    return found


def checked(folder: Path, picture: Picture, name: str = "a.png") -> PortraitReport:
    Pillow.fromarray(picture).save(folder / name)
    return check_image(folder / name, SETTINGS)


def ids(report: PortraitReport) -> set[str]:
    return {finding.rule.id.removeprefix("portrait.") for finding in report.findings}


def sunglasses(picture: Picture, mesh: FaceMesh) -> Picture:
    points, shown = mesh.points[:, :2], picture.copy()
    wide = float(np.linalg.norm(points[33] - points[263]))
    for corners in ((33, 133), (362, 263)):
        x, y = points[list(corners)].mean(axis=0) + (0, 0.05 * wide)
        cv2.ellipse(shown, (int(x), int(y)), (int(0.27 * wide), int(0.2 * wide)), 0, 0, 360, (15, 15, 18), -1)
    return shown


def glasses(picture: Picture, mesh: FaceMesh) -> Picture:
    points, shown = mesh.points[:, :2], picture.copy()
    wide = float(np.linalg.norm(points[33] - points[263]))
    for corners in ((33, 133), (362, 263)):
        x, y = points[list(corners)].mean(axis=0) + (0, 0.05 * wide)
        cv2.ellipse(shown, (int(x), int(y)), (int(0.27 * wide), int(0.2 * wide)), 0, 0, 360, (30, 25, 25), 4)
    right, left = points[[193, 417]].astype(int).tolist()
    cv2.line(shown, right, left, (20, 20, 20), 5, cv2.LINE_AA)
    return shown


def mask(picture: Picture, mesh: FaceMesh) -> Picture:
    outline = mesh.points[[197, 50, 123, 132, 136, 149, 152, 378, 365, 361, 352, 280], :2]
    shown = picture.copy()
    cv2.fillPoly(shown, [cv2.convexHull(outline.astype(np.int32))], (150, 190, 215), cv2.LINE_AA)
    return shown


def cap(picture: Picture, mesh: FaceMesh) -> Picture:
    points, shown = mesh.points[:, :2], picture.copy()
    wide = float(np.linalg.norm(points[33] - points[263]))
    corners = [points[103] + (0, 0.12 * wide), points[332] + (0, 0.12 * wide)]
    corners += [points[332] + (0, -wide), points[103] + (0, -wide)]
    cv2.fillPoly(shown, [np.array(corners, np.int32)], (40, 50, 120), cv2.LINE_AA)
    return shown


def cartoon(picture: Picture, _: FaceMesh) -> Picture:
    smooth = picture
    for _step in range(5):
        smooth = np.asarray(cv2.bilateralFilter(smooth, 9, 60, 7), np.uint8)
    flat = smooth // 40 * 40 + 15
    grey = cv2.medianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), 5)
    ink = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 9, 4)
    return np.asarray(np.minimum(flat, ink[..., None]), np.uint8)


def grainy(picture: Picture, _: FaceMesh) -> Picture:
    noise = np.random.default_rng(1).normal(0, 12, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def blurred(picture: Picture, _: FaceMesh) -> Picture:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 2.5), np.uint8)


def very_blurred(picture: Picture, _: FaceMesh) -> Picture:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 9.0), np.uint8)


def compressed(picture: Picture, _: FaceMesh) -> Picture:
    stored = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 10])[1]
    return np.ascontiguousarray(np.asarray(cv2.imdecode(stored, cv2.IMREAD_COLOR), np.uint8)[..., ::-1])


def twice(picture: Picture, _: FaceMesh) -> Picture:
    return np.hstack([picture, picture])


def on_its_side(picture: Picture, _: FaceMesh) -> Picture:
    return np.ascontiguousarray(np.rot90(picture))


def upside_down(picture: Picture, _: FaceMesh) -> Picture:
    return np.ascontiguousarray(np.rot90(picture, 2))


def dim(picture: Picture, _: FaceMesh) -> Picture:
    return np.asarray(picture * 0.2, np.uint8)


def overexposed(picture: Picture, _: FaceMesh) -> Picture:
    return np.asarray(np.clip(picture * 1.9 + 30.0, 0, 255), np.uint8)


def lit_from_one_side(picture: Picture, mesh: FaceMesh) -> Picture:
    across = np.arange(picture.shape[1]) - float(mesh.points[:, 0].mean())
    light = 0.2 + 0.8 / (1 + np.exp(-across / 20))
    return np.asarray(picture * light[None, :, None], np.uint8)


def cut_at_the_eyes(picture: Picture, mesh: FaceMesh) -> Picture:
    return np.ascontiguousarray(picture[int(mesh.points[151, 1]) :])


def without_shoulders(picture: Picture, mesh: FaceMesh) -> Picture:
    return np.ascontiguousarray(picture[: int(mesh.points[152, 1]) + 10])


def beside(picture: Picture, mesh: FaceMesh) -> Picture:
    return np.ascontiguousarray(picture[:, int(mesh.points[:, 0].min()) - 60 :])


def framed(picture: Picture, _: FaceMesh) -> Picture:
    return np.pad(picture, ((60, 60), (60, 60), (0, 0)), constant_values=255)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (sunglasses, "sunglasses"),
        (glasses, "glasses"),
        (mask, "mouth_covered"),
        (cap, "forehead_covered"),
        (cartoon, "not_a_photo"),
        (grainy, "painted"),
        (blurred, "blurred"),
        (very_blurred, "too_blurred"),
        (compressed, "blocky"),
        (twice, "several_people"),
        (on_its_side, "on_its_side"),
        (upside_down, "on_its_side"),
        (dim, "dim"),
        (overexposed, "too_bright"),
        (lit_from_one_side, "side_light"),
        (cut_at_the_eyes, "head_cut"),
        (without_shoulders, "shoulders_cut"),
        (beside, "off_centre"),
        (framed, "framed"),
    ],
)
def test_what_was_done_is_noticed(
    tmp_path: Path, still: Picture, mesh: FaceMesh, change: Change, expected: str
) -> None:
    assert expected in ids(checked(tmp_path, change(still, mesh)))


def test_the_presenter_passes(tmp_path: Path, still: Picture) -> None:
    report = checked(tmp_path, still)
    assert report.ok
    assert ids(report) <= {"mouth_open"}
    told = report.as_dict()
    assert (told["format"], told["width"], told["height"]) == ("png", still.shape[1], still.shape[0])
    assert told["measured"]["framing"]["width_px"] == pytest.approx(270, abs=25)


def test_a_cut_out_person(tmp_path: Path, still: Picture, mesh: FaceMesh) -> None:
    alpha = np.full((*still.shape[:2], 1), 255, np.uint8)
    alpha[:, : still.shape[1] // 5] = 0
    report = checked(tmp_path, np.concatenate([still, alpha], axis=2))
    assert "transparent" in ids(report)
    assert report.ok
    alpha[: int(mesh.points[151, 1])] = 0
    report = checked(tmp_path, np.concatenate([still, alpha], axis=2))
    assert "face_transparent" in ids(report)
    assert not report.ok


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (12, 600), (600, 12), (600, 600)])
def test_pictures_of_nothing(tmp_path: Path, shape: tuple[int, int]) -> None:
    for value in (0, 128):
        report = checked(tmp_path, np.full((*shape, 3), value, np.uint8))
        assert not report.ok
        assert report.as_dict()["ok"] is False


def test_noise_is_nobody(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (600, 600, 3)).astype(np.uint8)
    assert ids(checked(tmp_path, noise)) == {"no_face"}
