"""How the whole skin moves when the landmarks do: smooth fields that are torn along the line between the lips.

A field is the stiffest one through the landmarks' movements (it minimises its squared Laplacian) on a grid whose
connections across that line are cut, so that the lower lip leaves the upper one and everything else stays in one
piece. Each field is kept twice: as the upper lip sees it, continued smoothly below the line, and as the lower lip
does. A picture is bent by finding for each place where its content comes from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import splu

from countenance.portrait.face import Face, Seam
from countenance.portrait.landmarks import LOWER_LIP, OVAL, UPPER_LIP

Array = NDArray[np.floating[Any]]
Box = tuple[int, int, int, int]

_NODES_PER_UNIT = 22
_BESIDE, _ABOVE, _BELOW = 0.45, 0.30, 1.10
"""How far around the outline of the face anything moves, in eye distances: below is the neck."""
_STIFFNESS = 0.25
_STILL = 4.0
_REACH = 0.30
"""Over this many eye distances the continuation across the line fades into the true field."""
_STEPS, _RELAXATION = 9, 0.62
"""Of the search for where content comes from; halves the error each time for any strain that a face shows."""
_UPPER, _LOWER = -1, 1


@dataclass(frozen=True, slots=True)
class Grid:
    """Nodes over a part of the picture: `columns` x `rows`, `step` pixels apart, the first at (left, top)."""

    left: float
    top: float
    step: float
    columns: int
    rows: int

    def places(self) -> Array:
        """(rows, columns, 2) pixels."""
        x = self.left + self.step * np.arange(self.columns)
        y = self.top + self.step * np.arange(self.rows)
        return np.stack(np.meshgrid(x, y), axis=-1)

    def read(self, values: Array, places: Array) -> NDArray[np.float32]:
        """Values (rows, columns, 2) of the nodes, linear in between, at places (h, w, 2) of the picture."""
        x = ((places[..., 0] - self.left) / self.step).astype(np.float32)
        y = ((places[..., 1] - self.top) / self.step).astype(np.float32)
        read = cv2.remap(values.astype(np.float32), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(read, np.float32)

    def dense(self, values: Array, box: Box) -> NDArray[np.float32]:
        """Values (rows, columns, 2) of the nodes at every pixel of a box (left, top, right, bottom): (h, w, 2)."""
        left, top, right, bottom = box
        to_nodes = np.array([[1, 0, left - self.left], [0, 1, top - self.top]]) / self.step
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        size = (right - left, bottom - top)
        read = cv2.warpAffine(values.astype(np.float32), to_nodes, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(read, np.float32)

    def box(self, shape: tuple[int, ...]) -> Box:
        """The pixels of a picture of this shape that lie on the grid."""
        right = int(self.left + self.step * (self.columns - 1)) + 1
        bottom = int(self.top + self.step * (self.rows - 1)) + 1
        left, top = int(np.ceil(self.left)), int(np.ceil(self.top))
        return max(0, left), max(0, top), min(shape[1], right), min(shape[0], bottom)


@dataclass(frozen=True, slots=True, eq=False)
class Fields:
    """Movements of the skin in pixels, action by action, on the grid's nodes."""

    grid: Grid
    upper: NDArray[np.float32]
    """(K, rows, columns, 2) as the upper lip sees them"""
    lower: NDArray[np.float32]
    """the same as the lower lip sees them"""

    def mixed(self, weights: Array) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The fields (rows, columns, 2) of upper and lower at weights (K,)."""
        w = weights.astype(np.float32)
        return np.tensordot(w, self.upper, axes=1), np.tensordot(w, self.lower, axes=1)


def origin(grid: Grid, field: NDArray[np.float32], places: NDArray[np.float32]) -> NDArray[np.float32]:
    """(h, w, 2) where what a field carries to `places` (h, w, 2) was before."""
    found = places - grid.read(field, places)
    for _ in range(_STEPS):
        found = found + np.float32(_RELAXATION) * (places - found - grid.read(field, found))
    return found


def bent(picture: NDArray[np.uint8], origins: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(h, w, 3) the content of a picture at `origins` (h, w, 2)."""
    shown = cv2.remap(picture, origins, np.empty(0, np.float32), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(shown, np.uint8)


def fields_of(face: Face, moves: Array) -> Fields:
    """Fields through movements (K, 468, 2) of the landmarks; nothing moves far from the face."""
    grid = _grid_around(face)
    side = _sides(grid, face.seam)
    stiff = _laplacian(grid, side)
    known, free = _readings(grid, side, face)
    edge = np.zeros((grid.rows, grid.columns))
    edge[[0, -1]] = edge[:, [0, -1]] = _STILL
    system = _STIFFNESS * stiff.T @ stiff + known.T @ known + sparse.diags_array(edge.ravel())
    wanted = known.T @ moves[:, free].transpose(1, 0, 2).reshape(int(free.sum()), -1)
    solved = splu(system.tocsc()).solve(np.asarray(wanted))
    torn = solved.reshape(grid.rows, grid.columns, len(moves), 2).transpose(2, 0, 1, 3)
    return Fields(grid, _continued(grid, face, torn, _UPPER), _continued(grid, face, torn, _LOWER))


def _grid_around(face: Face) -> Grid:
    outline = face.xy(*OVAL)
    unit, step = face.unit, face.unit / _NODES_PER_UNIT
    left, top = outline.min(axis=0) - unit * np.array([_BESIDE, _ABOVE])
    right, bottom = outline.max(axis=0) + unit * np.array([_BESIDE, _BELOW])
    return Grid(float(left), float(top), step, int((right - left) / step) + 2, int((bottom - top) / step) + 2)


def _sides(grid: Grid, seam: Seam) -> NDArray[np.int8]:
    """(rows, columns) -1 above the line between the lips, 1 below it, 0 beside it."""
    places = grid.places()
    x, y = places[..., 0], places[..., 1]
    side = np.where(y > seam.middle(x), _LOWER, _UPPER)
    return np.asarray(np.where((x > seam.left) & (x < seam.right - 1), side, 0), np.int8)


def _laplacian(grid: Grid, side: NDArray[np.int8]) -> sparse.csr_array:
    """The graph Laplacian of the grid without the connections from one side of the line to the other."""
    index = np.arange(side.size).reshape(side.shape)
    near = _near_seam(side)
    pairs = []
    for a, b, m in (
        (index[:, :-1], index[:, 1:], (side[:, :-1] * side[:, 1:] == -1) & near[:, :-1] & near[:, 1:]),
        (index[:-1], index[1:], side[:-1] * side[1:] == -1),
    ):
        pairs.append(np.stack([a[~m], b[~m]], axis=1))
    first, second = np.concatenate(pairs).T
    ones = np.ones(len(first))
    joined = sparse.coo_array((ones, (first, second)), shape=(side.size, side.size))
    joined = (joined + joined.T).tocsr()
    return (sparse.diags_array(np.asarray(joined.sum(axis=1)).ravel()) - joined).tocsr()


def _near_seam(side: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Nodes whose upper or lower neighbour is on the other side, and their neighbours."""
    change = np.zeros(side.shape, np.uint8)
    crossing = side[:-1] * side[1:] == -1
    change[:-1] |= crossing
    change[1:] |= crossing
    return np.asarray(cv2.dilate(change, np.ones((5, 3), np.uint8)) > 0)


def _readings(grid: Grid, side: NDArray[np.int8], face: Face) -> tuple[sparse.csr_array, NDArray[np.bool_]]:
    """The matrix (n, nodes) that reads a field at n landmarks from nodes of the right side, and which landmarks."""
    wanted = np.zeros(len(face.points), np.int8)
    wanted[list(UPPER_LIP)] = _UPPER
    wanted[list(LOWER_LIP)] = _LOWER
    at = (face.points[:, :2] - [grid.left, grid.top]) / grid.step
    low = np.floor(at).astype(int)
    inside = (low >= 0).all(axis=1) & (low[:, 0] < grid.columns - 1) & (low[:, 1] < grid.rows - 1)
    rows, columns, values = [], [], []
    for row, point in enumerate(np.flatnonzero(inside)):
        nodes, shares = _around(at[point], low[point], side, int(wanted[point]))
        rows += [row] * len(nodes)
        columns += [y * grid.columns + x for x, y in nodes]
        values += list(shares)
    shape = (int(inside.sum()), grid.rows * grid.columns)
    return sparse.csr_array((values, (rows, columns)), shape=shape), inside


def _around(at: Array, low: Array, side: NDArray[np.int8], wanted: int) -> tuple[list[tuple[int, int]], Array]:
    """The nodes around a place (in steps of the grid) that are not on the other side, with their shares."""
    across, down = at - low
    corners = [(int(low[0]) + dx, int(low[1]) + dy) for dy in (0, 1) for dx in (0, 1)]
    shares = np.array([(1 - across) * (1 - down), across * (1 - down), (1 - across) * down, across * down])
    same = np.array([side[y, x] * wanted >= 0 for x, y in corners])
    if wanted == 0 or shares[same].sum() > 0.05:
        shares = np.where(same, shares, 0.0) if wanted else shares
        return corners, shares / shares.sum()
    x = round(float(at[0]))
    column = np.flatnonzero(side[:, x] == wanted)
    if not len(column):
        return corners, shares
    return [(x, int(column[np.abs(column - at[1]).argmin()]))], np.ones(1)


def _continued(grid: Grid, face: Face, torn: Array, own: int) -> NDArray[np.float32]:
    """The field as one lip sees it: beyond the line what is at the line, fading into the true field."""
    side = _sides(grid, face.seam)
    places = grid.places()
    distance = own * (face.seam.middle(places[..., 0]) - places[..., 1]) / (_REACH * face.unit)
    share = np.clip(1.0 - distance, 0.0, 1.0)
    share = share * share * (3 - 2 * share) * (side == -own)
    nearest = np.zeros(grid.columns, np.intp)
    for x in range(grid.columns):
        rows = np.flatnonzero(side[:, x] == own)
        if len(rows):
            nearest[x] = rows[-1] if own == _UPPER else rows[0]
    at_line = torn[:, nearest, np.arange(grid.columns)][:, None]
    return np.asarray(torn + share[..., None] * (at_line - torn), np.float32)
