"""Where the skin is red, dark, wet or hairy: one value for every vertex of the fine skin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from countenance.stock.figure import Figure
from countenance.stock.mesh import LIP_BORDER, LIP_INNER, Array, Indices

_HAIRLINE_DEG = (0, 25, 42, 55, 68, 82, 95, 118, 140, 180)
_HAIRLINE_Y = (0.66, 0.66, 0.60, 0.36, 0.08, -0.22, 0.0, -0.25, -0.75, -0.95)
_AXIS_Z = 0.30


@dataclass(frozen=True, slots=True)
class Paint:
    """`albedo` (N, 3) linear light; `lip`, `inner` (inside of the mouth), `scalp`, `wet` (N,) in [0, 1]."""

    albedo: Array
    lip: Array
    inner: Array
    scalp: Array
    wet: Array


def paint(figure: Figure) -> Paint:
    """Colours of skin, lips, lids, mouth and scalp."""
    person, p = figure.person, figure.rest
    lip, inner, lid = _lips(figure), _inside(figure), _lid_margin(figure)
    scalp = scalp_mask(p)
    skin = np.asarray(person.skin, np.float32)
    colour = np.broadcast_to(skin, p.shape).copy()
    red = person.blush * skin * [1.10, 0.74, 0.74]
    for centre, radius, amount in _redness(figure):
        colour = _mix(colour, red, amount * _blob(p, centre, radius))
    dark = skin * [0.66, 0.55, 0.56]
    for centre in figure.eye_centres:
        colour = _mix(colour, dark, 0.34 * _blob(p, centre + np.array([0, -0.15, 0.25]), (0.25, 0.07, 0.5)))
        colour = _mix(colour, dark, 0.28 * _blob(p, centre + np.array([0, 0.10, 0.25]), (0.24, 0.07, 0.5)))
    stubble = 0.4 * skin * [0.42, 0.40, 0.44] + 0.6 * np.asarray(person.hair) * 1.4
    colour = _mix(colour, stubble, 0.9 * person.beard * _beard(p, lip))
    rim = np.where((p[:, 1] > 0)[:, None], skin * [0.20, 0.15, 0.13], skin * [0.80, 0.52, 0.48])
    colour = _mix(colour, rim, lid)
    colour = _mix(colour, np.asarray(person.brows, np.float32), 0.20 * _brow_tint(figure))
    colour = _mix(colour, np.asarray(person.lips, np.float32), 0.92 * lip)
    colour = _mix(colour, np.asarray(person.hair, np.float32) * 0.32, 0.95 * scalp)
    colour = _mix(colour, np.array([0.34, 0.075, 0.07], np.float32), inner)
    return Paint(
        colour.astype(np.float32), lip.astype(np.float32), inner.astype(np.float32), scalp, np.maximum(lid, inner)
    )


def scalp_mask(points: Array) -> Array:
    """1 where hair grows on the resting head, with a soft hairline."""
    azimuth = np.degrees(np.arctan2(np.abs(points[:, 0]), points[:, 2] - _AXIS_Z))
    # A little irregular: nobody's hairline is a curve from a drawing.
    ragged = 0.012 * np.sin(points[:, 0] * 13) + 0.008 * np.sin(points[:, 0] * 41 + 1.3)
    line = np.interp(azimuth, _HAIRLINE_DEG, _HAIRLINE_Y) + ragged
    above = points[:, 1] - line
    ear = (np.abs(points[:, 0]) > 0.735) & (points[:, 1] < 0.22)
    return np.where(ear, 0, np.clip(above / 0.12 + 0.1, 0, 1)).astype(np.float32)


def _redness(figure: Figure) -> list[tuple[Array, tuple[float, float, float], float]]:
    left, right = figure.eye_centres
    nose = figure.rest[np.argmax(figure.rest[:, 2] * (np.abs(figure.rest[:, 0]) < 0.1))]
    cheeks = [(eye + np.array([0.13 * np.sign(eye[0]), -0.38, 0.1]), (0.24, 0.20, 0.5), 0.38) for eye in (left, right)]
    ears = [(np.array([side * 0.8, -0.1, 0.2]), (0.14, 0.35, 0.4), 0.6) for side in (1, -1)]
    return [*cheeks, *ears, (nose, (0.15, 0.11, 0.2), 0.45), (nose + np.array([0, -0.72, -0.1]), (0.16, 0.1, 0.2), 0.3)]


def _lips(figure: Figure) -> Array:
    values = np.zeros(len(figure.base), np.float32)
    for ring, vertices in enumerate(figure.head.lip_rings):
        values[vertices] = 0.10 if ring == LIP_BORDER - 1 else 0.72 if ring == LIP_BORDER else float(ring > LIP_BORDER)
    mask = figure.smooth_mask(values)
    return np.asarray(np.clip((mask - 0.08) / 0.84, 0, 1))


def _inside(figure: Figure) -> Array:
    """The mouth's lining."""
    return figure.smooth_mask(_enclosed(figure, figure.head.lip_rings[LIP_INNER + 1]))


def _enclosed(figure: Figure, ring: Indices) -> Array:
    """1 at the base vertices that a ring parts from the rest of the skin."""
    quads = figure.head.quads_of("skin")
    count = len(figure.base)
    a, b = quads.reshape(-1), np.roll(quads, 1, axis=1).reshape(-1)
    free = ~np.isin(a, ring) & ~np.isin(b, ring)
    graph = sparse.csr_matrix((np.ones(free.sum()), (a[free], b[free])), shape=(count, count))
    _, part = connected_components(graph, directed=False)
    body = np.bincount(part[np.unique(quads)]).argmax()
    values = np.zeros(count, np.float32)
    values[np.unique(quads)] = part[np.unique(quads)] != body
    values[ring] = 0
    return values


def _lid_margin(figure: Figure) -> Array:
    values = np.zeros(len(figure.base), np.float32)
    for rings in figure.head.lids:
        values[rings[0]] = 1.0
        upper = figure.base[rings[1], 1] > 0.01
        values[rings[1][upper]] = 0.55
        values = np.maximum(values, _enclosed(figure, rings[0]))
    return np.clip(figure.smooth_mask(values), 0, 1)


def _brow_tint(figure: Figure) -> Array:
    tint = np.zeros(len(figure.rest), np.float32)
    for eye in figure.eye_centres:
        for t, y in ((0.0, 0.225), (0.33, 0.262), (0.66, 0.280)):
            centre = np.array([np.sign(eye[0]) * (abs(eye[0]) - 0.12 + 0.29 * t), y + figure.person.brow_lift, 1.3])
            tint = np.maximum(tint, _blob(figure.rest, centre, (0.085, 0.042, 0.5)))
    return tint * figure.person.brow_weight


def _beard(points: Array, lip: Array) -> Array:
    """Chin, jaw and upper lip."""
    x, y, z = points.T
    low = np.clip((-0.42 - y - 0.25 * np.abs(x)) / 0.18, 0, 1) * np.clip((z + 0.1) / 0.4, 0, 1)
    neck = np.clip((y + 1.45) / 0.3, 0, 1)
    nose = 1 - _blob(points, np.array([0, -0.33, 1.5]), (0.2, 0.11, 0.3))
    return np.asarray(low * neck * nose * (1 - lip))


def _blob(points: Array, centre: Array, radius: tuple[float, float, float]) -> Array:
    return np.asarray(np.exp(-np.sum(np.square((points - centre) / np.asarray(radius)), axis=1)))


def _mix(a: Array, b: Array, amount: Array) -> Array:
    return a + (b - a) * amount[:, None]
