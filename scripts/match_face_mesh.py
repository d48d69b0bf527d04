"""Make `src/countenance/portrait/expressions.npz`: how each point of MediaPipe's face mesh moves in each facial action.

The synthetic presenter is rendered at rest and measured with the face mesh; the skin that lies under each of its 468
points is looked up in the head's geometry, whose actions are known. Points of the lips and of the lids' margins are
looked up on the head's own rings, so that none sits on the wrong lip.

    python scripts/match_face_mesh.py       # needs the extra `stock` and OpenGL
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countenance.people.face import FaceTracker
from countenance.portrait.landmarks import LEFT_LIDS, LIPS_INNER_LOWER, LIPS_INNER_UPPER, LIPS_OUTER, RIGHT_LIDS
from countenance.settings import Settings
from countenance.stock.figure import Figure, Pose
from countenance.stock.mesh import LIP_BORDER, LIP_INNER, load_head
from countenance.stock.person import PRESENTER
from countenance.stock.render import Studio

Array = NDArray[np.floating[Any]]

OUT = Path(__file__).resolve().parents[1] / "src" / "countenance" / "portrait" / "expressions.npz"
POINTS = 468
EYE_CORNERS = (33, 263)
FLIP = np.array([1.0, -1.0, -1.0])
"""From the head's axes (y up, z to the camera) to the picture's (y down, z away)."""
SKIPPED = ("eyeLook", "jawForward", "jawLeft", "jawRight", "mouthLeft", "mouthRight", "tongueOut")


def main() -> None:
    studio = Studio(PRESENTER, 1280, 720)
    frame = studio.frame(Pose({}))
    with FaceTracker(Settings(threads=1)) as tracker:
        mesh = tracker.track(frame.rgb, 0.0)
    if mesh is None:
        raise SystemExit("The face mesh does not find the presenter.")
    places, weights = _anchors(studio, frame.posed.skin, mesh.points[:POINTS, :2])
    figure, head = studio.figure, load_head()
    rest = _read(figure.rest, places, weights)
    unit = float(np.linalg.norm(rest[EYE_CORNERS[0]] - rest[EYE_CORNERS[1]]))
    names = [name for name in head.actions if not name.startswith(SKIPPED)]
    moves = [_read(figure.to_fine @ head.actions[name], places, weights) * FLIP / unit for name in names]
    np.savez_compressed(
        OUT,
        names=np.array(names),
        rest=((rest - rest[list(EYE_CORNERS)].mean(axis=0)) * FLIP / unit).astype(np.float32),
        moves=np.stack(moves).astype(np.float16),
    )
    print(f"{OUT}: {len(names)} actions, {OUT.stat().st_size / 1e3:.0f} kB")


def _anchors(studio: Studio, skin: Array, marks: Array) -> tuple[NDArray[np.intp], Array]:
    """For each of the marks (468, 2), in pixels, three vertices of the fine skin and their weights."""
    figure: Figure = studio.figure
    seen = studio.camera.project(skin)
    triangles = figure.skin_triangles
    corners = seen[triangles]
    depth = skin[triangles, 2].mean(axis=1)
    places, weights = np.zeros((len(marks), 3), np.intp), np.zeros((len(marks), 3))
    for index, mark in enumerate(marks):
        share = _barycentric(corners, mark)
        inside = np.flatnonzero((share > -1e-6).all(axis=1))
        if len(inside):
            hit = inside[depth[inside].argmax()]
            places[index], weights[index] = triangles[hit], share[hit]
        else:
            front = figure.skin_used[skin[figure.skin_used, 2] > 0]
            places[index] = front[np.linalg.norm(seen[front] - mark, axis=1).argmin()]
            weights[index] = 1 / 3
    rings = figure.head.lip_rings
    upper = np.concatenate([np.arange(0, 10), np.arange(28, 38)])
    lower = np.arange(9, 30)
    lids = figure.head.lids
    for points, ring in (
        (LIPS_OUTER, rings[LIP_BORDER]),
        (LIPS_INNER_UPPER, rings[LIP_INNER][upper]),
        (LIPS_INNER_LOWER, rings[LIP_INNER][lower]),
        (LEFT_LIDS.upper, lids[0][0]),
        (LEFT_LIDS.lower, lids[0][0]),
        (RIGHT_LIDS.upper, lids[1][0]),
        (RIGHT_LIDS.lower, lids[1][0]),
    ):
        for point in points:
            places[point] = ring[np.linalg.norm(seen[ring] - marks[point], axis=1).argmin()]
            weights[point] = 1 / 3
    return places, weights


def _barycentric(corners: Array, mark: Array) -> Array:
    """(M, 3) shares of the corners (M, 3, 2) that give the mark (2,)."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    area = np.where(np.abs(area) < 1e-12, np.inf, area)
    of_b = ((mark[0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (mark[1] - a[:, 1]) * (c[:, 0] - a[:, 0])) / area
    of_c = ((b[:, 0] - a[:, 0]) * (mark[1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (mark[0] - a[:, 0])) / area
    outside = np.isinf(area)
    return np.where(outside[:, None], -1.0, np.stack([1 - of_b - of_c, of_b, of_c], axis=1))


def _read(vertices: Array, places: NDArray[np.intp], weights: Array) -> Array:
    return np.asarray((vertices[places] * weights[..., None]).sum(axis=1))


if __name__ == "__main__":
    main()
