"""A knitted jumper: the skin below the neckline, lifted, and a ribbed collar round the neck."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from countenance.stock.figure import Figure
from countenance.stock.mesh import Array, Indices, Normals

_AROUND, _ACROSS = 220, 16
_AXIS_Z = -0.02


@dataclass(frozen=True, slots=True)
class Jumper:
    """`lift` (N,) of every skin vertex in decimetres, `quads` of the clothed skin, and the collar: skin vertices
    `collar_roots` that its vertices follow, their offsets, and its quads."""

    lift: Array
    quads: Indices
    collar_roots: Indices
    collar_rest: Array
    collar_offsets: Array
    collar_quads: Indices
    collar_normals: Normals


def jumper(figure: Figure) -> Jumper:
    """Dress the figure."""
    below = _below_neckline(figure.rest)
    lift = (0.03 + 0.075 * np.clip(below / 0.35, 0, 1) ** 0.6) * (below > -0.05)
    corners = figure.skin_quads
    shown = (figure.rest_normals[corners, 2] > -0.4).any(1) & (figure.rest[corners, 1] > -2.7).any(1)
    quads = corners[(below[corners] > -0.02).all(1) & shown]
    rest = _collar(figure)
    used = figure.skin_used
    _, near = figure.skin_tree.query(rest)
    roots = used[near].astype(np.int32)
    grid = _grid()
    return Jumper(
        lift.astype(np.float32), quads, roots, rest, rest - figure.rest[roots], grid, Normals(grid, len(rest))
    )


def _below_neckline(points: Array) -> Array:
    """Depth under a plane that is higher at the nape."""
    return (-1.47 - 0.42 * (points[:, 2] - 0.1)) - points[:, 1]


def _collar(figure: Figure) -> Array:
    """A ribbed roll along the ring where the plane of the neckline cuts the neck."""
    used = figure.skin_used
    near = used[(np.abs(_below_neckline(figure.rest[used])) < 0.09) & (np.abs(figure.rest[used, 0]) < 1.3)]
    p = figure.rest[near]
    angle = np.arctan2(p[:, 0], p[:, 2] - _AXIS_Z)
    radius = np.hypot(p[:, 0], p[:, 2] - _AXIS_Z)
    theta = np.linspace(-np.pi, np.pi, _AROUND, endpoint=False)
    apart = np.abs(np.angle(np.exp(1j * (theta[:, None] - angle[None]))))
    weight = np.exp(-np.square(apart / 0.10)) + 1e-9
    ring = (weight * radius).sum(1) / weight.sum(1)
    for _ in range(6):
        ring = 0.25 * np.roll(ring, 1) + 0.5 * ring + 0.25 * np.roll(ring, -1)
    phi = np.linspace(0, 2 * np.pi, _ACROSS, endpoint=False)
    rib = 1 + 0.10 * np.cos(theta * 110)
    out = 0.035 + 0.062 * np.cos(phi)[None] * rib[:, None]
    high = 0.095 * np.sin(phi)[None]
    r = ring[:, None] + out - 0.25 * (high + 0.095) * 0.6
    x, z = r * np.sin(theta)[:, None], _AXIS_Z + r * np.cos(theta)[:, None]
    y = -1.47 - 0.42 * (z - 0.1) + high + 0.045
    return np.stack([x, y, z], -1).reshape(-1, 3).astype(np.float32)


def _grid() -> Indices:
    i, j = np.meshgrid(np.arange(_AROUND), np.arange(_ACROSS), indexing="ij")
    k, m = (i + 1) % _AROUND, (j + 1) % _ACROSS
    quads = np.stack([i * _ACROSS + j, k * _ACROSS + j, k * _ACROSS + m, i * _ACROSS + m], -1)
    return quads.reshape(-1, 4).astype(np.int32)
