"""The head's geometry: load it, morph it, subdivide it.

Lengths are decimetres, y is up, z points to the camera, x to the person's left.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Array = NDArray[np.floating[Any]]
Indices = NDArray[np.integer[Any]]

LIP_BORDER = 2
LIP_INNER = 7


@dataclass(frozen=True, slots=True)
class Head:
    """The base head: `vertices` (N, 3), `quads` (M, 4) with their `regions` (M,), and what deforms it.

    `actions` and `shapes` map a name to a displacement (N, 3) at weight 1. `lip_rings` (10, 38) are closed loops of
    vertices round the mouth from the skin inwards: `LIP_BORDER` is the border of the red, `LIP_INNER` where the lips
    meet. `lids` are the loops (4, 28) round the left and the right eye, from the lid's margin outwards. Every loop
    starts at the middle of the upper lip or lid and goes to the person's left first.
    """

    vertices: Array
    quads: Indices
    regions: NDArray[np.uint8]
    region_names: tuple[str, ...]
    actions: dict[str, Array]
    shapes: dict[str, Array]
    lip_rings: Indices
    lids: tuple[Indices, Indices]

    def quads_of(self, *names: str) -> Indices:
        """The quads of some regions."""
        wanted = [self.region_names.index(name) for name in names]
        return self.quads[np.isin(self.regions, wanted)]

    def shaped(self, weights: dict[str, float]) -> Array:
        """The vertices of a person: base plus weighted shapes. `eye-...` and the like apply to both sides."""
        vertices = self.vertices.copy()
        for name, weight in weights.items():
            both = (f"l-{name}", f"r-{name}") if f"l-{name}" in self.shapes else (name,)
            for each in both:
                vertices += np.float32(weight) * self.shapes[each]
        return vertices


@lru_cache(maxsize=1)
def load_head() -> Head:
    """The committed head, see scripts/build_head.py."""
    with np.load(Path(__file__).with_name("head.npz")) as data:
        step = float(data["step"])
        return Head(
            vertices=data["vertices"],
            quads=data["quads"].astype(np.int32),
            regions=data["regions"],
            region_names=tuple(str(n) for n in data["region_names"]),
            actions=_named(data["actions"], data["action_deltas"], step),
            shapes=_named(data["shapes"], data["shape_deltas"], step),
            lip_rings=data["lip_rings"].astype(np.int32),
            lids=(data["left_lid"].astype(np.int32), data["right_lid"].astype(np.int32)),
        )


def _named(names: NDArray[np.str_], deltas: NDArray[np.int16], step: float) -> dict[str, Array]:
    return {str(name): (delta * np.float32(step)) for name, delta in zip(names, deltas, strict=True)}


def subdivide(quads: Indices, vertex_count: int) -> tuple[sparse.csr_matrix, Indices]:
    """One Catmull-Clark step as a matrix (new vertices, old vertices), and the new quads (4 M, 4).

    Catmull and Clark, "Recursively generated B-spline surfaces on arbitrary topological meshes", 1978. Vertices that
    no quad uses stay in place, first, so that indices into the old mesh remain valid.
    """
    faces = len(quads)
    corners = quads.reshape(-1)
    edges = np.sort(np.stack([corners, np.roll(quads, -1, axis=1).reshape(-1)], axis=1), axis=1)
    unique, edge_of = np.unique(edges, axis=0, return_inverse=True)
    edge_of = edge_of.reshape(faces, 4)
    sides = np.bincount(edge_of.reshape(-1), minlength=len(unique))
    face_points = _matrix(np.repeat(np.arange(faces), 4), corners, np.full(4 * faces, 0.25), (faces, vertex_count))
    ends = _matrix(
        np.repeat(np.arange(len(unique)), 2), unique.reshape(-1), np.full(2 * len(unique), 0.5),
        (len(unique), vertex_count),
    )  # fmt: skip
    edge_faces = _matrix(edge_of.reshape(-1), np.repeat(np.arange(faces), 4), 1.0 / sides[edge_of.reshape(-1)],
                         (len(unique), faces))  # fmt: skip
    inner = sparse.diags_array((sides == 2).astype(float))
    edge_points = ends + 0.5 * inner @ (edge_faces @ face_points - ends)
    vertex_points = _vertex_points(quads, unique, sides, face_points, ends, vertex_count)
    matrix = sparse.vstack([vertex_points, edge_points, face_points]).tocsr().astype(np.float32)
    mids = vertex_count + edge_of
    centres = np.broadcast_to((vertex_count + len(unique) + np.arange(faces))[:, None], (faces, 4))
    new = np.stack([quads, mids, centres, np.roll(mids, 1, axis=1)], axis=2).reshape(-1, 4)
    return matrix, new.astype(np.int32)


def _vertex_points(
    quads: Indices,
    edges: Indices,
    sides: Indices,
    face_points: sparse.csr_matrix,
    ends: sparse.csr_matrix,
    vertex_count: int,
) -> sparse.csr_matrix:
    """Old vertices moved: (F + 2 R + (n - 3) P) / n inside, (1, 6, 1) / 8 along a border."""
    one = sparse.eye_array(vertex_count, format="csr")
    valence = np.bincount(quads.reshape(-1), minlength=vertex_count).astype(float)
    border = np.zeros(vertex_count, bool)
    border[edges[sides == 1].reshape(-1)] = True
    n = np.maximum(valence, 1)
    at_faces = _matrix(quads.reshape(-1), np.repeat(np.arange(len(quads)), 4), np.ones(quads.size),
                       (vertex_count, len(quads)))  # fmt: skip
    at_edges = _matrix(edges.reshape(-1), np.repeat(np.arange(len(edges)), 2), np.ones(edges.size),
                       (vertex_count, len(edges)))  # fmt: skip
    inside = sparse.diags_array(1 / n**2) @ (at_faces @ face_points + 2 * at_edges @ ends) + sparse.diags_array(
        (n - 3) / n
    )
    rim = edges[sides == 1]
    at_rim = _matrix(rim.reshape(-1), rim[:, ::-1].reshape(-1), np.full(rim.size, 0.125), (vertex_count, vertex_count))
    along = at_rim + 0.75 * one
    use = np.where(valence == 0, 2, border.astype(int))
    parts = [sparse.diags_array((use == kind).astype(float)) @ m for kind, m in enumerate((inside, along, one))]
    return parts[0] + parts[1] + parts[2]


def _matrix(rows: Indices, columns: Indices, values: Array, shape: tuple[int, int]) -> sparse.csr_matrix:
    return sparse.csr_matrix((values, (rows, columns)), shape=shape)


def neighbour_mean(quads: Indices, vertex_count: int) -> sparse.csr_matrix:
    """A matrix (N, N) that averages every vertex with its neighbours; vertices without quads stay."""
    rows = np.concatenate([quads.reshape(-1), np.roll(quads, 1, axis=1).reshape(-1), np.arange(vertex_count)])
    columns = np.concatenate([np.roll(quads, 1, axis=1).reshape(-1), quads.reshape(-1), np.arange(vertex_count)])
    total = _matrix(rows, columns, np.ones(len(rows)), (vertex_count, vertex_count))
    return sparse.diags_array(1 / np.asarray(total.sum(1)).reshape(-1)) @ total


def triangles(quads: Indices) -> Indices:
    """Two triangles for each quad."""
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]).astype(np.int32)


class Normals:
    """Unit vertex normals of a quad mesh whose topology stays and whose vertices move."""

    def __init__(self, quads: Indices, vertex_count: int) -> None:
        self._quads = quads
        self._sum = _matrix(
            quads.reshape(-1), np.repeat(np.arange(len(quads)), 4), np.ones(quads.size), (vertex_count, len(quads))
        ).astype(np.float32)

    def of(self, vertices: Array) -> Array:
        """Normals (N, 3); length is that of the crossed diagonals, so large faces weigh more."""
        a, b, c, d = (vertices[self._quads[:, i]] for i in range(4))
        total: Array = self._sum @ np.cross(c - a, d - b).astype(np.float32)
        length = np.linalg.norm(total, axis=1, keepdims=True)
        return np.asarray(total / np.maximum(length, 1e-12), np.float32)
