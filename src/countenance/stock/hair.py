"""Hair: strands that grow out of the scalp, fall and lie on what is below; brows and lashes that ride on the skin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from countenance.stock.figure import Figure
from countenance.stock.mesh import Array, Indices, triangles
from countenance.stock.paint import scalp_mask

_STEP, _STEPS, _POINTS = 0.10, 36, 20


@dataclass(frozen=True, slots=True)
class Strands:
    """`points` (S, K, 3) from root to tip; `width` (S,) in decimetres; `shade` (S,) in [0, 1] varies the colour;
    `with_head` (S, K) is how far each point follows the head's turn."""

    points: Array
    width: Array
    shade: Array
    with_head: Array

    def only(self, chosen: NDArray[np.bool_]) -> Strands:
        """The chosen strands."""
        return Strands(self.points[chosen], self.width[chosen], self.shade[chosen], self.with_head[chosen])


def scalp_hair(figure: Figure) -> Strands:
    """Grow the person's hair: each strand starts along the comb's direction, sags, and is pushed out of the body."""
    style = figure.person.style
    rng = np.random.default_rng(figure.person.seed)
    roots, normals = _roots(figure, style.strands, rng)
    side = np.sign(
        roots[:, 0] - style.part_x - 0.10 * np.clip(0.9 - roots[:, 2], -0.3, 1) + rng.normal(0, 0.02, len(roots))
    )
    # Lifted at the parting, lying flat at the sides; away from the face, a little backwards.
    comb = np.stack([side * 0.9, np.full_like(side, -0.15), np.full_like(side, -0.42)], 1)
    front = np.clip((roots[:, 2:] - 0.45) / 0.5, 0, 1)
    apart = side * np.clip(np.abs(roots[:, 0] - style.part_x) / 0.14, 0.4, 1)
    comb = comb * (1 - front) + np.stack([apart * 0.62, np.full_like(side, 0.30), np.full_like(side, -0.70)], 1) * front
    behind = np.clip((0.2 - roots[:, 2:]) / 0.6, 0, 1)
    comb = comb * (1 - 0.7 * behind) + np.array([0, -0.6, -0.5]) * behind
    comb -= normals * np.sum(comb * normals, 1, keepdims=True)
    direction = _unit(comb + normals * (0.42 + rng.normal(0, 0.08, (len(roots), 1))))
    layer = rng.uniform(0.10, 1.0, len(roots)) ** 1.3
    grown = _fall(figure, roots, direction, layer)
    length = style.length * (1 - style.short_sides * _sides(roots)) * rng.uniform(0.86, 1.0, len(roots))
    points = _cut(grown, length, style.cut_y + rng.normal(0, 0.035, len(roots)))
    points = _clump(points, style.clump, rng)
    points = _wave(points, style.curl, rng)
    points = points[_free(points) & _lying(figure, points)]
    # Outermost first: what lies behind is then rejected by depth before it is shaded.
    points = points[np.argsort(-(points[..., 2].mean(1) + np.linalg.norm(points - [0, 0, 0.2], axis=2).mean(1)))]
    low = np.clip((-0.7 - points[..., 1]) / 1.0, 0, 1)
    return Strands(
        points.astype(np.float32),
        rng.uniform(0.0045, 0.0080, len(points)).astype(np.float32),
        rng.beta(2, 2, len(points)).astype(np.float32),
        (1 - 0.55 * low * low).astype(np.float32),
    )


