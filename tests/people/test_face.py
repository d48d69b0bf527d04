"""Faces are found at every size and told from none; pose has the signs it promises; nothing is said on stderr."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from countenance.media.read import frames
from countenance.people import face
from countenance.people.face import BLENDSHAPES, FaceMesh, FaceTracker, detect_faces
from countenance.settings import Settings

Picture = NDArray[np.uint8]

MOUTH = (61, 291, 13, 14)
EYES = (33, 263)


def _picture(path: Path, at_s: float = 1.0, scale: float = 1.0) -> Picture:
    image = next(frames(path, start_s=at_s)).image
    if scale == 1.0:
        return image
    return np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _mesh(picture: Picture, settings: Settings) -> FaceMesh | None:
    with FaceTracker(settings) as tracker:
        return tracker.track(picture, 0.0)


def _found(picture: Picture, settings: Settings) -> FaceMesh:
    mesh = _mesh(picture, settings)
    assert mesh is not None
    return mesh


@pytest.mark.parametrize("shape", [(1, 1), (2, 300), (64, 64), (480, 640)])
@pytest.mark.parametrize("kind", ["black", "noise"])
def test_pictures_without_a_face(shape: tuple[int, int], kind: str, settings: Settings) -> None:
    level = 1 if kind == "black" else 256
    picture = np.random.default_rng(0).integers(0, level, (*shape, 3)).astype(np.uint8)
    assert detect_faces(picture, settings) == []
    assert _mesh(picture, settings) is None


def _turn(yaw_deg: float = 0.0, pitch_deg: float = 0.0, roll_deg: float = 0.0) -> NDArray[np.float64]:
    """A head on the camera's axis, nose to picture-right, then up, then its top to picture-right."""
    yaw, pitch, roll = np.radians([yaw_deg, -pitch_deg, -roll_deg])
    about_y = [[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]]
    about_x = [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
    about_z = [[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]]
    matrix = np.eye(4)
    matrix[:3, :3] = 1.3 * np.array(about_y) @ np.array(about_x) @ np.array(about_z)
    matrix[2, 3] = -40.0
    return matrix


@pytest.mark.parametrize("angles", [(0, 0, 0), (30, 0, 0), (0, 20, 0), (0, 0, -15), (-25, -10, 12), (50, 15, 5)])
def test_pose_of_a_known_rotation(angles: tuple[float, float, float]) -> None:
    assert face._pose_deg(_turn(*angles)) == pytest.approx(angles, abs=1e-6)


def test_trackers_say_nothing_and_end_quietly() -> None:
    """Neither while the model loads and runs, nor when the interpreter ends with a tracker left open."""
    code = (
        "import numpy as np, sys\n"
        "from countenance.people.face import FaceTracker\n"
        "from countenance.settings import Settings\n"
        "left_open = FaceTracker(Settings(threads=1))\n"
        "with FaceTracker(Settings(threads=1)) as tracker:\n"
        "    tracker.track(np.zeros((360, 360, 3), np.uint8), 0.0)\n"
        "print('still here', file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "still here\n")


@pytest.mark.real_data
def test_blendshapes_have_the_models_names(shared_data: Path, settings: Settings) -> None:
    import mediapipe

    picture = _picture(shared_data / "grid/s1/bbaf2n.mpg")
    model = face._landmarker(settings, 1)
    result = model.detect(mediapipe.Image(mediapipe.ImageFormat.SRGB, np.ascontiguousarray(picture)))
    model.close()
    assert tuple(category.category_name for category in result.face_blendshapes[0]) == BLENDSHAPES


@pytest.mark.real_data
@pytest.mark.parametrize("scale", [1.0, 0.4, 0.2])
def test_a_small_face_in_a_vertical_picture_is_found_at_its_place(
    scale: float, shared_data: Path, settings: Settings
) -> None:
    path = shared_data / "talking/contracted_man_sofa_20s.mp4"
    whole = _found(_picture(path), settings)
    small = _found(_picture(path, scale=scale), settings)
    assert whole.points.shape == (face.MESH_POINTS, 3)
    assert whole.blendshapes.shape == (52,)
    eyes_px = float(np.linalg.norm(np.diff(whole.points[list(EYES), :2], axis=0)))
    error = np.abs(small.points[list(MOUTH), :2] / scale - whole.points[list(MOUTH), :2]).max()
    assert error < 0.05 * eyes_px
    assert small.yaw_deg == pytest.approx(whole.yaw_deg, abs=4)


@pytest.mark.real_data
def test_4k_is_tracked_in_every_frame(shared_data: Path, settings: Settings) -> None:
    path = shared_data / "talking/avatar_talent_b_speaking_4k50.mp4"
    with FaceTracker(settings) as tracker:
        meshes = [tracker.track(frame.image, frame.time_s) for frame in frames(path, fps=10)]
    assert len(meshes) >= 35
    assert all(mesh is not None for mesh in meshes)


@pytest.mark.real_data
def test_a_mirrored_picture_turns_and_leans_the_other_way(shared_data: Path, settings: Settings) -> None:
    picture = _picture(shared_data / "talking/contracted_man_sofa_20s.mp4", at_s=12.0)
    straight, mirrored = _found(picture, settings), _found(np.ascontiguousarray(picture[:, ::-1]), settings)
    assert straight.yaw_deg > 5
    assert straight.roll_deg > 3
    assert mirrored.yaw_deg == pytest.approx(-straight.yaw_deg, abs=3)
    assert mirrored.roll_deg == pytest.approx(-straight.roll_deg, abs=2)
    assert mirrored.pitch_deg == pytest.approx(straight.pitch_deg, abs=3)


@pytest.mark.real_data
def test_pose_does_not_depend_on_where_the_head_is(shared_data: Path, settings: Settings) -> None:
    picture = np.pad(_picture(shared_data / "grid/s1/bbaf2n.mpg"), ((200, 200), (200, 200), (0, 0)))
    boxes = detect_faces(picture, settings)
    side = boxes[0].width * 2.4
    centre = np.array([boxes[0].x + boxes[0].width / 2, boxes[0].y + boxes[0].height / 2], np.float32)
    poses = []
    with FaceTracker(settings) as tracker:
        for shift in ((-0.12, 0), (0.12, 0), (0, -0.12), (0, 0.12)):
            crop = face._Crop.around(centre + np.array(shift, np.float32) * side, boxes[0].width, picture.shape)
            mesh = tracker._look(picture, crop)
            assert mesh is not None
            poses.append((mesh.yaw_deg, mesh.pitch_deg, mesh.roll_deg))
    assert np.ptp(np.array(poses), axis=0).max() < 2.0


@pytest.mark.real_data
def test_a_face_that_leaves_is_gone_and_one_that_jumps_is_found_again(shared_data: Path, settings: Settings) -> None:
    picture = _picture(shared_data / "grid/s1/bbaf2n.mpg")
    empty = np.zeros((picture.shape[0], 3 * picture.shape[1], 3), np.uint8)
    left, right = empty.copy(), empty.copy()
    left[:, : picture.shape[1]], right[:, -picture.shape[1] :] = picture, picture
    with FaceTracker(settings) as tracker:
        found = [tracker.track(image, index / 25) for index, image in enumerate((left, empty, right))]
    assert found[1] is None
    assert found[0] is not None
    assert found[2] is not None
    moved = found[2].points[:, 0] - found[0].points[:, 0]
    assert moved.mean() == pytest.approx(2 * picture.shape[1], abs=3)


@pytest.mark.real_data
def test_several_people_are_counted_largest_first(shared_data: Path, settings: Settings) -> None:
    group = cv2.imread(str(shared_data / "portraits/group_five_people.jpg"))
    assert group is not None
    faces = detect_faces(np.ascontiguousarray(group[:, :, ::-1]).astype(np.uint8), settings)
    assert len(faces) == 5
    areas = [box.width * box.height for box in faces]
    assert areas == sorted(areas, reverse=True)
    assert all(0 < box.score <= 1 and box.landmarks.shape == (5, 2) for box in faces)
    two = _picture(shared_data / "defects/two_people_webcam_no_audio_38s_720p.webm")
    assert len(detect_faces(two, settings)) == 2
    assert detect_faces(_picture(shared_data / "defects/no_face_animation.mp4"), settings) == []
