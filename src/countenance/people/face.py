"""Where the faces are, and the mesh, expression and pose of one face through a video."""

from __future__ import annotations

import math
import weakref
from dataclasses import dataclass
from threading import Lock
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from countenance.people import models
from countenance.people.sessions import face_detector
from countenance.people.tasks import close_task, silenced_stderr
from countenance.settings import Settings

MESH_POINTS = 478
BLENDSHAPES: tuple[str, ...] = (
    "_neutral",
    "browDownLeft",
    "browDownRight",
    "browInnerUp",
    "browOuterUpLeft",
    "browOuterUpRight",
    "cheekPuff",
    "cheekSquintLeft",
    "cheekSquintRight",
    "eyeBlinkLeft",
    "eyeBlinkRight",
    "eyeLookDownLeft",
    "eyeLookDownRight",
    "eyeLookInLeft",
    "eyeLookInRight",
    "eyeLookOutLeft",
    "eyeLookOutRight",
    "eyeLookUpLeft",
    "eyeLookUpRight",
    "eyeSquintLeft",
    "eyeSquintRight",
    "eyeWideLeft",
    "eyeWideRight",
    "jawForward",
    "jawLeft",
    "jawOpen",
    "jawRight",
    "mouthClose",
    "mouthDimpleLeft",
    "mouthDimpleRight",
    "mouthFrownLeft",
    "mouthFrownRight",
    "mouthFunnel",
    "mouthLeft",
    "mouthLowerDownLeft",
    "mouthLowerDownRight",
    "mouthPressLeft",
    "mouthPressRight",
    "mouthPucker",
    "mouthRight",
    "mouthRollLower",
    "mouthRollUpper",
    "mouthShrugLower",
    "mouthShrugUpper",
    "mouthSmileLeft",
    "mouthSmileRight",
    "mouthStretchLeft",
    "mouthStretchRight",
    "mouthUpperUpLeft",
    "mouthUpperUpRight",
    "noseSneerLeft",
    "noseSneerRight",
)
"""The order of `FaceMesh.blendshapes`; left and right are the person's own."""

# A face is found at 640 px as well as at full size, in a fraction of the time; one that fills a 640 px picture is
# found better at 160 px, because the detector knows faces up to about 300 px.
_DETECTION_SIZES_PX = (640, 160)
_SMALLEST_FACE_PX = 10
# The landmark model sees a face as 256 px of a square 1.5 times as wide: more than this is not used.
_WORKING_SIZE_PX = 512
_CROP_PER_FACE = 2.4
_CROP_DRIFT = 0.12
_CROP_RESCALE = 1.3
# The model's angles fall by this share of the angle at which its virtual camera sees the face beside the crop's
# middle: 0.22 to 0.31 on seven recordings with 25 crops each. Without it a head that moves would seem to turn.
_OFF_AXIS_SHARE = 0.25
_LONGEST_GAP_S = 1.0

_detector_lock = Lock()


@dataclass(frozen=True, slots=True)
class FaceBox:
    """A detected face in pixels of the picture; `landmarks` (5, 2): right eye, left eye, nose, mouth corners.

    Right and left are the person's own. `score` is 0 to 1. A box may reach beyond the picture's edge.
    """

    x: float
    y: float
    width: float
    height: float
    score: float
    landmarks: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class FaceMesh:
    """One face in one frame.

    `points` (478, 3) are pixels of the picture, z in the same unit and growing away from the camera; the last ten
    are the irises. `blendshapes` (52,) are 0 to 1, named by `BLENDSHAPES`. Angles are against the line from the
    camera to the face: yaw is positive when the nose points to the picture's right, pitch when it points up, roll
    when the head's top leans to the picture's right. They are steady to about a degree, and true to a few.
    """

    points: NDArray[np.float32]
    blendshapes: NDArray[np.float32]
    yaw_deg: float
    pitch_deg: float
    roll_deg: float


