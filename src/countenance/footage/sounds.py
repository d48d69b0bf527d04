"""Which sounds are heard, as a few numbers for every 40 ms: enough to tell varied speech from monotonous."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from countenance.people.spectrum import mel_power

TIMBRE_RATE_HZ = 25.0
TIMBRE_SIZE = 3
_BANDS = 20
_HOPS = 4
_FLOOR = 1e-8
_RANGE = 6.0
_LEVELS = 4


class TimbreMeter:
    """`timbre` of sound that comes in blocks of a whole number of 40 ms; only the last may be shorter."""

    def __init__(self) -> None:
        self._parts: list[NDArray[np.uint8]] = []

    def feed(self, samples: NDArray[np.float32]) -> None:
        self._parts.append(timbre(samples))

    def timbre(self) -> NDArray[np.uint8]:
        """All so far: (n, 3)."""
        return np.concatenate([*self._parts, np.zeros((0, TIMBRE_SIZE), np.uint8)])


def timbre(samples: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The shape of the spectrum, whatever its loudness: (ceil(n / 640), 3) for (n,) at 16 kHz.

    The first three cepstral coefficients of 20 mel bands (Davis and Mermelstein 1980, doi 10.1109/TASSP.1980.1163420)
    tell vowels from one another and from hisses and hums; 0 to 255 stands for -6 to 6 decades.
    """
    power = mel_power(np.nan_to_num(samples), _BANDS)
    count = -(-len(power) // _HOPS)
    if count == 0:
        return np.zeros((0, TIMBRE_SIZE), np.uint8)
    padded = np.pad(power, ((0, count * _HOPS - len(power)), (0, 0)), mode="edge")
    loudness = np.log10(padded.reshape(count, _HOPS, _BANDS).mean(axis=1) + _FLOOR)
    angles = np.pi / _BANDS * (np.arange(_BANDS) + 0.5)
    waves = np.cos(angles[:, None] * np.arange(1, TIMBRE_SIZE + 1)) * np.sqrt(2 / _BANDS)
    return np.asarray(np.clip(np.rint((loudness @ waves) / _RANGE * 127 + 128), 0, 255), np.uint8)


def kinds_of_sound(timbres: NDArray[np.uint8], spoken: NDArray[np.bool_]) -> NDArray[np.int64]:
    """One of 64 kinds for each row of `timbres`, -1 where nobody speaks: (m,).

    Each coefficient is split into four levels that the speech of the recording reaches equally often, so that the
    microphone and the voice do not matter.
    """
    kinds = np.full(len(timbres), -1, np.int64)
    if not spoken.any():
        return kinds
    heard = timbres[spoken]
    bounds = np.quantile(heard, np.linspace(0, 1, _LEVELS + 1)[1:-1], axis=0)
    levels = (heard[:, None, :] > bounds[None]).sum(axis=1)
    kinds[spoken] = levels @ _LEVELS ** np.arange(TIMBRE_SIZE)
    return kinds
