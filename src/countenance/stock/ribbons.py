"""Strands as ribbons for the graphics card, with their light worked out beforehand."""

from __future__ import annotations

import numpy as np

from countenance.stock.hair import Strands
from countenance.stock.light import GROUND, LAMPS, SKY
from countenance.stock.mesh import Array
from countenance.stock.person import Colour

FLOATS = 13
LAYOUT = [("3f", "position"), ("3f", "tangent"), ("3f", "shape"), ("3f", "tint"), ("1f", "number")]


def ribbons(points: Array, width: Array, with_head: Array, tint: Array) -> Array:
    """Two vertices of `FLOATS` floats for each point of each strand (S, K, 3); they taper to a quarter."""
    count, steps = points.shape[:2]
    out = np.zeros((count, steps, 2, FLOATS), np.float32)
    out[..., 0:3] = points[:, :, None]
    out[..., 3:6] = tangents(points)[:, :, None]
    out[..., 6] = np.array([-1.0, 1.0])
    out[..., 7] = (width[:, None] * (1 - 0.75 * np.linspace(0, 1, steps) ** 2))[..., None]
    out[..., 8] = with_head[..., None]
    out[..., 9:12] = tint[:, :, None]
    out[..., 12] = np.arange(count)[:, None, None]
    return out


def short_hairs(points: Array, width: Array, colour: Array) -> Array:
    """Ribbons of hairs that move with the head and have one colour each, (S, 3)."""
    tint = np.broadcast_to(colour[:, None], points.shape)
    return ribbons(points, width, np.ones(points.shape[:2], np.float32), tint)


def indices(count: int, steps: int) -> bytes:
    """Triangles of ribbons."""
    first = (np.arange(count)[:, None] * steps + np.arange(steps - 1)[None])[..., None] * 2
    return bytes((first + np.array([0, 1, 2, 2, 1, 3])).astype("i4").tobytes())


def tangents(points: Array) -> Array:
    """Unit directions along strands."""
    step = np.gradient(points, axis=1)
    return np.asarray(step / np.maximum(np.linalg.norm(step, axis=2, keepdims=True), 1e-9))


def strand_light(hair: Strands, colour: Colour, seen: Array, eye: Array) -> Array:
    """Colour (S, K, 3) of every point of the resting hair; it turns too little for the highlights to wander.

    Diffuse light on a cylinder (Kajiya and Kay 1989) and two highlights: the lamp's colour from the surface, the
    hair's own from within (Marschner et al. 2003). `seen` is what the points see of sky and lamps, (S K, 1 + lamps).
    """
    shade = hair.shade[:, None, None]
    along = np.linspace(0, 1, hair.points.shape[1])[None, :, None]
    seen = seen.reshape(*hair.points.shape[:2], -1)
    base = np.asarray(colour) * (0.6 + 0.9 * shade) * (0.8 + 0.45 * along)
    base = base * (1 + shade * shade * 0.6 * np.array([0.22, 0.0, -0.18]))
    tangent, view = tangents(hair.points), eye - hair.points
    view = view / np.linalg.norm(view, axis=2, keepdims=True)
    sky = seen[..., :1]
    diffuse = (0.4 * np.asarray(GROUND) + 0.6 * np.asarray(SKY)) * sky**2 * 0.9
    shine = np.zeros_like(base)
    for number, lamp in enumerate(LAMPS):
        arriving = np.asarray(lamp.colour) * (0.05 + 0.95 * seen[..., number + 1, None] ** 2)
        across = np.sqrt(np.maximum(1 - np.square(tangent @ lamp.unit)[..., None], 0))
        diffuse = diffuse + arriving * across * 0.55
        half = lamp.unit + view
        half = half / np.linalg.norm(half, axis=2, keepdims=True)
        cosine = np.sum(tangent * half, 2, keepdims=True)
        first = np.maximum(1 - np.square(cosine + 0.07 + 0.08 * (shade - 0.5)), 0) ** 80
        second = np.maximum(1 - np.square(cosine - 0.10 + 0.12 * (shade - 0.5)), 0) ** 20
        shine = shine + arriving * (0.040 * first + 1.4 * base * second)
    return np.asarray(base * diffuse + shine * (0.5 + 0.7 * shade) * (0.25 + 0.75 * sky))