def _roots(figure: Figure, count: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Points on the scalp with the skin's normals, spread evenly by area."""
    faces = triangles(figure.skin_quads)
    corners = figure.rest[faces]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    hairy = scalp_mask(corners.mean(1))
    chosen = rng.choice(len(faces), count, p=area * hairy / np.sum(area * hairy))
    u, v = rng.random((2, count))
    flip = u + v > 1
    u, v = np.where(flip, 1 - u, u), np.where(flip, 1 - v, v)
    weights = np.stack([1 - u - v, u, v], 1)[..., None]
    return (corners[chosen] * weights).sum(1), _unit((figure.rest_normals[faces[chosen]] * weights).sum(1))


def _sides(roots: Array) -> Array:
    """How much a root is at the side or the back, where short hair is cut shorter."""
    return np.asarray(np.clip((0.75 - roots[:, 1]) / 0.5, 0, 1))


def _fall(figure: Figure, roots: Array, direction: Array, layer: Array) -> Array:
    """Strands (S, steps, 3) of constant step: inertia, gravity, the comb that keeps the face free, and the skin."""
    tree, skin, normals = figure.skin_tree, figure.rest[figure.skin_used], figure.rest_normals[figure.skin_used]
    volume = figure.person.style.volume
    points = [roots]
    here = roots
    for i in range(1, _STEPS):
        sag = 0.05 + 0.40 * min(1.0, i / 8)
        tuck = -0.10 * np.sign(here[:, :1]) * (here[:, 1:2] < -0.55)
        direction = _unit(direction + np.concatenate([tuck, np.full_like(tuck, -sag), 0 * tuck], 1))
        ahead = _off_the_face(here + direction * _STEP)
        _, near = tree.query(ahead, workers=1)
        out = normals[near]
        depth = np.sum((ahead - skin[near]) * out, 1)
        clothes = np.where(ahead[:, 1] < -1.35, 0.16, 0.0)
        wanted = (0.012 + volume * layer) * min(1.0, i / 4) + clothes
        ahead = ahead + out * np.maximum(wanted - depth, 0)[:, None]
        direction = _unit(ahead - here)
        here = here + direction * _STEP
        points.append(here)
    grown = np.stack(points, 1)
    for _ in range(4):
        grown[:, 1:-1] = 0.25 * grown[:, :-2] + 0.5 * grown[:, 1:-1] + 0.25 * grown[:, 2:]
    return grown


def _cut(grown: Array, length: Array, cut_y: Array) -> Array:
    """Strands of `_POINTS` evenly spaced points, cut at a length and where they first pass below a height."""
    step = np.linalg.norm(np.diff(grown, axis=1), axis=2)
    run = np.concatenate([np.zeros((len(grown), 1)), np.cumsum(step, 1)], 1)
    below = grown[..., 1] < cut_y[:, None]
    first = np.where(below.any(1), below.argmax(1), grown.shape[1] - 1)
    end = np.minimum(length, run[np.arange(len(grown)), first])
    want = np.linspace(0, 1, _POINTS)[None] * end[:, None]
    index = np.clip((run[:, None, :] <= want[..., None]).sum(2) - 1, 0, grown.shape[1] - 2)
    rows = np.arange(len(grown))[:, None]
    share = (want - run[rows, index]) / np.maximum(step[rows, index], 1e-9)
    return np.asarray(grown[rows, index] + (grown[rows, index + 1] - grown[rows, index]) * share[..., None])


def _off_the_face(points: Array) -> Array:
    """Strands are drawn aside like a curtain, so that the face stays free."""
    x, y, z = points.T
    radius, azimuth = np.hypot(x, z - 0.1), np.arctan2(np.abs(x), z - 0.1)
    least = np.radians(np.interp(y, (-1.6, -0.9, -0.2, 0.25, 0.45, 0.64, 0.8), (52, 56, 54, 48, 42, 26, 0)))
    turned = np.maximum(azimuth, least)
    turned = np.where(y < -1.3, azimuth, turned)
    sign = np.where(x >= 0, 1.0, -1.0)
    return np.stack([sign * radius * np.sin(turned), y, 0.1 + radius * np.cos(turned)], 1)


def _free(points: Array) -> NDArray[np.bool_]:
    """Which strands stay clear of the face and of the front of the neck, and do not stand on end."""
    x, y, z = np.moveaxis(points[:, 4:], -1, 0)
    azimuth = np.degrees(np.arctan2(np.abs(x), z - 0.1))
    least = np.interp(y, (-1.4, -0.9, -0.6, -0.2, 0.25, 0.42, 0.52), (38, 42, 44, 44, 36, 24, 0))
    return np.asarray(~(azimuth < least).any(1) & (y < 1.255).all(1))


def _lying(figure: Figure, points: Array) -> NDArray[np.bool_]:
    """Which strands lie on the head where they are above the ears."""
    start = points[:, 1 : _POINTS // 2]
    apart, _ = figure.skin_tree.query(start, workers=1)
    return np.asarray(((apart < 0.12 + 2.2 * figure.person.style.volume) | (start[..., 1] < 0.1)).all(1))


def _clump(points: Array, amount: float, rng: np.random.Generator) -> Array:
    """Strands lean to a guide strand near their root, more towards the tip."""
    for share, strength in ((90, amount * 0.7), (14, amount * 0.6)):
        guides = rng.choice(len(points), max(1, len(points) // share), replace=False)
        _, nearest = cKDTree(points[guides, 0]).query(points[:, 0])
        along = np.linspace(0, 1, points.shape[1]) ** 0.8
        pull = strength * along * rng.uniform(0.35, 1.0, (len(points), 1))
        points = points + (points[guides][nearest] - points) * pull[..., None]
    return points


def _wave(points: Array, amplitude: float, rng: np.random.Generator) -> Array:
    along = np.linspace(0, 1, points.shape[1])
    phase, pitch = rng.uniform(0, 6.28, (len(points), 3, 1)), rng.uniform(5, 11, (len(points), 3, 1))
    wave = np.sin(phase + pitch * along) * along**1.2 * amplitude * rng.uniform(0.3, 1, (len(points), 3, 1))
    fly = (rng.random(len(points)) < 0.05)[:, None, None] * wave * 2.2
    return points + (wave + fly).transpose(0, 2, 1)


@dataclass(frozen=True, slots=True)
class Rider:
    """Short hairs that follow the skin: `offsets` (S, K, 3) from the skin vertex `roots` (S,)."""

    roots: Indices
    offsets: Array
    width: Array
    shade: Array


def brows(figure: Figure) -> Rider:
    """Both brows: hairs along an arch over each eye, upwards at the inner end, flat at the outer."""
    person = figure.person
    rng = np.random.default_rng(person.seed + 100)
    roots, offsets = [], []
    used = figure.skin_used
    front = used[figure.rest_normals[used, 2] > 0.2]
    flat = cKDTree(figure.rest[front, :2])
    for side, eye in zip((1.0, -1.0), figure.eye_centres, strict=True):
        count = int(430 * person.brow_weight)
        t = rng.beta(1.1, 1.25, count)
        across = rng.normal(0, 0.34, count).clip(-1, 1)
        thickness = np.interp(t, (0, 0.15, 0.5, 1), (0.034, 0.042, 0.033, 0.007)) * person.brow_weight**0.5
        x = side * np.interp(t, (0, 1), (abs(eye[0]) - 0.17, abs(eye[0]) + 0.235))
        y = np.interp(t, (0, 0.3, 0.65, 1), (0.215, 0.262, 0.285, 0.205)) + across * thickness + person.brow_lift
        _, near = flat.query(np.stack([x, y], 1))
        vertex = front[near]
        start = np.stack([x, y, figure.rest[vertex, 2]], 1) - figure.rest[vertex]
        start[:, 2] += -0.25 * np.abs(x - figure.rest[vertex, 0])
        lean = np.radians(np.interp(t, (0, 0.12, 0.4, 1), (75, 48, 18, -18)) + rng.normal(0, 9, count) - 22 * across)
        length = np.interp(t, (0, 0.2, 1), (0.05, 0.075, 0.06)) * rng.uniform(0.7, 1.1, count)
        along = np.stack([side * np.cos(lean), np.sin(lean), np.zeros(count)], 1)
        normal = figure.rest_normals[vertex]
        along = _unit(along - normal * np.sum(along * normal, 1, keepdims=True))
        s = np.linspace(0, 1, 5)[None, :, None]
        path = along[:, None] * s * length[:, None, None] + normal[:, None] * (0.006 + 0.012 * s * (1 - s) * 2)
        roots.append(vertex)
        offsets.append(start[:, None] + path)
    total = sum(map(len, roots))
    width, shade = rng.uniform(0.0022, 0.0038, total), rng.uniform(0, 1, total)
    return Rider(np.concatenate(roots), np.concatenate(offsets).astype(np.float32), width, shade)


def lashes(figure: Figure, skin_local: Array, eye_centres: Array) -> Array:
    """Upper and lower lashes of both eyes for this moment's lids, (S, 6, 3) in head space."""
    person, out = figure.person, []
    for rings, eye in zip(figure.head.lids, eye_centres, strict=True):
        rng = np.random.default_rng(person.seed + 200)
        loop = skin_local[rings[0]] + [0, 0, 0.016]  # before the lid's fold; fine vertices keep the base mesh's numbers
        top = np.argsort(-figure.base[rings[0], 1])[:13]
        upper_ids = top[np.argsort(loop[top, 0])]
        bottom = np.argsort(figure.base[rings[0], 1])[:12]
        lower_ids = bottom[np.argsort(loop[bottom, 0])]
        for ids, count, length, curl in ((upper_ids, 150, 0.055, 0.50), (lower_ids, 40, 0.024, -0.30)):
            t = np.sort(rng.uniform(0.02, 0.98, count)) * (len(ids) - 1)
            root = np.stack([np.interp(t, np.arange(len(ids)), loop[ids, k]) for k in range(3)], 1)
            outward = _unit(root - eye)
            splay = np.sign(eye[0]) * np.interp(t / (len(ids) - 1), (0, 1), (-0.5, 0.5) if eye[0] > 0 else (0.5, -0.5))
            outward = _unit(
                outward + np.stack([splay * np.sign(eye[0]) * 0.7, np.zeros(count), np.full(count, 0.5)], 1)
            )
            size = length * person.lashes * rng.uniform(0.65, 1.0, count) * np.interp(
                t / (len(ids) - 1), (0, 0.15, 0.5, 0.85, 1), (0.5, 0.9, 1, 0.95, 0.6))  # fmt: skip
            s = np.linspace(0, 1, 6)[None, :, None]
            drop = -0.10 if curl > 0 else 0.0
            rise = np.stack([np.zeros(count), np.full(count, 1.0), np.zeros(count)], 1)[:, None]
            path = root[:, None] + size[:, None, None] * (
                outward[:, None] * (s + 0.05) + rise * (drop * s + curl * s * s)
            )
            out.append(path)
    return np.concatenate(out).astype(np.float32)


def _unit(vectors: Array) -> Array:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9))
