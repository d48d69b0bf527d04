"""The skin moves smoothly, is torn along the lips, and nothing moves far from the face."""

from __future__ import annotations

import numpy as np

from countenance.portrait.fields import Fields, fields_of, origin
from countenance.portrait.landmarks import LIPS_INNER_LOWER, LIPS_INNER_UPPER
from countenance.portrait.puppet import Puppet


def _jaw(puppet: Puppet) -> Fields:
    index = puppet.expressions.names.index("jawOpen")
    return fields_of(puppet.face, puppet.expressions.moves[[index]])


def test_landmarks_go_where_they_are_told(puppet: Puppet) -> None:
    fields = _jaw(puppet)
    told = puppet.expressions.moves[puppet.expressions.names.index("jawOpen")]
    for lip, field in ((LIPS_INNER_UPPER, fields.upper[0]), (LIPS_INNER_LOWER, fields.lower[0])):
        moved = fields.grid.read(field, puppet.face.xy(*lip)[None])[0]
        assert np.abs(moved - told[list(lip)]).max() < 0.06 * puppet.face.unit


def test_the_lips_part_and_nothing_else_is_torn(puppet: Puppet) -> None:
    fields = _jaw(puppet)
    apart = np.linalg.norm(fields.lower[0] - fields.upper[0], axis=-1)
    places = fields.grid.places()
    seam = puppet.face.seam
    beside = (places[..., 0] < seam.left) | (places[..., 0] >= seam.right)
    assert apart.max() > 0.3 * puppet.face.unit
    assert apart[beside].max() == 0.0


def test_fields_are_smooth_on_either_side(puppet: Puppet) -> None:
    fields = _jaw(puppet)
    for field in (fields.upper[0], fields.lower[0]):
        steps = [np.abs(np.diff(field, axis=axis)).max() / fields.grid.step for axis in (0, 1)]
        assert max(steps) < 2.5


def test_nothing_moves_at_the_border(puppet: Puppet) -> None:
    upper = _jaw(puppet).upper[0]
    for edge in (upper[0], upper[-1], upper[:, 0], upper[:, -1]):
        assert np.abs(edge).max() < 0.01 * puppet.face.unit


def test_origin_undoes_a_field(puppet: Puppet) -> None:
    fields = _jaw(puppet)
    places = fields.grid.places().astype(np.float32)
    for field in (0.45 * fields.upper[0], 0.45 * fields.lower[0]):
        before = origin(fields.grid, field, places)
        again = before + fields.grid.read(field, before)
        assert np.abs(again - places).max() < 0.02 * puppet.face.unit
