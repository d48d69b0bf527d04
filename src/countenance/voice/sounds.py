"""Kinds of speech sounds: those that a vocal tract makes alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from countenance.voice.speech import Phone
from countenance.voice.vocoder import STEP_S

KINDS = ("iɪᵻ", "Aɛæ", "Iaɑʌɐ", "W", "əɚɜᵊ", "OɔYo", "uʊ", "mnŋ", "l", "ɹwj", "pb", "tdT", "kɡ", "sz", "ʃʒʧʤ", "fvθðh")
"""Symbols of `Phone` that make one kind each."""

_KIND = {symbol: index for index, symbols in enumerate(KINDS) for symbol in symbols}
_BLEND_STEPS = 3.0


def kinds(phones: Sequence[Phone], steps: int) -> NDArray[np.float64]:
    """How much of each kind every step of `STEP_S` is: (steps, len(KINDS)), 0 to 1, blended over the borders.

    Pauses, unknown symbols, and speech whose phones are not known, are of no kind.
    """
    from scipy.ndimage import gaussian_filter1d

    shares = np.zeros((steps, len(KINDS)))
    for phone in phones:
        if phone.symbol in _KIND:
            shares[round(phone.start_s / STEP_S) : round(phone.end_s / STEP_S), _KIND[phone.symbol]] = 1.0
    return np.asarray(gaussian_filter1d(shares, _BLEND_STEPS, axis=0))
