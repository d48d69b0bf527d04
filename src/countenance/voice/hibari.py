"""The stock voice: English text to speech with the exact time of every phone.

The voice is hibari, which speaks an utterance from a string of phoneme characters and decides inside its network
how many frames each character lasts. That decision is a node of the network's graph; it is made one more output, so
the phone times are those by which the sound was made. Two things are put right against the sound itself: the network
speaks two frames ahead of its own durations, and it counts the silence before a pause as part of the last sound.
"""

from __future__ import annotations

import textwrap
import unicodedata
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countenance.errors import CountenanceError, Finding
from countenance.people.models import STOCK_VOICE, weight_path
from countenance.settings import Settings
from countenance.voice.errors import CANNOT_BE_SPOKEN, NOTHING_TO_SAY, SCRIPT_TOO_LONG
from countenance.voice.speech import PAUSE, WORD_GAP, Phone, Speech

_DURATION_NODE = b"/Clip_output_0"
_FRAME_SAMPLES = 600
_AHEAD_FRAMES = 2  # where sibilants, vowels and stops of running speech correlate best with their phones: 45 to 60 ms
_MAX_PHONEMES = 400
_QUIET = 0.03  # of the loud parts of an utterance
_STRESS = {"ˈ": 2, "ˌ": 1}
_SEED = 0


def speak(text: str, settings: Settings) -> Speech:
    """Speak English text; the same text always gives the same sound.

    Raises CountenanceError where there is nothing to say, where a character cannot be spoken, and where the text is
    too long.
    """
    _check(text)
    voice = _load(weight_path(STOCK_VOICE, settings), settings.threads or 1)
    chunks = [part for sentence in voice.phonemize(text) for part in _fit(sentence)]
    if not any(symbol.isalpha() for chunk in chunks for symbol in chunk):
        raise CountenanceError(Finding(NOTHING_TO_SAY))
    rng = np.random.default_rng(_SEED)
    sounds: list[NDArray[np.float32]] = []
    phones: list[Phone] = []
    start_s = 0.0
    for chunk in chunks:
        sound, frames = _utter(voice, chunk, rng)
        symbols = [PAUSE, *(c for c in chunk if c in voice.vocab), PAUSE]
        timed = _phones(symbols, frames.astype(np.float64) * (_FRAME_SAMPLES / voice.sample_rate))
        for phone in _end_where_quiet(timed, sound, voice.sample_rate):
            _append(phones, replace(phone, start_s=start_s + phone.start_s, end_s=start_s + phone.end_s))
        sounds.append(sound)
        start_s += len(sound) / voice.sample_rate
    samples = np.clip(np.concatenate(sounds), -1.0, 1.0).astype(np.float32)
    return Speech(samples, voice.sample_rate, tuple(phones))


def _check(text: str) -> None:
    if not text.strip():
        raise CountenanceError(Finding(NOTHING_TO_SAY))
    if SCRIPT_TOO_LONG.limit is not None and len(text) > SCRIPT_TOO_LONG.limit:
        raise CountenanceError(Finding(SCRIPT_TOO_LONG, measured=len(text)))
    foreign = sorted({c for c in unicodedata.normalize("NFC", text) if not _speakable(c)})
    if foreign:
        shown = " ".join(foreign[:10]) + (" ..." if len(foreign) > 10 else "")
        raise CountenanceError(Finding(CANNOT_BE_SPOKEN, detail=f"Found: {shown}"))


def _speakable(character: str) -> bool:
    """Latin letters, decimal digits, white space, punctuation, money and the arithmetic signs that have a name."""
    kind = unicodedata.category(character)
    if kind[0] == "L":
        return unicodedata.name(character, "").startswith("LATIN")
    return character.isspace() or kind in {"Nd", "Sc"} or kind[0] == "P" or character in "+=<>~^|`°©®™"


def _fit(sentence: str) -> list[str]:
    """A sentence longer than the network takes is split between words."""
    return textwrap.wrap(sentence, _MAX_PHONEMES, break_on_hyphens=False)


def _utter(voice: Any, phonemes: str, rng: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Sound (N,) and frames per phoneme id: one for each character, and one for the silence at each end."""
    from hibari import dsp

    feed = {"ids": np.asarray([voice.ids(phonemes)], np.int64), "speed": np.ones(1, np.float32)}
    *spectrum, frames = voice.sess.run(None, feed)
    return dsp.synth(*(part[0] for part in spectrum), rng), frames


def _phones(symbols: list[str], durations_s: NDArray[np.float64]) -> list[Phone]:
    """Phones of one utterance. A stress mark's time is the first part of its vowel; neighbouring gaps become one."""
    edges = np.concatenate([[0.0], np.cumsum(durations_s)])
    edges[1:-1] -= _AHEAD_FRAMES * _FRAME_SAMPLES / 24_000
    phones: list[Phone] = []
    onset, stress = 0.0, 0
    for character, begin, end in zip(symbols, edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        if character in _STRESS:
            onset, stress = begin, _STRESS[character]
            continue
        symbol = character if character.isalpha() else WORD_GAP if character == " " else PAUSE
        _append(phones, Phone(symbol, onset if stress else begin, end, stress))
        stress = 0
    return phones


def _append(phones: list[Phone], phone: Phone) -> None:
    """Add a phone; a gap after a gap makes one gap, a pause if either is one."""
    if phones and {phone.symbol, phones[-1].symbol} <= {PAUSE, WORD_GAP}:
        both = PAUSE if PAUSE in (phone.symbol, phones[-1].symbol) else WORD_GAP
        phones[-1] = Phone(both, phones[-1].start_s, phone.end_s)
    else:
        phones.append(phone)


def _end_where_quiet(phones: list[Phone], sound: NDArray[np.float32], sample_rate: int) -> list[Phone]:
    """The phones with each boundary before a pause moved to where the sound ends."""
    hop = sample_rate // 100
    loudness = np.sqrt(np.mean(np.square(sound[: len(sound) // hop * hop].reshape(-1, hop)), axis=1))
    loud = loudness > _QUIET * np.percentile(loudness, 95)
    moved = list(phones)
    for i, (last, pause) in enumerate(pairwise(phones)):
        if pause.symbol != PAUSE:
            continue
        window = slice(round(last.start_s * 100), round(pause.end_s * 100))
        heard = np.flatnonzero(loud[window])
        end_s = last.start_s + (0.01 * (heard[-1] + 1) if heard.size else 0.0)
        end_s = float(np.clip(end_s, last.start_s + 0.05, pause.end_s - 0.05))
        moved[i] = replace(moved[i], end_s=end_s)
        moved[i + 1] = replace(moved[i + 1], start_s=end_s)
    return moved


@lru_cache(maxsize=2)
def _load(path: Path, threads: int) -> Any:
    import hibari

    return hibari.Hibari(model=_with_output(path.read_bytes(), _DURATION_NODE), threads=threads)


def _with_output(model: bytes, node: bytes) -> bytes:
    """An ONNX model with one more graph output.

    Protocol buffers that follow each other merge, and repeated fields append; so the addition is a second, nearly
    empty ModelProto (graph = 7) with a GraphProto (output = 12) with a ValueInfoProto (name = 1).
    """
    return model + _field(7, _field(12, _field(1, node)))


def _field(number: int, payload: bytes) -> bytes:
    """A length-delimited protocol buffer field; number below 16, payload under 128 bytes."""
    return bytes([number << 3 | 2, len(payload)]) + payload
