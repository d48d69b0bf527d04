"""Teeth and gums, made from measures of the mouth; lengths in decimetres.

Crown widths and heights are the usual averages of dental anatomy (Ash and Nelson, "Wheeler's Dental Anatomy").
"""

from __future__ import annotations

import numpy as np

from countenance.stock.mesh import Array, Indices

_UPPER = ((0.086, 0.105), (0.066, 0.092), (0.076, 0.100), (0.070, 0.085), (0.068, 0.080), (0.100, 0.075))
_LOWER = ((0.052, 0.088), (0.056, 0.090), (0.068, 0.100), (0.070, 0.086), (0.072, 0.082), (0.105, 0.075))
_RINGS, _SEGMENTS = 9, 14


def arch(upper: bool, front_z: float, edge_y: float) -> tuple[Array, Array, Indices]:
    """One row of teeth with its gum: vertices (N, 3), gum share (N,) in [0, 1], quads (M, 4).

    `front_z` is the front of the incisors, `edge_y` the height of their edges.
    """
    sizes = _UPPER if upper else _LOWER
    down = -1.0 if upper else 1.0
    parts: list[tuple[Array, Array, Indices]] = []
    for side in (-1.0, 1.0):
        along = 0.0
        for width, height in sizes:
            x, z, turn = _on_arch(along + width / 2, front_z, 0.94 if upper else 0.86)
            tooth, quads = _tooth(width, height, down)
            cos, sin = np.cos(side * turn), np.sin(side * turn)
            turned = np.stack(
                [cos * tooth[:, 0] + sin * tooth[:, 2], tooth[:, 1], cos * tooth[:, 2] - sin * tooth[:, 0]], 1
            )
            # Canines stand a little longer, laterals shorter; the row curves up towards the back.
            lift = 0.012 * (width == sizes[1][0]) + 0.03 * along
            parts.append((turned + np.array([side * x, edge_y - down * lift, z]), np.zeros(len(tooth)), quads))
            along += width * 0.985
    parts.append(_gum(upper, front_z, edge_y, down))
    return _joined(parts)


def _on_arch(along: float, front_z: float, narrow: float) -> tuple[float, float, float]:
    """Point (x, z) and turn in radians at a length along half an ellipse-like arch."""
    theta = np.linspace(0, np.pi / 2, 200)
    x, z = 0.30 * narrow * np.sin(theta), front_z - 0.42 * (1 - np.cos(theta))
    length = np.concatenate([[0], np.cumsum(np.hypot(np.diff(x), np.diff(z)))])
    px, pz = np.interp(along, length, x), np.interp(along, length, z)
    ahead = np.interp(along + 0.01, length, x) - px, np.interp(along + 0.01, length, z) - pz
    return float(px), float(pz), float(np.arctan2(-ahead[1], ahead[0]))


def _tooth(width: float, height: float, down: float) -> tuple[Array, Indices]:
    """A rounded crown that hangs (down = -1) or stands with its edge at y = 0, front at z = 0."""
    v = np.linspace(0, np.pi, _RINGS)[:, None]
    u = np.linspace(0, 2 * np.pi, _SEGMENTS, endpoint=False)[None]
    across = _power(np.sin(v), 0.5)
    up = (1 - _power(np.cos(v), 0.75)) / 2  # 0 at the edge, 1 at the root
    x = across * _power(np.cos(u), 0.62) * width / 2 * (1 - 0.30 * up)
    z = across * _power(np.sin(u), 0.7) * 0.032 * (0.55 + 0.6 * up) - 0.03
    y = np.broadcast_to(-down * up * height * 1.15, x.shape)
    if down > 0:
        z = z + 0.6 * y  # the lower jaw's roots lean back behind the chin's fold
    return np.stack([x, y, z], -1).reshape(-1, 3).astype(np.float32), _grid(_RINGS, _SEGMENTS)


def _power(a: Array, exponent: float) -> Array:
    return np.sign(a) * np.abs(a) ** exponent


def _gum(upper: bool, front_z: float, edge_y: float, down: float) -> tuple[Array, Array, Indices]:
    steps, around = 90, 12
    rows = []
    for s in np.linspace(-0.47, 0.47, steps):
        x, z, turn = _on_arch(abs(s), front_z - (0.012 if upper else 0.15), 0.94 if upper else 0.86)
        angle = np.linspace(0, 2 * np.pi, around, endpoint=False)
        out, high = 0.036 * np.cos(angle), 0.065 * np.sin(angle)
        side = np.sign(s)
        rows.append(np.stack([side * (x + out * np.sin(turn)), edge_y - down * (0.145 + high), z + out * np.cos(turn)
                              - 0.02], 1))  # fmt: skip
    vertices = np.concatenate(rows).astype(np.float32)
    return vertices, np.ones(len(vertices)), _grid(steps, around)


def _grid(rows: int, columns: int) -> Indices:
    """Quads of a grid that closes on itself along the columns."""
    r, c = np.meshgrid(np.arange(rows - 1), np.arange(columns), indexing="ij")
    n = (c + 1) % columns
    return np.stack([r * columns + c, r * columns + n, (r + 1) * columns + n, (r + 1) * columns + c], -1).reshape(-1, 4)


def _joined(parts: list[tuple[Array, Array, Indices]]) -> tuple[Array, Array, Indices]:
    offsets = np.cumsum([0] + [len(p[0]) for p in parts[:-1]])
    return (
        np.concatenate([p[0] for p in parts]).astype(np.float32),
        np.concatenate([p[1] for p in parts]).astype(np.float32),
        np.concatenate([p[2] + o for p, o in zip(parts, offsets, strict=True)]).astype(np.int32),
    )
