"""A performance: what a person's face and head do while they speak and while they listen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from countenance.stock.figure import Pose
from countenance.stock.visemes import RATE, mouth_curves
from countenance.voice.speech import PAUSE, Phone

Curve = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Performance:
    """One pose for each frame; `blink` (T,) in [0, 1] is how far the lids were driven shut."""

    fps: int
    poses: tuple[Pose, ...]
    blink: Curve


def perform(phones: Sequence[Phone], speaking_s: float, listening_s: float, *, seed: int, fps: int = 25) -> Performance:
    """Speak the phones for `speaking_s`, then listen for `listening_s`. The same seed gives the same movements."""
    rng = np.random.default_rng(seed)
    duration_s = speaking_s + listening_s
    t = np.arange(round(duration_s * RATE)) / RATE
    talk = _talking(phones, t, speaking_s)
    actions = {name: _fit(curve, len(t)) for name, curve in mouth_curves(phones, speaking_s).items()}
    blink = _blinks(t, rng)
    _add(actions, _expression(t, talk, phones, rng))
    _add(actions, _gaze(t, talk, rng))
    for side in ("Left", "Right"):
        lid = actions.get(f"eyeBlink{side}", np.zeros(len(t)))
        actions[f"eyeBlink{side}"] = np.maximum(lid, blink)
    head = _head(t, talk, phones, rng)
    breath = 0.5 + 0.5 * np.sin(2 * np.pi * t * 0.27 + rng.uniform(0, 6.28))
    # Half a frame in: the moment in the middle of the exposure.
    at = np.minimum(((np.arange(round(duration_s * fps)) + 0.5) / fps * RATE).astype(int), len(t) - 1)
    poses = tuple(
        Pose(
            {name: float(curve[i]) for name, curve in actions.items()},
            float(head["yaw"][i]),
            float(head["pitch"][i]),
            float(head["roll"][i]),
            (float(head["x"][i]), float(head["y"][i]), float(head["z"][i])),
            float(breath[i]),
        )
        for i in at
    )
    return Performance(fps, poses, blink[at])


def _talking(phones: Sequence[Phone], t: Curve, speaking_s: float) -> Curve:
    """1 while speaking, 0 in the long silences, smooth."""
    talk = (t < speaking_s).astype(float)
    for phone in phones:
        if phone.symbol == PAUSE and phone.end_s - phone.start_s > 0.6:
            talk[(t > phone.start_s) & (t < phone.end_s)] = 0.0
    return np.asarray(gaussian_filter1d(talk, 0.15 * RATE))


def _expression(t: Curve, talk: Curve, phones: Sequence[Phone], rng: np.random.Generator) -> dict[str, Curve]:
    """A friendly face: a smile that comes and goes, brows that rise with stressed words, lids a little lowered."""
    smile = np.clip(0.13 + 0.10 * _noise(t, 0.12, rng) + 0.06 * (1 - talk), 0.03, 0.4)
    raise_ = np.clip(0.07 * _noise(t, 0.2, rng), 0, 1)
    for phone in phones:
        if phone.stress == 2 and rng.random() < 0.30:
            middle, height = (phone.start_s + phone.end_s) / 2, rng.uniform(0.12, 0.42)
            raise_ += height * np.exp(-np.square((t - middle + 0.03) / 0.16))
    if talk[-1] < 0.5:
        raise_ += 0.35 * np.exp(-np.square((t - t[-1] + rng.uniform(3, 5)) / 0.5))
    frown = np.clip(0.10 * _noise(t, 0.25, rng), 0, 1)
    uneven = 0.9 + 0.1 * _noise(t, 0.1, rng)
    return {
        "mouthSmileLeft": smile * uneven,
        "mouthSmileRight": smile,
        "cheekSquintLeft": 0.5 * smile,
        "cheekSquintRight": 0.5 * smile,
        "browInnerUp": 0.6 * raise_,
        "browOuterUpLeft": raise_ * 0.75,
        "browOuterUpRight": raise_ * 0.65,
        "browDownLeft": frown,
        "browDownRight": frown * 0.8,
        "eyeSquintLeft": 0.08 + 0.25 * smile,
        "eyeSquintRight": 0.08 + 0.25 * smile,
        "eyeBlinkLeft": 0.10 + 0.02 * _noise(t, 0.3, rng),
        "eyeBlinkRight": 0.09 + 0.02 * _noise(t, 0.3, rng),
        "noseSneerLeft": np.clip(0.04 * _noise(t, 0.4, rng), 0, 1) * talk,
        "noseSneerRight": np.clip(0.04 * _noise(t, 0.4, rng), 0, 1) * talk,
    }


def _blinks(t: Curve, rng: np.random.Generator) -> Curve:
    """Lids closed for 40 ms or more every 2 to 6 seconds: down in 80 ms, up in 150."""
    blink = np.zeros(len(t))
    moment = rng.uniform(0.9, 2.0)
    while moment < t[-1] - 0.3:
        down, hold, up = 0.08, 0.045, rng.uniform(0.13, 0.18)
        x = np.clip((t - moment) / down, 0, 1) * np.clip((moment + down + hold + up - t) / up, 0, 1)
        blink = np.maximum(blink, rng.uniform(0.93, 1.0) * x * x * (3 - 2 * x))
        moment += 0.38 if rng.random() < 0.12 else rng.uniform(2.0, 5.6)
    return blink


def _gaze(t: Curve, talk: Curve, rng: np.random.Generator) -> dict[str, Curve]:
    """Eyes rest near the camera, jump a degree or two every half second or so, and now and then look aside."""
    x, y = np.zeros(len(t)), np.zeros(len(t))
    moment = 0.0
    while moment < t[-1]:
        after = t >= moment
        aside = rng.random() < 0.06 * float(talk[min(int(moment * RATE), len(t) - 1)])
        spread = (0.22, 0.10) if aside else (0.035, 0.022)
        x[after], y[after] = rng.normal(0, spread[0]), rng.normal(-0.01, spread[1])
        moment += rng.uniform(0.35, 0.7) if aside else rng.uniform(0.5, 1.9)
    x, y = gaussian_filter1d(x, 0.012 * RATE), gaussian_filter1d(y, 0.012 * RATE)
    left, right = np.clip(x, 0, 1), np.clip(-x, 0, 1)
    up, down = np.clip(y, 0, 1), np.clip(-y, 0, 1)
    return {
        "eyeLookOutLeft": left, "eyeLookInRight": left, "eyeLookInLeft": right, "eyeLookOutRight": right,
        "eyeLookUpLeft": up, "eyeLookUpRight": up, "eyeLookDownLeft": down, "eyeLookDownRight": down,
    }  # fmt: skip


def _head(t: Curve, talk: Curve, phones: Sequence[Phone], rng: np.random.Generator) -> dict[str, Curve]:
    """Slow sway, wider in speech; a small dip on some stressed words; nods while listening."""
    size = 0.55 + 0.45 * talk
    head = {
        "yaw": 3.2 * _noise(t, 0.16, rng) * size + 0.6 * _noise(t, 0.9, rng) * talk,
        "pitch": 1.7 * _noise(t, 0.20, rng) * size + 0.5 * _noise(t, 1.0, rng) * talk,
        "roll": 1.2 * _noise(t, 0.14, rng) * size,
        "x": 0.035 * _noise(t, 0.13, rng),
        "y": 0.018 * _noise(t, 0.2, rng),
        "z": 0.05 * _noise(t, 0.15, rng),
    }
    for phone in phones:
        if phone.stress == 2 and rng.random() < 0.4:
            moment = (phone.start_s + phone.end_s) / 2
            head["pitch"] += rng.uniform(0.5, 1.7) * np.exp(-np.square((t - moment) / 0.13))
    listening = t[talk < 0.5]
    if listening.size and listening[-1] - listening[0] > 4 and talk[-1] < 0.5:
        begin = float(t[talk > 0.5][-1])
        for moment, count in ((begin + 1.6, 2), (begin + 5.2, 3)):
            inside = (t >= moment) & (t < moment + count * 0.62)
            fade = np.sin(np.pi * np.clip((t - moment) / (count * 0.62), 0, 1))
            head["pitch"] += np.where(inside, 1.9 * (1 - np.cos(2 * np.pi * (t - moment) / 0.62)) * fade, 0)
    # Neither sharper nor wider than a seated speaker moves.
    for name, limit in (("yaw", 6.0), ("pitch", 4.5), ("roll", 2.0)):
        head[name] = limit * np.tanh(gaussian_filter1d(head[name], 0.03 * RATE) / limit)
    return head


def _noise(t: Curve, rate_hz: float, rng: np.random.Generator) -> Curve:
    """Smooth noise of unit variance around a rate: a few sines that do not share a period."""
    total = np.zeros(len(t))
    for factor in (0.55, 0.83, 1.27, 1.91):
        total += np.sin(2 * np.pi * (rate_hz * factor * rng.uniform(0.9, 1.1) * t + rng.uniform())) / factor**0.5
    return total / 1.45


def _add(actions: dict[str, Curve], more: dict[str, Curve]) -> None:
    for name, curve in more.items():
        actions[name] = np.clip(actions.get(name, 0.0) + curve, 0, 1)


def _fit(curve: Curve, length: int) -> Curve:
    return np.pad(curve, (0, max(0, length - len(curve))))[:length]
