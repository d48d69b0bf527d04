"""Arrays that cannot be a personal voice."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from countenance.voice.personal import FEATURES, Filter, PersonalVoice, PersonalVoiceReport, Pitch
from countenance.voice.vocoder import BANDS

Array = NDArray[np.float32]


def arrays() -> dict[str, Array]:
    zeros = np.zeros(BANDS)
    flat = Filter(zeros, zeros, zeros, np.zeros((FEATURES, BANDS)), zeros, zeros, np.zeros(1))
    report = PersonalVoiceReport(0.2, 0.3, 0.9, 0.0, 0.0, 1.0, 30.0)
    return PersonalVoice(flat, Pitch(5.3, 0.2, 5.1, 0.2), 1.0, report).to_arrays()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("pitch", [5.3, 0.2, 5.1]),
        ("pitch", [5.3, 0.0, 5.1, 0.2]),
        ("pitch", [np.nan] * 4),
        ("tempo", 1.0),
        ("tempo", []),
        ("tempo", [1e-9]),
        ("tempo", [np.inf]),
        ("report", [[0.5]] * 7),
        ("report", [0.2, 0.3, 0.9, 0.0, 0.0, 1e9, 30.0]),
    ],
)
def test_what_cannot_be_a_voice(name: str, values: object) -> None:
    PersonalVoice.from_arrays(arrays())
    with pytest.raises(ValueError):  # noqa: PT011 - any of them
        PersonalVoice.from_arrays(arrays() | {name: np.array(values, np.float32)})
