"""A head that turns away: the presenter, rendered anew in the same performance with other angles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from countenance.media.read import FPS
from countenance.stock.animate import Performance, perform
from countenance.stock.clips import PRESENTER_LISTENING_S, PRESENTER_SEED, presenter_clip, presenter_truth
from countenance.stock.defects.clip import Faulty, Original, Picture, seen
from countenance.stock.person import PRESENTER

if TYPE_CHECKING:
    from countenance.stock.render import Studio

_TURN_S, _HOLD_S = 0.4, 1.2
_EVERY = 2
"""One picture is rendered of so many; those between are blends."""


def head_turned(original: Original, degrees: float) -> Faulty:
    """For two seconds the head turns to the side by so many degrees more, and back."""
    return seen(original, _turned(original, yaw_deg=degrees))


def head_lowered(original: Original, degrees: float) -> Faulty:
    """For two seconds the head is bowed by so many degrees more, as of one who reads from a sheet."""
    return seen(original, _turned(original, pitch_deg=degrees))


def chin_up(original: Original, degrees: float) -> Faulty:
    """For two seconds the face is seen from below, by so many degrees more."""
    return seen(original, _turned(original, pitch_deg=-degrees))


def _turned(original: Original, yaw_deg: float = 0.0, pitch_deg: float = 0.0) -> Iterator[Picture]:
    if original.path != presenter_clip():
        raise ValueError("only the stock presenter can be turned")
    studio, performance = _studio(original.width, original.height), _performance()
    begin = round(original.seconds * 0.3 * FPS)
    count = min(round((2 * _TURN_S + _HOLD_S) * FPS), len(original.pictures) - begin - 1)

    def rendered(number: int) -> Picture:
        away = min(number, count - number) / FPS / _TURN_S
        share = float(np.clip(away, 0, 1)) ** 2 * (3 - 2 * float(np.clip(away, 0, 1)))
        frame = original.first + begin + number
        pose = performance.poses[min(frame, len(performance.poses) - 1)]
        pose = replace(pose, yaw_deg=pose.yaw_deg + share * yaw_deg, pitch_deg=pose.pitch_deg + share * pitch_deg)
        return studio.frame(pose, frame).rgb

    yield from original.pictures[:begin]
    before = rendered(0)
    for number in range(0, count, _EVERY):
        after = rendered(number + _EVERY)
        for between in range(min(_EVERY, count - number)):
            share = between / _EVERY
            yield np.asarray(cv2.addWeighted(before, 1 - share, after, share, 0), np.uint8)
        before = after
    yield from original.pictures[begin + count :]


@cache
def _studio(width: int, height: int) -> Studio:
    from countenance.stock.render import Studio

    return Studio(PRESENTER, width, height)


@cache
def _performance() -> Performance:
    truth = presenter_truth()
    return perform(truth.phones, truth.speaking_s, PRESENTER_LISTENING_S, seed=PRESENTER_SEED)
