"""How often lips meet at p, b and m."""

from __future__ import annotations

import numpy as np
import pytest

from countenance.engine.closure_rate import closed_below, closure_rate
from countenance.voice.speech import PAUSE, Phone

FRAMES = 250


def phones() -> tuple[Phone, ...]:
    """Ten times a pause of 0.1 s, a p of 0.08 s from 0.1 s on, and a vowel."""
    made: list[Phone] = []
    for start_s in np.arange(10.0):
        made += [
            Phone(PAUSE, start_s, start_s + 0.1),
            Phone("p", start_s + 0.1, start_s + 0.18),
            Phone("ɑ", start_s + 0.5, start_s + 1.0),
        ]
    return tuple(made)


def gap(closed: int) -> np.ndarray:
    """Open lips that meet at the first so many p."""
    values = np.full(FRAMES, 0.1, np.float32)
    values[2 : 25 * closed : 25] = 0.0
    return values


@pytest.mark.parametrize("closed", [0, 4, 10])
def test_the_share_of_sounds_with_closed_lips(closed: int) -> None:
    found = closure_rate(gap(closed), phones(), below=0.01)
    assert (found.rate, found.chance, found.count) == (closed / 10, 0.0, 10)


def test_lips_that_are_always_closed_show_in_chance() -> None:
    found = closure_rate(np.zeros(FRAMES, np.float32), phones(), below=0.01)
    assert found.rate == found.chance == 1.0


def test_frames_without_a_face_and_sounds_outside_are_not_counted() -> None:
    seen = gap(10)
    seen[:60] = np.nan
    found = closure_rate(seen[:200], phones(), below=0.01)
    assert (found.rate, found.count) == (1.0, 5)


def test_closed_is_the_lower_quarter_of_what_is_seen_in_speech() -> None:
    seen = np.concatenate([np.zeros(100), np.linspace(0.0, 0.1, 101), [np.nan]]).astype(np.float32)
    speaking = np.concatenate([np.zeros(100), np.ones(102)]).astype(np.float32)
    assert closed_below(seen, speaking) == pytest.approx(0.025)
