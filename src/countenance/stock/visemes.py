"""From phones to the movement of jaw and lips.

Every phone pulls the face towards a target; how strongly, and how far in time, is its dominance, and what is seen is
the average weighted by dominance (Löfqvist 1990; Cohen and Massaro, "Modeling coarticulation in synthetic visual
speech", 1993). Lips that must meet (p, b, m) or touch the teeth (f, v) do so whatever their neighbours ask for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from countenance.voice.speech import PAUSE, WORD_GAP, Phone

RATE = 200
"""Samples per second of the curves."""

_BOTH = {"smile": "mouthSmile", "stretch": "mouthStretch", "lower": "mouthLowerDown", "upper": "mouthUpperUp",
         "press": "mouthPress"}  # fmt: skip
_ONE = {"jaw": "jawOpen", "pucker": "mouthPucker", "funnel": "mouthFunnel", "roll": "mouthRollLower",
        "tongue": "tongueOut", "close": "mouthClose"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Viseme:
    """A target of jaw and lips, and how strongly it holds against its neighbours."""

    target: dict[str, float]
    jaw_dominance: float = 1.0
    lip_dominance: float = 1.0


def _v(jaw_dominance: float, lip_dominance: float, **target: float) -> Viseme:
    return Viseme(target, jaw_dominance, lip_dominance)


_REST = _v(0.5, 0.5, press=0.06)
_SCHWA = _v(0.5, 0.35, jaw=0.15, lower=0.10)
_ALVEOLAR = _v(0.9, 0.35, jaw=0.09, lower=0.16, upper=0.05)
_VELAR = _v(0.5, 0.25, jaw=0.16, lower=0.08)
_SHUT = _v(1.0, 1.4, jaw=0.07, close=0.07, press=0.10)
_LABIODENTAL = _v(1.1, 1.5, jaw=0.075, roll=0.52, upper=0.16)
_HISS = _v(1.3, 0.8, jaw=0.045, stretch=0.12, lower=0.28, upper=0.10)
_HUSH = _v(1.3, 1.4, jaw=0.05, funnel=0.36, pucker=0.30, lower=0.12, upper=0.08)
_DENTAL = _v(1.0, 0.6, jaw=0.12, lower=0.18, upper=0.08, tongue=0.42)
_TARGETS: dict[str, tuple[Viseme, ...]] = {
    "ɑ": (_v(1.1, 0.8, jaw=0.42, lower=0.16, upper=0.05),),
    "a": (_v(1.1, 0.8, jaw=0.42, lower=0.16, upper=0.06),),
    "ɒ": (_v(1.1, 0.9, jaw=0.38, funnel=0.20),),
    "æ": (_v(1.1, 0.9, jaw=0.36, stretch=0.20, smile=0.08, lower=0.20, upper=0.14),),
    "ʌ": (_v(1.0, 0.6, jaw=0.27, lower=0.14),),
    "ə": (_SCHWA,), "ᵊ": (_SCHWA,), "ɐ": (_SCHWA,),
    "ɛ": (_v(1.0, 0.8, jaw=0.26, stretch=0.20, lower=0.18, upper=0.10),),
    "ɪ": (_v(0.8, 0.6, jaw=0.16, stretch=0.18, lower=0.15, upper=0.06),),
    "ᵻ": (_v(0.6, 0.5, jaw=0.14, stretch=0.14, lower=0.12),),
    "i": (_v(0.9, 1.0, jaw=0.11, stretch=0.30, smile=0.20, lower=0.22, upper=0.12),),
    "u": (_v(0.9, 1.5, jaw=0.11, pucker=0.85, funnel=0.12, close=0.06),),
    "ʊ": (_v(0.8, 1.2, jaw=0.16, pucker=0.55, funnel=0.22),),
    "ɔ": (_v(1.0, 1.2, jaw=0.31, pucker=0.30, funnel=0.46),),
    "ɜ": (_v(0.8, 0.9, jaw=0.17, pucker=0.25, funnel=0.28, lower=0.10),),
    "ɚ": (_v(0.7, 0.8, jaw=0.15, pucker=0.22, funnel=0.26),),
    "p": (_SHUT,), "b": (_SHUT,), "m": (_SHUT,),
    "f": (_LABIODENTAL,), "v": (_LABIODENTAL,),
    "θ": (_DENTAL,), "ð": (_DENTAL,),
    "s": (_HISS,), "z": (_HISS,),
    "ʃ": (_HUSH,), "ʒ": (_HUSH,), "ʧ": (_HUSH,), "ʤ": (_HUSH,),
    "t": (_ALVEOLAR,), "d": (_ALVEOLAR,), "n": (_ALVEOLAR,), "T": (_ALVEOLAR,), "ɾ": (_ALVEOLAR,),
    "l": (_v(0.8, 0.3, jaw=0.17, lower=0.16, tongue=0.10),),
    "k": (_VELAR,), "ɡ": (_VELAR,), "ŋ": (_VELAR,),
    "h": (_v(0.25, 0.15, jaw=0.18),), "ʔ": (_v(0.2, 0.1, jaw=0.14),),
    "ɹ": (_v(0.7, 1.0, jaw=0.10, pucker=0.35, funnel=0.34),),
    "w": (_v(0.9, 1.6, jaw=0.05, pucker=0.95, close=0.11),),
    "j": (_v(0.7, 0.7, jaw=0.09, stretch=0.24, smile=0.12, lower=0.14),),
}  # fmt: skip
_DIPHTHONGS = {"A": "ɛɪ", "I": "aɪ", "O": "ɔʊ", "W": "aʊ", "Y": "ɔɪ", "Q": "əʊ"}
_CLOSED = frozenset("pbm")
_TEETH = frozenset("fv")


def mouth_curves(phones: Sequence[Phone], duration_s: float) -> dict[str, NDArray[np.float64]]:
    """Weights by action name, each (T,) at `RATE`, for jaw and lips."""
    t = np.arange(round(duration_s * RATE)) / RATE
    names = sorted({*_BOTH, *_ONE})
    values = np.zeros((len(names), len(t)))
    weights = np.full((2, len(t)), 1e-6)
    for centre, width, stress, viseme in _pulls(phones):
        near = np.exp(-np.abs(t - centre) / width)
        pull = np.stack([viseme.jaw_dominance * near, viseme.lip_dominance * near])
        weights += pull
        for name, value in viseme.target.items():
            group = 0 if name == "jaw" else 1
            values[names.index(name)] += pull[group] * value * (stress if name == "jaw" else 1.0)
    curves = {name: values[i] / weights[0 if name == "jaw" else 1] for i, name in enumerate(names)}
    curves = {name: gaussian_filter1d(curve, 0.012 * RATE) for name, curve in curves.items()}
    for symbols, target in ((_CLOSED, _SHUT.target), (_TEETH, _LABIODENTAL.target)):
        held = _held(phones, symbols, t)
        curves = {name: curve + (target.get(name, 0.0) - curve) * held for name, curve in curves.items()}
    actions = {_ONE[name]: curve for name, curve in curves.items() if name in _ONE}
    for name, action in _BOTH.items():
        actions[f"{action}Left"] = actions[f"{action}Right"] = curves[name]
    return actions


def _pulls(phones: Sequence[Phone]) -> list[tuple[float, float, float, Viseme]]:
    """Centre and reach in seconds, stress factor and target of every pull; a diphthong pulls twice."""
    pulls = []
    for phone in phones:
        length = phone.end_s - phone.start_s
        if phone.symbol == WORD_GAP:
            continue
        if phone.symbol == PAUSE:
            reach = min(length / 2, 0.12)
            pulls += [(phone.start_s + reach, 0.05, 1.0, _REST), (phone.end_s - reach, 0.05, 1.0, _REST)]
            if length > 0.4:
                inner = np.arange(phone.start_s + 0.2, phone.end_s - 0.19, 0.1)
                pulls += [(float(c), 0.08, 1.0, _REST) for c in inner]
            continue
        symbols = _DIPHTHONGS.get(phone.symbol, phone.symbol)
        stress = {2: 1.12, 1: 1.0}.get(phone.stress, 0.85)
        for k, symbol in enumerate(symbols):
            share = length / len(symbols)
            for viseme in _TARGETS.get(symbol, (_SCHWA,)):
                # Lips run a little ahead of the sound.
                pulls.append((phone.start_s + (k + 0.45) * share, 0.022 + 0.35 * share, stress, viseme))
    return pulls


def _held(phones: Sequence[Phone], symbols: frozenset[str], t: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 while one of the phones must be formed: from shortly before it to its end, 70 ms at least, with soft edges."""
    held = np.zeros(len(t))
    for phone in phones:
        if phone.symbol in symbols:
            begin, end = phone.start_s - 0.025, max(phone.end_s - 0.005, phone.start_s + 0.045)
            rise = np.clip((t - begin + 0.055) / 0.055, 0, 1) * np.clip((end + 0.06 - t) / 0.06, 0, 1)
            held = np.maximum(held, rise * rise * (3 - 2 * rise))
    return held
