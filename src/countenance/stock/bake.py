"""How much of the sky and of each lamp a point sees: measured once for the resting figure, kept while it moves.

Shadows of wide lamps are soft and a talking head turns little, so this stands in for shadow maps in every picture.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from countenance.stock.light import Lamp
from countenance.stock.mesh import Array, Indices
from countenance.stock.shaders import program, set_uniform

_SIZE = 640
_HALF_EXTENT = 3.1
_CENTRE = np.array([0.0, -0.9, 0.3], np.float32)


class Visibility:
    """Depth pictures of the figure from many sides, to be asked for any point."""

    def __init__(self, context: Any, skin: Array, faces: Indices, strands: Array, lamps: tuple[Lamp, ...]) -> None:
        sky = _sphere(72)
        self._groups = [sky, *(_disc(lamp, 10) for lamp in lamps)]
        draw = _DepthPictures(context, skin, faces, strands)
        self._maps = [[(d, *draw.seen_from(d)) for d in group] for group in self._groups]
        draw.release()

    def of(self, points: Array, normals: Array | None, bias: float = 0.03) -> Array:
        """(N, 1 + lamps): the open share of the sky (cosine-weighted with normals), then of each lamp."""
        columns = []
        for number, group in enumerate(self._maps):
            total, weights = np.zeros(len(points), np.float32), np.zeros(len(points), np.float32)
            for direction, camera, depth in group:
                weight: Array | float = 1.0
                start = points
                if normals is not None:
                    cosine = normals @ direction
                    start = points + normals * np.float32(bias)
                    weight = np.maximum(cosine, 0).astype(np.float32) if number == 0 else 1.0
                total += weight * _open(start, camera, depth, bias)
                weights += weight
            columns.append(total / np.maximum(weights, 1e-6))
        return np.stack(columns, 1).astype(np.float32)


class _DepthPictures:
    def __init__(self, context: Any, skin: Array, faces: Indices, strands: Array) -> None:
        self._program = program(context, "depth", "depth")
        count, steps = strands.shape[:2]
        first = np.arange(count)[:, None] * steps + np.arange(steps - 1)[None]
        lines = np.stack([first, first + 1], -1).astype(np.int32)
        self._texture = context.depth_texture((_SIZE, _SIZE))
        self._target = context.framebuffer(depth_attachment=self._texture)
        self._context = context
        self._arrays = [
            (context.vertex_array(self._program, [(context.buffer(np.ascontiguousarray(v, "f4")), "3f", "position")],
                                  context.buffer(np.ascontiguousarray(i, "i4"))), mode)
            for v, i, mode in ((skin, faces, context.TRIANGLES), (strands.reshape(-1, 3), lines, context.LINES))
        ]  # fmt: skip

    def seen_from(self, direction: Array) -> tuple[Array, Array]:
        """Camera matrix (4, 4) and depth picture in [0, 1]."""
        camera = _orthographic(direction)
        self._target.use()
        self._context.enable_only(self._context.DEPTH_TEST)
        self._target.clear(depth=1.0)
        set_uniform(self._program, "camera", camera.T)
        for array, mode in self._arrays:
            array.render(mode)
        depth = np.frombuffer(self._texture.read(), np.float32).reshape(_SIZE, _SIZE)
        return camera, depth.copy()

    def release(self) -> None:
        for array, _ in self._arrays:
            array.release()
        self._target.release()
        self._texture.release()


def _open(points: Array, camera: Array, depth: Array, bias: float) -> Array:
    """Bilinear share of the four nearest depth samples that are not before the point."""
    clip = points @ camera[:3, :3].T + camera[:3, 3]
    x = np.clip((clip[:, 0] * 0.5 + 0.5) * _SIZE - 0.5, 0, _SIZE - 1.001)
    y = np.clip((clip[:, 1] * 0.5 + 0.5) * _SIZE - 0.5, 0, _SIZE - 1.001)
    z = clip[:, 2] * 0.5 + 0.5 - bias / (2 * _HALF_EXTENT)
    i, j = x.astype(np.int32), y.astype(np.int32)
    u, v = (x - i).astype(np.float32), (y - j).astype(np.float32)
    a, b, c, d = ((depth[j + dj, i + di] >= z).astype(np.float32) for dj, di in ((0, 0), (0, 1), (1, 0), (1, 1)))
    return np.asarray((a * (1 - u) + b * u) * (1 - v) + (c * (1 - u) + d * u) * v)


def _orthographic(direction: Array) -> Array:
    """Looks at the figure from `direction`; near is small depth."""
    up = np.array([0.0, 1.0, 0.0]) if abs(direction[1]) < 0.95 else np.array([1.0, 0.0, 0.0])
    right = np.cross(up, direction)
    right /= np.linalg.norm(right)
    rows = np.stack([right, np.cross(direction, right), -direction]) / _HALF_EXTENT
    camera = np.eye(4)
    camera[:3, :3] = rows
    camera[:3, 3] = -rows @ _CENTRE
    return camera


def _sphere(count: int) -> Array:
    """Evenly spread directions (Fibonacci lattice)."""
    k = np.arange(count) + 0.5
    y = 1 - 2 * k / count
    angle = np.pi * (1 + 5**0.5) * k
    r = np.sqrt(1 - y * y)
    return np.stack([r * np.cos(angle), y, r * np.sin(angle)], 1).astype(np.float32)


def _disc(lamp: Lamp, count: int) -> Array:
    axis = lamp.unit
    right = np.cross([0.0, 1.0, 0.0], axis)
    right /= np.linalg.norm(right)
    up = np.cross(axis, right)
    k = np.arange(count) + 0.5
    r, angle = np.tan(np.radians(lamp.spread_deg)) * np.sqrt(k / count), 2.39996 * k
    out = axis + r[:, None] * (np.cos(angle)[:, None] * right + np.sin(angle)[:, None] * up)
    return np.asarray(out / np.linalg.norm(out, axis=1, keepdims=True), np.float32)
