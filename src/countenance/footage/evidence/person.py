"""Evidence of who is seen, turned how far, covered or not."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PIL.Image import Image

from countenance.footage.evidence.canvas import ALLOWED, MEASURED, WRONG, Box, Canvas
from countenance.footage.evidence.scene import Case, Scene, box_of
from countenance.footage.wording import limit_of

_EYES = ((33, 160, 158, 133, 153, 144), (263, 387, 385, 362, 380, 373))
_LIPS = (61, 39, 0, 269, 291, 405, 17, 181)
_COUNTED = 0.2  # of the largest face's width, as footage is checked; in a still picture every face counts


def whole(case: Case) -> Image:
    """The picture as it is, its main face framed if there is one."""
    scene = case.scenes[0]
    canvas = Canvas(scene.rgb)
    if scene.face:
        canvas.box(scene.face, MEASURED)
    return canvas.drawn()


def bare(case: Case) -> Image:
    """The picture as it is."""
    return Canvas(case.scenes[0].rgb).drawn()


def several_faces(case: Case) -> Image:
    """Every face framed, the further ones in red."""
    scene = case.scenes[0]
    canvas = Canvas(scene.rgb)
    for i, face in enumerate(scene.faces):
        if i == 0:
            canvas.box(box_of(face), MEASURED, label="face 1")
        elif case.timeline is None or face.width >= _COUNTED * scene.faces[0].width:
            canvas.box(box_of(face), WRONG, label=f"face {i + 1}")
    return canvas.drawn()


def no_face(case: Case) -> Image:
    """Where the face was seen last, before it was lost."""
    scene = case.scenes[0]
    canvas = Canvas(scene.rgb)
    last = _last_face(case)
    if scene.face:
        canvas.box(scene.face, MEASURED)
    elif last:
        canvas.box(last, WRONG, label="the face was here", dashed=True)
    else:
        canvas.label("no face is seen", (scene.width / 2, scene.height / 2), WRONG, size=22)
    return canvas.drawn()


def raised(case: Case) -> Image:
    """An arrow where the nose points, up or down only."""
    return _pointing(case, sideways=False)


def direction(case: Case) -> Image:
    """An arrow where the nose points, with the angle; a dashed circle is what the limit allows."""
    return _pointing(case, sideways=True)


def _pointing(case: Case, *, sideways: bool) -> Image:
    scene = case.scenes[0]
    canvas = Canvas(scene.rgb)
    if scene.mesh is None or scene.face is None:
        return no_face(case)
    nose = (float(scene.mesh.points[4, 0]), float(scene.mesh.points[4, 1]))
    length = 1.6 * scene.face[2]
    yaw, pitch = scene.mesh.yaw_deg if sideways else 0.0, scene.mesh.pitch_deg
    x, y = math.sin(math.radians(yaw)), -math.sin(math.radians(pitch))
    limit = limit_of(case.finding)
    if limit is not None and limit < 90:
        _circle(canvas, nose, length * math.sin(math.radians(limit)))
    tip = nose[0] + length * x, nose[1] + length * y
    canvas.arrow(nose, tip, WRONG)
    canvas.label(
        f"{max(abs(yaw), abs(pitch)):.0f}°", (tip[0], tip[1] - 14 / canvas.scale), WRONG, anchor="bottom", size=22
    )
    return canvas.drawn()


def tilt(case: Case) -> Image:
    """The line through the eyes against the horizon."""
    scene = case.scenes[0]
    canvas = Canvas(scene.rgb)
    if not scene.faces or scene.face is None:
        return no_face(case)
    eyes = scene.faces[0].landmarks[:2].astype(float)
    middle, reach = eyes.mean(axis=0), 1.3 * float(np.linalg.norm(eyes[1] - eyes[0]))
    seen = math.degrees(math.atan2(*(eyes[1] - eyes[0])[::-1])) if scene.mesh is None else scene.mesh.roll_deg
    way = reach * np.array([math.cos(math.radians(seen)), math.sin(math.radians(seen))])
    left, right = middle - way, middle + way
    canvas.dashed((middle[0] - reach, middle[1]), (middle[0] + reach, middle[1]), ALLOWED)
    canvas.line([tuple(left), tuple(right)], WRONG, width=3.5)
    canvas.label(f"{_degrees(case, abs(seen)):.0f}°", (right[0], right[1]), WRONG, anchor="left", size=22)
    return canvas.drawn()


def eyes(case: Case) -> Image:
    """Both eyes, near enough to see whether they are open."""
    return _parts(case, _EYES, 2.2)


def mouth(case: Case) -> Image:
    """The lips, near enough to see whether they are open."""
    return _parts(case, (_LIPS,), 3.0)


def covered(case: Case) -> Image:
    """The face near by."""
    return _near(case.scenes[0], 1.8).drawn()


def _near(scene: Scene, reach: float) -> Canvas:
    """The face magnified: `reach` times its height is seen."""
    if not scene.face:
        return Canvas(scene.rgb)
    return Canvas(cropped(scene, reach)[0], tallest=640)


def cropped(scene: Scene, reach: float) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.uint8]], Box]:
    """The surroundings of the main face, and the face's place in them."""
    x, top, width, height = scene.face or (0.0, 0.0, float(scene.width), float(scene.height))
    half = reach * height / 2
    cx, cy = x + width / 2, top + height / 2
    left, right = max(0, round(cx - half * 1.25)), min(scene.width, round(cx + half * 1.25))
    upper, lower = max(0, round(cy - half)), min(scene.height, round(cy + half))
    return np.ascontiguousarray(scene.rgb[upper:lower, left:right]), (x - left, top - upper, width, height)


def _parts(case: Case, parts: Sequence[Sequence[int]], reach: float) -> Image:
    scene = case.scenes[0]
    if scene.mesh is None or not scene.face:
        return whole(case)
    crop, face = cropped(scene, reach / 1.5)
    canvas = Canvas(crop, tallest=640)
    shift = np.array([face[0] - scene.face[0], face[1] - scene.face[1]])
    for part in parts:
        points = scene.mesh.points[list(part), :2] + shift
        loop = [(float(x), float(y)) for x, y in points]
        canvas.line([*loop, loop[0], loop[1]], MEASURED)
    return canvas.drawn()


def _last_face(case: Case) -> Box | None:
    if case.timeline is None:
        return None
    scene = case.scenes[0]
    seen = [s for s in case.timeline.samples if s.face is not None and s.time_s <= scene.time_s]
    if not seen or seen[-1].face is None:
        return None
    box = seen[-1].face.box
    return box.left * scene.width, box.top * scene.height, box.width * scene.width, box.height * scene.height


def _circle(canvas: Canvas, centre: tuple[float, float], radius: float) -> None:
    around = np.linspace(0, 2 * np.pi, 49)
    points = [(centre[0] + radius * math.cos(a), centre[1] + radius * math.sin(a)) for a in around]
    for i in range(0, 48, 2):
        canvas.line(points[i : i + 2], ALLOWED, width=2)


def _degrees(case: Case, seen: float) -> float:
    """What the check measured; the picture is looked at again in another size, which differs by a degree or two."""
    return abs(case.value) if isinstance(case.value, (int, float)) else seen