def detect_faces(rgb: NDArray[np.uint8], settings: Settings) -> list[FaceBox]:
    """All faces in the picture (H, W, 3), largest first (YuNet; Wu et al. 2023, doi 10.1007/s11633-023-1423-y)."""
    for size in _DETECTION_SIZES_PX:
        faces = _detect_at(rgb, size, settings)
        if faces:
            return sorted(faces, key=lambda face: -face.width * face.height)
    return []


def _detect_at(rgb: NDArray[np.uint8], size: int, settings: Settings) -> list[FaceBox]:
    import cv2

    height, width = rgb.shape[:2]
    scale = min(1.0, size / max(height, width))
    shape = round(width * scale), round(height * scale)
    if min(shape) < _SMALLEST_FACE_PX:
        return []
    small = cv2.resize(rgb, shape, interpolation=cv2.INTER_AREA) if scale < 1.0 else rgb
    with _detector_lock:
        detector = face_detector(settings)
        detector.setInputSize(shape)
        _, rows = detector.detect(cv2.cvtColor(small, cv2.COLOR_RGB2BGR))
    grow = np.array([width / shape[0], height / shape[1]], np.float32)
    found = np.zeros((0, 15), np.float32) if rows is None else np.asarray(rows, np.float32)
    # In a picture a few pixels high the detector sees faces without an end.
    return [_box(row, grow) for row in found if np.isfinite(row).all()]


def _box(row: NDArray[np.float32], grow: NDArray[np.float32]) -> FaceBox:
    (x, y), (width, height) = row[0:2] * grow, row[2:4] * grow
    landmarks = row[4:14].reshape(5, 2) * grow
    return FaceBox(float(x), float(y), float(width), float(height), float(row[14]), landmarks)


@dataclass(frozen=True, slots=True)
class _Crop:
    """A square of the picture, clipped to it, that is shown to the mesh model."""

    left: int
    top: int
    right: int
    bottom: int
    side: float

    @classmethod
    def around(cls, centre: NDArray[np.float32], face_px: float, shape: tuple[int, ...]) -> _Crop:
        side = max(32.0, face_px * _CROP_PER_FACE)
        height, width = shape[:2]
        left, top = (round(float(c) - side / 2) for c in centre)
        right, bottom = left + round(side), top + round(side)
        return cls(max(0, left), max(0, top), min(width, right), min(height, bottom), side)

    def fits(self, centre: NDArray[np.float32], face_px: float, shape: tuple[int, ...]) -> bool:
        wanted = _Crop.around(centre, face_px, shape)
        mine = np.array([self.left, self.top, self.right, self.bottom])
        theirs = np.array([wanted.left, wanted.top, wanted.right, wanted.bottom])
        ratio = wanted.side / self.side
        drifted = np.abs(mine + mine[[2, 3, 0, 1]] - theirs - theirs[[2, 3, 0, 1]]).max() / 2 > _CROP_DRIFT * self.side
        return not drifted and 1 / _CROP_RESCALE < ratio < _CROP_RESCALE


