"""Which filmed mouth is shown."""

from __future__ import annotations

import numpy as np
import pytest

from countenance.engine.atlas import CONTROL, Atlas
from countenance.engine.retrieve import nearest, retrieve


@pytest.fixture
def atlas() -> Atlas:
    """200 mouths that open and close slowly, filmed in two takes."""
    rng = np.random.default_rng(0)
    opening = np.sin(np.arange(200) / 9).astype(np.float32)
    code = np.zeros((200, 12), np.float32)
    code[:, 0] = 0.1 * opening
    code += rng.normal(0, 0.002, code.shape).astype(np.float32)
    return Atlas(
        frame=np.concatenate([np.arange(100), np.arange(150, 250)]).astype(np.int32),
        code=code,
        gap=0.05 * (1 + opening),
        pose=np.zeros((200, 3), np.float32),
        control=np.zeros((200, len(CONTROL), 2), np.float32),
        from_canonical=np.zeros((200, 2, 3), np.float32),
        jpegs=[b""] * 200,
    )


def test_what_was_filmed_is_found_again_in_one_piece(atlas: Atlas) -> None:
    rows = retrieve(atlas, atlas.code[20:60], atlas.gap[20:60], atlas.pose[20:60])
    np.testing.assert_array_equal(rows, np.arange(20, 60))


def test_natural_succession_is_preferred_to_the_nearest_picture(atlas: Atlas) -> None:
    rng = np.random.default_rng(1)
    code = atlas.code[20:80] + rng.normal(0, 0.006, (60, 12)).astype(np.float32)
    best = retrieve(atlas, code, atlas.gap[20:80], atlas.pose[20:80])
    alone = nearest(atlas, code, atlas.gap[20:80], atlas.pose[20:80])
    jumps = [int((~np.isin(np.diff(atlas.frame[rows]), (0, 1))).sum()) for rows in (best, alone)]
    assert jumps[0] < 5 < jumps[1]


def test_a_small_atlas_is_enough(atlas: Atlas) -> None:
    kept = np.array([3, 50, 120])
    fields = ("frame", "code", "gap", "pose", "control", "from_canonical")
    few = Atlas(**{field: getattr(atlas, field)[kept] for field in fields}, jpegs=[b""] * 3)
    rows = retrieve(few, atlas.code[:30], atlas.gap[:30], atlas.pose[:30])
    assert set(rows) <= {0, 1, 2}


def test_head_pose_decides_between_equal_mouths(atlas: Atlas) -> None:
    atlas.pose[100:] = (20.0, 0.0, 0.0)
    turned = np.full((40, 3), (20.0, 0.0, 0.0), np.float32)
    assert (retrieve(atlas, atlas.code[:40], atlas.gap[:40], turned) >= 100).all()
