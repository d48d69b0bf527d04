"""Material that the tests of this room share."""

from __future__ import annotations

import numpy as np
import pytest
from hibari import SAMPLE_RATE, Hibari
from numpy.typing import NDArray
from scipy.signal import resample_poly

from countenance.settings import Settings

SENTENCE = "The old lighthouse keeper walked slowly down to the harbour before breakfast."


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings(threads=1)


@pytest.fixture(scope="session")
def spoken() -> NDArray[np.float32]:
    """`SENTENCE` at 16 kHz by a synthetic voice, with a second of silence before and after."""
    speech = np.concatenate(list(Hibari().stream(SENTENCE, seed=0))).astype(np.float64)
    at_16k = resample_poly(speech, 16_000, SAMPLE_RATE).astype(np.float32)
    loud = np.flatnonzero(np.abs(at_16k) > 0.01)
    return np.pad(at_16k[loud[0] : loud[-1]], (16_000, 16_000))
