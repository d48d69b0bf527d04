"""What a still picture shows: whose face, how it is turned, framed, lit and covered, and whether it was photographed.

Nothing is judged here; `judge_portrait` holds the numbers against `portrait_rules`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countenance.footage.portrait_cover import Cover, cover
from countenance.footage.portrait_surface import Surface, seams, surface
from countenance.footage.upright import stands_at
from countenance.media.image import Image
from countenance.people.face import BLENDSHAPES, FaceBox, FaceMesh, FaceTracker, detect_faces
from countenance.people.lips import lip_gap
from countenance.settings import Settings

OVAL: tuple[int, ...] = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
"""The outline of the face in MediaPipe's canonical face, hairline to chin."""
_HAIRLINE, _CHIN = 10, 152
_RIGHT_EYE, _LEFT_EYE, _NOSE, _MOUTH = (33, 133), (362, 263), 1, (61, 291)
_BEHIND_ALPHA = 128
"""What stands behind transparent pixels when faces are looked for: mid-grey, as far from skin as from hair."""
_CROWN = 0.22
"""From hairline to crown, as a share of the face's height from hairline to chin: at least this for short hair."""
_GAZE_DEG = (25.0, 20.0)
"""Degrees for a blend shape of 1, sideways and up: turned heads whose eyes are on the camera come out near zero."""


@dataclass(frozen=True, slots=True)
class Framing:
    """Where the face is, in shares of the picture or of the face."""

    width_px: float
    """Of the face, temple to temple, in pixels of the file."""
    share: float
    """Height of the face, hairline to chin, as a share of the picture's shorter side."""
    off_centre: float
    """Distance of the face's middle from the picture's vertical middle line, as a share of the picture's width."""
    outside: float
    """How far the face's outline reaches beyond the picture, as a share of the face's height; 0 if it does not."""
    above: float
    """Room above the crown as a share of the face's height; negative if the crown is cut."""
    below: float
    """Room below the chin as a share of the face's height."""


@dataclass(frozen=True, slots=True)
class Expression:
    """The one face's pose and expression."""

    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    """See `countenance.people.face.FaceMesh`."""
    gaze_deg: float
    """Angle between the line of sight and the camera: head and eyes together. True to perhaps ten degrees."""
    eyes_closed: float
    """Mean of both lids, 0 open to 1 shut."""
    mouth_open: float
    """See `countenance.people.lips.lip_gap`."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """A picture as numbers. What belongs to a face is None where no face could be measured."""

    width: int
    height: int
    faces: tuple[FaceBox, ...]
    """Largest first."""
    stands_at_deg: int
    """90, 180 or 270 if only the picture turned clockwise by so much has a face that is surely one; else 0."""
    disagreement: float | None
    """Mean distance between the marks of the face detector and of the face mesh, in distances of the eyes.

    Both know human faces only and place their marks independently: on animals they disagree.
    """
    in_profile: bool
    """The detector's own marks lie as on a face seen from the side."""
    framing: Framing | None
    expression: Expression | None
    surface: Surface | None
    cover: Cover | None
    has_alpha: bool
    transparent: float
    """Share of the picture's pixels that are more transparent than not."""
    transparent_face: float
    """The same inside the face."""
    seams: int
    """Straight edges from one side of the picture to the other: borders, bars, panels."""


def measure_portrait(image: Image, settings: Settings) -> Portrait:
    """Everything that the rules ask about a picture.

    Raises:
        CountenanceError: if a model is missing.
    """
    rgb = _in_front_of_grey(image)
    faces = detect_faces(rgb, settings)
    mesh = _mesh(rgb, settings) if faces else None
    clear = np.zeros(rgb.shape[:2], bool) if image.alpha is None else image.alpha < 128
    return Portrait(
        width=image.size[0],
        height=image.size[1],
        faces=tuple(faces),
        stands_at_deg=stands_at(rgb, faces, settings),
        disagreement=_disagreement(faces[0], mesh) if mesh is not None else None,
        in_profile=bool(faces) and _in_profile(faces[0]),
        framing=_framing(mesh, rgb.shape, image.size[0] / rgb.shape[1]) if mesh is not None else None,
        expression=_expression(mesh) if mesh is not None else None,
        surface=surface(rgb, mesh, OVAL) if mesh is not None else None,
        cover=cover(rgb, mesh) if mesh is not None else None,
        has_alpha=image.alpha is not None,
        transparent=float(clear.mean()),
        transparent_face=_share_in_face(clear, mesh) if mesh is not None else 0.0,
        seams=seams(rgb),
    )


