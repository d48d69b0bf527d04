"""The stock voice: English text to speech with the exact time of every phone.

The voice is hibari, which speaks an utterance from a string of phoneme characters and decides inside its network
how many frames each character lasts. That decision is a node of the network's graph; it is made one more output, so
the phone times are those by which the sound was made (`timing.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countenance.errors import Finding
from countenance.people.models import STOCK_VOICE, weight_absent, weight_path
from countenance.settings import Settings
from countenance.voice.english import ids, read
from countenance.voice.graph import with_output
from countenance.voice.speech import Speech
from countenance.voice.timing import FRAME_SAMPLES, SAMPLE_RATE, spoken
from countenance.voice.voice import VoiceInfo

INFO = VoiceInfo(
    id="hibari",
    name="Hibari",
    sex="female",
    languages=("en-US",),
    licence="Apache-2.0",
    engine="hibari-tts, distilled from the voice Heart of Kokoro-82M",
    notation=True,
)
_DURATION_NODE = b"/Clip_output_0"
# Where sibilants, vowels and stops of running speech correlate best with their phones: 45 to 60 ms.
_AHEAD_S = 2 * FRAME_SAMPLES / SAMPLE_RATE
_SEED = 0


@dataclass(frozen=True, slots=True)
class Hibari:
    """The stock voice as one of the voices."""

    info: VoiceInfo = INFO

    def speak(self, text: str, settings: Settings) -> Speech:
        return speak(text, settings)

    def absent(self, settings: Settings) -> Finding | None:
        return weight_absent(STOCK_VOICE, settings)


def speak(text: str, settings: Settings) -> Speech:
    """Speak English text; the same text always gives the same sound.

    Raises CountenanceError where there is nothing to say, where a character cannot be spoken, and where the text is
    too long.
    """
    sentences = read(text)
    voice = _load(weight_path(STOCK_VOICE, settings), settings.threads or 1)
    rng = np.random.default_rng(_SEED)
    return spoken(sentences, lambda utterance: _utter(voice, utterance, rng), _AHEAD_S)


def _utter(voice: Any, utterance: str, rng: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    from hibari import dsp

    feed = {"ids": np.asarray([ids(utterance)], np.int64), "speed": np.ones(1, np.float32)}
    *spectrum, frames = voice.sess.run(None, feed)
    return dsp.synth(*(part[0] for part in spectrum), rng), frames.astype(np.float64)


@lru_cache(maxsize=2)
def _load(path: Path, threads: int) -> Any:
    import hibari

    return hibari.Hibari(model=with_output(path.read_bytes(), _DURATION_NODE), threads=threads)
