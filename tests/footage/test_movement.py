from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, shift

from countenance.footage.movement import Movement, background_shift, background_stir, black_bars, contrast, row_change
from countenance.footage.timeline import Box

FACE = Box(0.4, 0.3, 0.2, 0.4)
SIZE = (72, 128)


def scene(seed: int = 0) -> NDArray[np.float32]:
    """A soft texture, 40 to 200 or so."""
    noise = np.random.default_rng(seed).normal(size=SIZE)
    return np.asarray(120 + 300 * gaussian_filter(noise, 2.5), np.float32)


def grey(picture: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.clip(picture, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("right", "down"), [(0.0, 0.0), (0.7, 0.0), (-0.4, 0.3), (1.2, -0.8)])
def test_a_shift_of_the_background_is_measured(right: float, down: float) -> None:
    before = scene()
    now = shift(before, (down, right), mode="nearest")
    x, y = background_shift(before, np.asarray(now, np.float32), FACE)
    assert x == pytest.approx(100 * right / 128, abs=0.1)
    assert y == pytest.approx(100 * down / 128, abs=0.1)


def test_a_plain_wall_shows_no_shift() -> None:
    wall = np.full(SIZE, 180, np.float32)
    assert np.isnan(background_shift(wall, wall, FACE)).all()


def test_what_moves_in_the_background_is_no_shift_of_it_but_stirs() -> None:
    before = scene()
    now = before.copy()
    now[4:30, 4:24] = scene(1)[4:30, 4:24]
    assert np.abs(background_shift(before, now, FACE)).max() < 0.1
    assert background_stir(grey(before), grey(before), FACE) == 0.0
    assert 5 < background_stir(grey(before), grey(now), FACE) < 40


def test_light_is_told_from_movement() -> None:
    before, brighter = scene(), scene() * np.float32(1.1)
    bands = before * (1 + 0.1 * np.sign(np.sin(np.arange(72) / 5)))[:, None].astype(np.float32)
    moved = np.asarray(shift(before, (0.5, 0.5), mode="nearest"), np.float32)
    assert row_change(before, brighter) == pytest.approx(10, abs=1)
    assert row_change(before, bands) == pytest.approx(10, abs=1)
    assert row_change(before, moved) < row_change(before, bands) / 3


def test_a_cut_stays_and_a_flash_goes() -> None:
    def last(pictures: list[NDArray[np.float32]]) -> tuple[float, float]:
        movement = Movement()
        steps = [movement.step(grey(picture), grey(picture), FACE) for picture in pictures]
        assert steps[0] is None
        assert steps[-1] is not None
        return steps[-1].head_change, steps[-1].lasting

    one, other = scene(), scene(1)
    change, lasting = last([one, one, other])
    assert change > 10
    assert lasting > 0.9 * change
    change, lasting = last([one, other, one])
    assert change > 10
    assert lasting < 0.1 * change
    assert last([one, one, one]) == (0.0, 0.0)


def test_bars_and_contrast() -> None:
    picture = np.full((72, 128), 120, np.uint8)
    assert black_bars(picture) == 0.0
    picture[:9] = picture[-9:] = 16
    assert black_bars(picture) == pytest.approx(25)
    picture[-9:] = 120
    assert black_bars(picture) == 0.0, "a dark ceiling is no pair of bars"
    assert black_bars(np.full((72, 128), 16, np.uint8)) == 0.0
    assert contrast(grey(np.tile(np.linspace(0, 255, 128, dtype=np.float32), (72, 1)))) == pytest.approx(245, abs=3)
