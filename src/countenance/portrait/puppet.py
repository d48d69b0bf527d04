"""A picture that moves: given a pose of head and face, the picture in that pose."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from countenance.portrait.expressions import Expressions, closing, expressions_of
from countenance.portrait.face import Array, Face, Picture, face_in
from countenance.portrait.fields import Box, Fields, bent, fields_of, origin
from countenance.portrait.lids import Blink, blinks_of, shut
from countenance.portrait.mouth import Inside, inside_of
from countenance.portrait.sway import Sway, sway_of
from countenance.settings import Settings
from countenance.stock.figure import Pose

_SEALED, _PARTED = 0.004, 0.018
"""Lips that are nearer than this at their middle, in eye distances, touch along their whole length; beyond, they do
not."""
_OVERLAP, _SHADOW = 0.004, 0.007
"""Lips may press into each other by so much; those of an open mouth have no shadow between them in the picture, so
they keep so much apart that the dark inside shows as a line."""
_LENS = (2.0, 0.95)
_LEAST_OF_LENS = 0.75
"""A mouth opens like a lens: nowhere wider than one of this shape that is as high as its middle, nor much less."""
_SEAL_REACH = 0.05
_SEAM_PLACES = 25
_SOFT = 0.011
_BOX = (0.30, 0.35, 0.80)
"""Of the part in which lips are composed: beside the corners, above and below the line, in eye distances."""


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """A pose as seen."""

    image: Picture
    lip_gap: float
    """distance of the inner lips at their middle in eye distances; negative where they press into each other"""


class Puppet:
    """A face in a picture, ready to be posed. Building it takes about a second, a picture of 720p some 20 ms.

    Raises:
        CountenanceError: `face.face_in`'s.
    """

    def __init__(self, rgb: Picture, settings: Settings, file: Path = Path()) -> None:
        self.rgb = np.ascontiguousarray(rgb)
        self.face: Face = face_in(rgb, settings, file)
        self.expressions: Expressions = expressions_of(self.face)
        # The movement that closes the lips of the picture is one more action, always at 1.
        moves = np.concatenate([self.expressions.moves, closing(self.face)[None]])
        self._fields: Fields = fields_of(self.face, moves)
        self._sway: Sway = sway_of(self.face, rgb.shape[1], rgb.shape[0])
        turning, face = self._sway.moving(rgb.shape), self._fields.grid.box(rgb.shape)
        self._moving: Box = (
            min(turning[0], face[0]), min(turning[1], face[1]), max(turning[2], face[2]), max(turning[3], face[3])
        )  # fmt: skip
        self._blinks: list[Blink] = blinks_of(self.rgb, self.face)
        self._inside: Inside = inside_of(self.rgb, self.face, self.expressions)
        self._box = self._mouth_box()
        seam = self.face.seam
        x = np.linspace(seam.left, seam.right - 1, _SEAM_PLACES)
        columns = np.arange(seam.left, seam.right)
        self._edges = [np.stack([x, np.interp(x, columns, edge)], axis=1)[None] for edge in (seam.upper, seam.lower)]
        rest = np.append(np.zeros(len(moves) - 1), 1.0)
        self._lens = (1.0 - np.abs(np.linspace(-1.0, 1.0, _SEAM_PLACES)) ** _LENS[0]) ** _LENS[1]
        away = np.clip(np.minimum(x - seam.left, seam.right - 1 - x) / (0.1 * self.face.unit), 0.0, 1.0)
        self._least_gaps = self.face.unit * (_SHADOW * away if seam.open else np.full_like(x, -_OVERLAP))
        self._gaps_at_rest = self._gaps(*self._fields.mixed(rest))

    def pose(self, pose: Pose, blink: float) -> Moment:
        """The picture with the face in a pose of the synthetic head's and the lids shut by `blink` (0 to 1)."""
        weights = np.array([pose.actions.get(name, 0.0) for name in self.expressions.names] + [1.0])
        upper, lower = self._fields.mixed(weights)
        gap = self._seal(upper, lower)
        source = self.rgb
        if blink > 0.0 and self._blinks:
            source = self.rgb.copy()
            shut(source, self._blinks, blink)
        turn = self._sway.field(pose)
        grid = self._fields.grid
        unturned = origin(self._sway.grid, turn, grid.places().astype(np.float32))
        above, below = (origin(grid, field, unturned) for field in (upper, lower))
        image = self._skin(source, turn, above)
        self._compose_mouth(image, source, turn, (above, below), pose)
        return Moment(image, gap / self.face.unit)

    def _seal(self, upper: NDArray[np.float32], lower: NDArray[np.float32]) -> float:
        """Let lips that meet in the middle meet everywhere, and none lie over the other; the gap in pixels.

        Changes the fields.
        """
        unit, grid = self.face.unit, self._fields.grid
        raw = self._gaps(upper, lower)
        gap = raw - self._gaps_at_rest
        middle = float(np.median(gap[_SEAM_PLACES // 2 - 2 : _SEAM_PLACES // 2 + 3])) / unit
        seal = 1.0 - float(np.clip((middle - _SEALED) / (_PARTED - _SEALED), 0.0, 1.0))
        most = np.maximum(middle * unit, 0.0) * self._lens
        parted = np.clip(gap, _LEAST_OF_LENS * most, most) * (1.0 - seal)
        wanted = np.maximum(np.where(gap > 0, parted, gap), self._least_gaps)
        move = (raw - wanted) / 2
        places = grid.places()
        x, y = places[..., 0], places[..., 1]
        at = np.interp(x, self._edges[0][0, :, 0], move, left=0.0, right=0.0)
        near = np.exp(-np.square((y - self.face.seam.middle(x)) / (_SEAL_REACH * unit)) / 2)
        upper[..., 1] += at * near
        lower[..., 1] -= at * near
        return float(wanted[_SEAM_PLACES // 2])

    def _gaps(self, upper: NDArray[np.float32], lower: NDArray[np.float32]) -> Array:
        """(n,) distance of the lips' edges in pixels at `_SEAM_PLACES` places from corner to corner."""
        read = self._fields.grid.read
        above, below = (edge + read(field, edge) for edge, field in zip(self._edges, (upper, lower), strict=True))
        return np.asarray((below - above)[0, :, 1])

    def _skin(self, source: Picture, turn: NDArray[np.float32], above: NDArray[np.float32]) -> Picture:
        """The whole picture as the upper lip sees it."""
        grid, (left, top, right, bottom) = self._sway.grid, self._moving
        before = origin(grid, turn, grid.places().astype(np.float32))
        found = grid.dense(before, self._moving)
        x0, y0, x1, y1 = box = self._fields.grid.box(source.shape)
        found[y0 - top : y1 - top, x0 - left : x1 - left] = self._fields.grid.dense(above, box)
        image = source.copy()
        image[top:bottom, left:right] = bent(source, found)
        return image

    def _compose_mouth(
        self,
        image: Picture,
        source: Picture,
        turn: NDArray[np.float32],
        origins: tuple[NDArray[np.float32], NDArray[np.float32]],
        pose: Pose,
    ) -> None:
        """Put the inside of the mouth and the lower lip into the image, which is as the upper lip sees it."""
        left, top, right, bottom = self._box
        above, below = (self._fields.grid.dense(nodes, self._box) for nodes in origins)
        seam, soft = self.face.seam, max(1.0, _SOFT * self.face.unit)
        of_lower = self._opacity(below, seam.lower, -1.0, soft)
        of_upper = np.minimum(self._opacity(above, seam.upper, 1.0, soft), 1.0 - of_lower)
        opening = 1.0 - of_lower - of_upper
        lip = bent(source, below).astype(np.float32)
        skin = image[top:bottom, left:right].astype(np.float32)
        mixed = of_upper[..., None] * skin + of_lower[..., None] * lip
        if opening.max() > 0.0:
            moved = self._sway.grid.read(turn, self._inside.meet[None, None])[0, 0]
            inside = self._inside.paint(self._box, moved, pose.actions.get("jawOpen", 0.0),
                                        pose.actions.get("tongueOut", 0.0))  # fmt: skip
            mixed += (opening * self._inside.light(opening))[..., None] * inside
        image[top:bottom, left:right] = np.clip(np.rint(mixed), 0, 255).astype(np.uint8)

    def _opacity(self, origins: NDArray[np.float32], edge: Array, sign: float, soft: float) -> NDArray[np.float32]:
        """(h, w) whether the content at each place lies above (sign 1) or below (-1) an edge of the seam."""
        seam = self.face.seam
        x, y = origins[..., 0], origins[..., 1]
        height = np.interp(x, np.arange(seam.left, seam.right), edge)
        opacity = np.clip(0.5 + sign * (height - y) / soft, 0.0, 1.0)
        # Beside the corners there is one skin, which both lips see alike.
        beside = np.clip(np.maximum(seam.left - x, x - seam.right + 1) / soft, 0.0, 1.0)
        return np.asarray(np.maximum(opacity, beside), np.float32)

    def _mouth_box(self) -> Box:
        seam, unit = self.face.seam, self.face.unit
        beside, above, below = (side * unit for side in _BOX)
        height, width = self.rgb.shape[:2]
        left, top = max(0, int(seam.left - beside)), max(0, int(seam.upper.min() - above))
        return left, top, min(width, int(seam.right + beside)), min(height, int(seam.lower.max() + below))
