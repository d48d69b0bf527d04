"""Further stock voices: Kokoro-82M in 8 bit, with the exact time of every phone.

The network and its styles come from packages that were made for Japanese; the network itself speaks English as well,
and a style is only a way of speaking. English is read by the same text side as the stock voice's. As in hibari, the
frames that each character lasts are a node of the graph that is made one more output.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countenance.errors import Finding
from countenance.people.models import KOKORO, KOKORO_STYLES, weight_absent, weight_bytes
from countenance.people.sessions import thread_count
from countenance.settings import Settings
from countenance.voice.english import ids, read
from countenance.voice.graph import with_output
from countenance.voice.speech import Speech
from countenance.voice.timing import FRAME_SAMPLES, SAMPLE_RATE, spoken
from countenance.voice.voice import Sex, VoiceInfo

_DURATION_NODE = b"/encoder/Clip_output_0"
# Where sibilants, vowels and stops of running speech correlate best with their phones: 45 to 55 ms.
_AHEAD_S = 2 * FRAME_SAMPLES / SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class Kokoro:
    """One style of Kokoro-82M."""

    info: VoiceInfo
    style: str
    """Its name among the styles."""
    gain: float
    """What makes it as loud as the stock voice; as it is, the loudest sounds are beyond full scale."""

    def speak(self, text: str, settings: Settings) -> Speech:
        """Speak English text; the same text always gives the same sound.

        Raises CountenanceError as the stock voice does, and where the weights are not installed or altered.
        """
        sentences = read(text)
        style = _styles(settings)[self.style]
        session = _session(settings)
        return spoken(sentences, lambda utterance: _utter(session, style, self.gain, utterance), _AHEAD_S)

    def absent(self, settings: Settings) -> Finding | None:
        return weight_absent(KOKORO, settings) or weight_absent(KOKORO_STYLES, settings)


def _voice(style: str, name: str, sex: Sex, gain: float) -> Kokoro:
    engine = f"Kokoro-82M in 8 bit, style {style}; English with a slight accent"
    return Kokoro(VoiceInfo(name.lower(), name, sex, ("en-US",), "Apache-2.0", engine, notation=True), style, gain)


# Of five styles, the two that the recogniser understands in English as well as the stock voice.
VOICES = (_voice("jm_kumo", "Kumo", "male", 0.49), _voice("jf_gongitsune", "Gongitsune", "female", 0.52))


def _utter(
    session: Any, style: NDArray[np.float32], gain: float, utterance: str
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """`style` is (510, 1, 256): a way of speaking for each length of an utterance."""
    tokens = ids(utterance)
    feed = {
        "tokens": np.asarray([tokens], np.int64),
        "style": style[min(len(tokens) - 2, len(style)) - 1],
        "speed": np.ones(1, np.float32),
    }
    sound, frames = session.run(None, feed)
    return np.asarray(gain * sound, np.float32), frames[0].astype(np.float64)


@lru_cache(maxsize=2)
def _session(settings: Settings) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = thread_count(settings), 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    model = with_output(weight_bytes(KOKORO, settings), _DURATION_NODE)
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


@lru_cache(maxsize=2)
def _styles(settings: Settings) -> dict[str, NDArray[np.float32]]:
    with np.load(io.BytesIO(weight_bytes(KOKORO_STYLES, settings)), allow_pickle=False) as file:
        return {name: np.asarray(file[name], np.float32) for name in file.files}
