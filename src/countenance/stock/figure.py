"""A person's geometry: skin, clothes, eyes, teeth and tongue as meshes, and how a pose deforms them.

Origin: between the eyes in height, the middle of the head in depth. Lengths are decimetres.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.spatial import cKDTree

from countenance.stock.mesh import (
    LIP_INNER,
    Array,
    Head,
    Indices,
    Normals,
    load_head,
    subdivide,
    triangles,
)
from countenance.stock.person import Person
from countenance.stock.teeth import arch

HEAD_PIVOT = np.array([0.0, -0.75, 0.25], np.float32)
_GAZE_DEG = (32.0, 26.0)  # of eyeLook... at weight 1, sideways and up or down


@dataclass(frozen=True, slots=True)
class Pose:
    """One moment: action weights by name, head rotation in degrees (yaw to the person's left, pitch down, roll), head
    shift in decimetres, breath in [0, 1]."""

    actions: dict[str, float]
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    shift: tuple[float, float, float] = (0.0, 0.0, 0.0)
    breath: float = 0.0


@dataclass(frozen=True, slots=True)
class Posed:
    """What a pose makes of the meshes. `skin_local` is before the head turns (for what grows on the skin)."""

    skin: Array
    skin_normals: Array
    skin_local: Array
    lower_jaw: Array
    """(3, 4) affine of the lower teeth, in head space."""
    tongue: Array
    head: Array
    """(3, 4) affine of the head in the world."""
    lip_gap: float
    """Inner-lip gap in decimetres, in head space."""


class Figure:
    """The meshes of one person, subdivided once: two pixels an edge at 720 lines where it matters."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.head: Head = load_head()
        base = self.head.shaped(person.shapes)
        for name, weight in person.asymmetry.items():
            base = base + np.float32(weight) * self.head.shapes[name]
        eyes = [base[np.unique(self.head.quads_of(side))] for side in ("left_eye", "right_eye")]
        self.eye_centres = np.stack([(e.max(0) + e.min(0)) / 2 for e in eyes]).astype(np.float32)
        origin = np.array([0.0, self.eye_centres[:, 1].mean(), 0.0], np.float32)
        self.base = _arms_down(base - origin)
        self.eye_centres = self.eye_centres - origin
        self.eye_radius = float(np.mean([(e.max(0) - e.min(0))[:2].mean() / 2 for e in eyes]))
        self._refine()
        self._mouth()

    def _refine(self) -> None:
        self.to_fine, quads = subdivide(self.head.quads_of("skin"), len(self.base))
        count = self.to_fine.shape[0]
        self.skin_quads: Indices = quads
        self.normals = Normals(quads, count)
        self.rest: Array = self.to_fine @ self.base
        self.rest_normals = self.normals.of(self.rest)
        tongue, n = self.head.quads_of("tongue"), len(self.base)
        self.tongue_fine, self.tongue_quads = subdivide(tongue, n)
        self.tongue_normals = Normals(self.tongue_quads, self.tongue_fine.shape[0])
        self.head_weight = _head_weight(self.rest)

    def _mouth(self) -> None:
        """Rows of teeth where the head's own coarse rows are; the upper edge shows a little under a raised lip."""
        lower = self.base[np.unique(self.head.quads_of("lower_teeth"))]
        lip = self.base[self.head.lip_rings[LIP_INNER]]
        front = float(lip[:, 2].max()) - 0.03
        meet = float(lip[0, 1])
        self.upper_teeth = arch(True, front, meet - 0.035)
        self.lower_teeth = arch(False, front - 0.035, meet - 0.045)
        self._lower_rest = lower

    @cached_property
    def skin_triangles(self) -> Indices:
        return triangles(self.skin_quads)

    @cached_property
    def skin_tree(self) -> cKDTree:
        """Nearest vertex of the resting skin, as an index into `skin_used`."""
        return cKDTree(self.rest[self.skin_used])

    @cached_property
    def skin_used(self) -> Indices:
        """Vertices that belong to the skin; the others are helpers of the base mesh."""
        return np.unique(self.skin_quads)

    def smooth_mask(self, values: Array) -> Array:
        """A value at every base vertex (N,) carried to the fine skin."""
        return np.asarray(self.to_fine @ values, np.float32)

    def pose(self, pose: Pose) -> Posed:
        """Deform: actions, then breath, then the head's turn, which fades along the neck."""
        base = self.base.copy()
        for name, weight in pose.actions.items():
            if weight:
                base += np.float32(weight) * self.head.actions[name]
        base = self._sealed(base)
        local: Array = self.to_fine @ base
        rotation = _rotation(pose.yaw_deg, pose.pitch_deg, pose.roll_deg)
        head = np.concatenate(
            [rotation, (HEAD_PIVOT - rotation @ HEAD_PIVOT + np.asarray(pose.shift, np.float32))[:, None]], 1
        ).astype(np.float32)
        chest = np.clip((-1.3 - local[:, 1:2]) / 0.8, 0, 1) * np.array([[0.0, 0.022, 0.035]], np.float32)
        turned = local @ head[:, :3].T + head[:, 3]
        skin = local + pose.breath * chest + self.head_weight[:, None] * (turned - local)
        lips = base[self.head.lip_rings[LIP_INNER]]
        lower = np.unique(self.head.quads_of("lower_teeth"))
        return Posed(
            skin=skin.astype(np.float32),
            skin_normals=self.normals.of(skin),
            skin_local=local,
            lower_jaw=_rigid(self._lower_rest, base[lower]),
            tongue=np.asarray(self.tongue_fine @ base, np.float32),
            head=head,
            lip_gap=float(lips[0, 1] - lips[19, 1]),
        )

    def _sealed(self, base: Array) -> Array:
        """Lips that meet in the middle meet along their whole length: they are soft, which no sum of actions knows."""
        rings = self.head.lip_rings
        upper = np.concatenate([np.arange(0, 10), np.arange(29, 38)])
        lower = np.where(upper < 19, 19 - upper, 57 - upper)
        gap = base[rings[LIP_INNER, upper], 1] - base[rings[LIP_INNER, lower], 1]
        seal = 1 - _smoothstep(0.002, 0.014, gap[0])
        close = 0.5 * seal * np.maximum(gap, 0)
        for ring, share in zip(rings[LIP_INNER - 3 :], (0.35, 0.6, 0.85, 1.0, 1.0, 1.0), strict=True):
            base[ring[upper], 1] -= share * close
            base[ring[lower], 1] += share * close
        return base

    def gaze_deg(self, actions: dict[str, float]) -> Array:
        """Gaze of the left and right eye, (2, 2): degrees to the person's left, degrees up."""
        out = []
        for side, left_is in (("Left", "Out"), ("Right", "In")):
            other = "In" if left_is == "Out" else "Out"
            left = actions.get(f"eyeLook{left_is}{side}", 0.0) - actions.get(f"eyeLook{other}{side}", 0.0)
            up = actions.get(f"eyeLookUp{side}", 0.0) - actions.get(f"eyeLookDown{side}", 0.0)
            out.append((left * _GAZE_DEG[0], up * _GAZE_DEG[1]))
        return np.array(out, np.float32)


def _arms_down(vertices: Array) -> Array:
    """From the base mesh's spread arms to hanging ones: a turn about the shoulders that grows along them."""
    x, y = np.abs(vertices[:, 0]), vertices[:, 1]
    grown = _smoothstep(1.15, 2.1, x)
    angle = np.radians(34.0) * grown
    shoulder = np.array([1.35, -2.05])
    dx, dy = x - shoulder[0], y - shoulder[1]
    new_x = shoulder[0] + np.cos(angle) * dx + np.sin(angle) * dy
    new_y = shoulder[1] - np.sin(angle) * dx + np.cos(angle) * dy
    out = vertices.copy()
    out[:, 0] = np.sign(vertices[:, 0]) * new_x
    out[:, 1] = new_y
    return out


def _head_weight(vertices: Array) -> Array:
    """1 on the head, 0 on the shoulders: along an axis that leans forward, since the chin hangs before the neck."""
    return _smoothstep(-1.75, -0.6, vertices[:, 1] + 0.55 * vertices[:, 2]).astype(np.float32)


def _smoothstep(low: float, high: float, x: Array | float) -> Array:
    t = np.clip((x - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t))


def _rotation(yaw_deg: float, pitch_deg: float, roll_deg: float) -> Array:
    y, p, r = np.radians([yaw_deg, pitch_deg, roll_deg])
    yaw = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    pitch = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    roll = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return np.asarray(yaw @ pitch @ roll, np.float32)


def _rigid(source: Array, target: Array) -> Array:
    """The rotation and shift (3, 4) that best carry one point set onto the other (Kabsch 1976)."""
    a, b = source.mean(0), target.mean(0)
    u, _, vt = np.linalg.svd((source - a).T @ (target - b))
    sign = np.diag([1.0, 1.0, np.sign(np.linalg.det(vt.T @ u.T))])
    rotation = vt.T @ sign @ u.T
    return np.concatenate([rotation, (b - rotation @ a)[:, None]], 1).astype(np.float32)
