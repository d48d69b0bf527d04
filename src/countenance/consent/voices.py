"""Is the person who agrees the person in the footage, by the voice?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from countenance.consent.likeness import Likeness, worst_of
from countenance.errors import Span
from countenance.media.read import SAMPLE_RATE
from countenance.people.speech import speech_spans
from countenance.people.voice import similarity, voice_embedding
from countenance.settings import Settings

LEAST_SPEECH_S = 3.0
"""Below this the likeness of voices says little."""
_STRETCH_S = 8.0
"""The footage is also compared in stretches with so much speech each: one may be somebody else's."""
_MOST_STRETCHES = 12

Samples = NDArray[np.float32]


def speech_only(samples: Samples, settings: Settings) -> Samples:
    """What is spoken, without the pauses; (n,) at 16 kHz."""
    cuts = [_cut(samples, span) for span in speech_spans(samples, settings)]
    return np.concatenate([*cuts, np.zeros(0, np.float32)])


def compare(consent: Samples, footage: Samples, settings: Settings) -> Likeness:
    """How alike the voices in two pieces of speech are; both at least `LEAST_SPEECH_S` long, without pauses."""
    agreed = voice_embedding(consent, settings)
    stretches = [similarity(agreed, voice_embedding(part, settings)) for part in _stretches(footage)]
    return Likeness(
        typical=similarity(agreed, voice_embedding(footage, settings)),
        worst=worst_of(stretches),
    )


def _stretches(speech: Samples) -> list[Samples]:
    """Equal stretches of about eight seconds, an even choice of them if there are many."""
    count = max(1, int(len(speech) / SAMPLE_RATE / _STRETCH_S))
    parts = np.array_split(speech, count)
    chosen = np.unique(np.linspace(0, count - 1, min(count, _MOST_STRETCHES)).round().astype(int))
    return [parts[i] for i in chosen]


def _cut(samples: Samples, span: Span) -> Samples:
    return samples[round(span.start_s * SAMPLE_RATE) : round(span.end_s * SAMPLE_RATE)]