def _in_front_of_grey(image: Image) -> NDArray[np.uint8]:
    if image.alpha is None or image.alpha.min() == 255:
        return image.rgb
    opacity = image.alpha[..., None].astype(np.float32) / 255
    return (image.rgb * opacity + _BEHIND_ALPHA * (1 - opacity)).astype(np.uint8)


def _mesh(rgb: NDArray[np.uint8], settings: Settings) -> FaceMesh | None:
    with FaceTracker(settings) as tracker:
        return tracker.track(rgb, 0.0)


def _marks(mesh: FaceMesh) -> NDArray[np.float32]:
    """(5, 2): the points that the detector marks too."""
    points = mesh.points[:, :2]
    eyes = [points[list(eye)].mean(axis=0) for eye in (_RIGHT_EYE, _LEFT_EYE)]
    return np.array([*eyes, points[_NOSE], points[_MOUTH[0]], points[_MOUTH[1]]], np.float32)


def _disagreement(face: FaceBox, mesh: FaceMesh) -> float:
    marks = _marks(mesh)
    eyes = float(np.linalg.norm(marks[0] - marks[1]))
    return float(np.linalg.norm(marks - face.landmarks, axis=1).mean()) / max(eyes, 1.0)


def _in_profile(face: FaceBox) -> bool:
    right, left, nose = face.landmarks[:3].astype(np.float64)
    towards = left - right
    along = float(np.dot(nose - right, towards)) / max(float(np.dot(towards, towards)), 1.0)
    return not 0.0 < along < 1.0


def _framing(mesh: FaceMesh, shape: tuple[int, ...], scale: float) -> Framing:
    height, width = shape[:2]
    outline = mesh.points[list(OVAL), :2]
    (left, top), (right, bottom) = outline.min(axis=0), outline.max(axis=0)
    up = mesh.points[_HAIRLINE, :2] - mesh.points[_CHIN, :2]
    tall = max(float(np.linalg.norm(up)), 1.0)
    crown = mesh.points[_HAIRLINE, :2] + _CROWN * up
    return Framing(
        width_px=float(right - left) * scale,
        share=tall / min(height, width),
        off_centre=abs(float(left + right) / 2 - width / 2) / width,
        outside=max(0.0, -float(left), -float(top), float(right) - width, float(bottom) - height) / tall,
        above=float(crown[1]) / tall,
        below=(height - float(mesh.points[_CHIN, 1])) / tall,
    )


def _expression(mesh: FaceMesh) -> Expression:
    shape = dict(zip(BLENDSHAPES, (float(value) for value in mesh.blendshapes), strict=True))
    out, inwards = "eyeLookOut", "eyeLookIn"
    sideways = (shape[f"{out}Left"] - shape[f"{inwards}Left"] + shape[f"{inwards}Right"] - shape[f"{out}Right"]) / 2
    up = sum(shape[f"eyeLookUp{side}"] - shape[f"eyeLookDown{side}"] for side in ("Left", "Right")) / 2
    gaze = np.hypot(mesh.yaw_deg + _GAZE_DEG[0] * sideways, mesh.pitch_deg + _GAZE_DEG[1] * up)
    return Expression(
        yaw_deg=mesh.yaw_deg,
        pitch_deg=mesh.pitch_deg,
        roll_deg=mesh.roll_deg,
        gaze_deg=float(gaze),
        eyes_closed=(shape["eyeBlinkLeft"] + shape["eyeBlinkRight"]) / 2,
        mouth_open=lip_gap(mesh),
    )


def _share_in_face(clear: NDArray[np.bool_], mesh: FaceMesh) -> float:
    import cv2

    inside = np.zeros(clear.shape, np.uint8)
    cv2.fillPoly(inside, [np.round(mesh.points[list(OVAL), :2]).astype(np.int32)], 1)
    return float(clear[inside > 0].mean()) if inside.any() else 0.0