class FaceTracker:
    """Follows the largest face through a video. A context manager; not to be shared between threads.

    The mesh model sees only a square around the face, so that a small face in a large picture is found, and 4K costs
    no more than 360p. The square stands still until the face leaves its middle. With `num_faces` above 1 the model
    looks for as many inside the square and the one nearest its middle is taken, which helps where people sit close
    together. Nothing is smoothed over time: the model's own smoothing makes lips lag by half a frame at 25 fps and
    shrinks their motion. Model: MediaPipe Face Landmarker (Kartynnik et al. 2019, arXiv:1907.06724; Grishchenko et
    al. 2020, arXiv:2006.10962).
    """

    def __init__(self, settings: Settings, num_faces: int = 1) -> None:
        self._settings = settings
        self._landmarker = _landmarker(settings, num_faces)
        self._close = weakref.finalize(self, close_task, self._landmarker)
        self._crop: _Crop | None = None
        self._time_s = -math.inf

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._close()

    def track(self, rgb: NDArray[np.uint8], time_s: float) -> FaceMesh | None:
        """The face in the picture (H, W, 3) shown at `time_s`, or None. After a jump in time it is looked for anew."""
        if not 0.0 <= time_s - self._time_s <= _LONGEST_GAP_S:
            self._crop = None
        self._time_s = time_s
        mesh = self._look(rgb, self._crop)
        if mesh is None:
            self._crop = self._find(rgb)
            mesh = self._look(rgb, self._crop)
        if mesh is None or self._crop is None:
            self._crop = None
            return None
        centre, size = _extent(mesh.points)
        if not self._crop.fits(centre, size, rgb.shape):
            self._crop = _Crop.around(centre, size, rgb.shape)
        return mesh

    def _find(self, rgb: NDArray[np.uint8]) -> _Crop | None:
        faces = detect_faces(rgb, self._settings)
        if not faces:
            return None
        face = faces[0]
        centre = np.array([face.x + face.width / 2, face.y + face.height / 2], np.float32)
        return _Crop.around(centre, max(face.width, face.height), rgb.shape)

    def _look(self, rgb: NDArray[np.uint8], crop: _Crop | None) -> FaceMesh | None:
        import cv2
        import mediapipe

        if crop is None:
            return None
        part: NDArray[Any] = rgb[crop.top : crop.bottom, crop.left : crop.right]
        height, width = part.shape[:2]
        if min(height, width) < 2:
            return None
        scale = min(1.0, _WORKING_SIZE_PX / max(height, width))
        if scale < 1.0:
            part = cv2.resize(part, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
        image = mediapipe.Image(mediapipe.ImageFormat.SRGB, np.ascontiguousarray(part))
        result = self._landmarker.detect(image)
        meshes = [_mesh(result, index, crop, (width, height)) for index in range(len(result.face_landmarks))]
        middle = np.array([crop.left + width / 2, crop.top + height / 2])
        return min(meshes, key=lambda mesh: float(np.hypot(*(_extent(mesh.points)[0] - middle))), default=None)


def _landmarker(settings: Settings, num_faces: int) -> Any:
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(models.weight_path(models.FACE_MESH, settings))),
        running_mode=vision.RunningMode.IMAGE,
        num_faces=num_faces,
        output_face_blendshapes=True,
        output_facial_transformation_matrixes=True,
    )
    with silenced_stderr():
        return vision.FaceLandmarker.create_from_options(options)


def _mesh(result: Any, index: int, crop: _Crop, size: tuple[int, int]) -> FaceMesh:
    width, height = size
    points = np.array([(p.x, p.y, p.z) for p in result.face_landmarks[index]], np.float32)
    points = points * np.array([width, height, width], np.float32) + np.array([crop.left, crop.top, 0], np.float32)
    blendshapes = np.array([category.score for category in result.face_blendshapes[index]], np.float32)
    yaw, pitch, roll = _pose_deg(np.asarray(result.facial_transformation_matrixes[index], np.float64))
    return FaceMesh(points, blendshapes, yaw, pitch, roll)


def _pose_deg(matrix: NDArray[np.float64]) -> tuple[float, float, float]:
    """Yaw, pitch, roll from the 4x4 that carries the canonical face (nose along +z, top along +y) to the camera."""
    rotation = matrix[:3, :3] / np.linalg.norm(matrix[:3, :3], axis=0)
    nose = rotation[:, 2]
    right, up, away = matrix[0, 3], matrix[1, 3], -matrix[2, 3]
    yaw = np.arctan2(nose[0], nose[2]) + _OFF_AXIS_SHARE * np.arctan2(right, away)
    pitch = np.arctan2(nose[1], np.hypot(nose[0], nose[2])) + _OFF_AXIS_SHARE * np.arctan2(up, away)
    roll = -np.arctan2(rotation[1, 0], rotation[1, 1])
    return float(np.degrees(yaw)), float(np.degrees(pitch)), float(np.degrees(roll))


def _extent(points: NDArray[np.float32]) -> tuple[NDArray[np.float32], float]:
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    return (low + high) / 2, float((high - low).max())
