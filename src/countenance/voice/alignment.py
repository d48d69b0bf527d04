"""The phones of a recording: what was said is recognised, or known, and each sound of it is found in time.

PocketSphinx aligns the words with the sound, in a process of its own (`aligner.py`). Words that its dictionary lacks
are spelt out by the stock voice's rules of pronunciation. Where nothing can be found there are no phones: another
language, noise, a recogniser that is unsure of what it heard.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache
from importlib.util import find_spec
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countenance.errors import Span
from countenance.people.speech import Word, speech_spans, transcribe
from countenance.settings import Settings
from countenance.voice.aligner import FRAME_S
from countenance.voice.speech import PAUSE, Phone

Array = NDArray[np.float32]

SAMPLE_RATE = 16_000
_CHUNK_S, _LONGEST_CHUNK_S = 8.0, 30.0
"""A chunk ends at the first pause after this long; where nobody pauses, between two words."""
_MARGIN_S = 0.2
_LEAST_BELIEF = 0.65
"""Mean probability of the words. Seven recordings in English measured 0.78 to 0.96, speech played backwards 0.56."""
_DEADLINE_S, _DEADLINE_SHARE = 20.0, 0.5
"""Seconds that the alignment may take, and seconds more for each second of sound."""
_SHORT_VOWEL_S = 0.07
_MIDDLE_S = 0.012
"""A frame is heard through a window of 26 ms that begins with it."""

_ARPABET = {
    "AA": "ɑ", "AE": "æ", "AH": "ʌ", "AO": "ɔ", "AW": "W", "AY": "I", "B": "b", "CH": "ʧ", "D": "d", "DH": "ð",
    "EH": "ɛ", "ER": "ɚ", "EY": "A", "F": "f", "G": "ɡ", "HH": "h", "IH": "ɪ", "IY": "i", "JH": "ʤ", "K": "k",
    "L": "l", "M": "m", "N": "n", "NG": "ŋ", "OW": "O", "OY": "Y", "P": "p", "R": "ɹ", "S": "s", "SH": "ʃ",
    "T": "t", "TH": "θ", "UH": "ʊ", "UW": "u", "V": "v", "W": "w", "Y": "j", "Z": "z", "ZH": "ʒ", "SIL": PAUSE,
}  # fmt: skip
_SPELT = {symbol: name for name, symbol in _ARPABET.items() if symbol != PAUSE} | {
    "ɜɹ": "ER", "əɹ": "ER", "ᵊ": "AH", "ə": "AH", "ɐ": "AH", "ᵻ": "IH", "T": "T", "ɾ": "D", "ɒ": "AA", "a": "AA",
    "ɜ": "ER", "Q": "OW", "ʔ": "T", "x": "K", "c": "K", "q": "K", "r": "R", "y": "UW", "o": "OW", "e": "EY",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Chunk:
    """A part of the sound, and the words in it."""

    start_s: float
    end_s: float
    words: tuple[str, ...]


def phones_heard(
    samples: Array,
    settings: Settings,
    script: str | None = None,
    progress: Callable[[float], None] = lambda _: None,
) -> tuple[Phone, ...]:
    """The phones of English speech, 16 kHz, in order from 0 to the end; () where they cannot be told.

    `script` is what is said, if it is known. What could not be aligned is one long `PAUSE`. The same sound always
    gives the same phones. Of 116 phones of the stock voice, starts were wrong by 13 ms (median), nine in ten by less
    than 37 ms.
    """
    heard = transcribe(samples, settings, progress=progress).words
    if script is not None:
        heard = _timed(script.split(), heard, len(samples) / SAMPLE_RATE)
    elif not heard or float(np.mean([word.probability for word in heard])) < _LEAST_BELIEF:
        return ()
    return align(samples, heard, settings)


def align(samples: Array, words: Sequence[Word], settings: Settings) -> tuple[Phone, ...]:
    """The phones of `words`, which are heard about when they say in samples at 16 kHz; () if none was found."""
    chunks = _chunks(words, speech_spans(samples, settings), len(samples) / SAMPLE_RATE)
    found: list[Phone] = []
    for chunk, aligned in zip(chunks, _aligned(samples, chunks), strict=True):
        for name, start, frames in aligned or ():
            start_s = chunk.start_s + start * FRAME_S + (_MIDDLE_S if start else 0.0)
            end_s = min(chunk.end_s, chunk.start_s + (start + frames) * FRAME_S + _MIDDLE_S)
            found.append(Phone(_symbol(name, frames * FRAME_S), start_s, end_s))
    return _without_gaps(found, len(samples) / SAMPLE_RATE) if found else ()


def _chunks(words: Sequence[Word], spans: Sequence[Span], duration_s: float) -> list[_Chunk]:
    """The words in parts that begin and end in pauses, or where there is none for long, between words."""
    parts: list[list[Word]] = []
    for word in words:
        begun = word.end_s - parts[-1][0].start_s if parts else np.inf
        paused = bool(parts) and _apart(parts[-1][-1], word, spans)
        if begun > _LONGEST_CHUNK_S or (begun > _CHUNK_S and paused):
            parts.append([])
        parts[-1].append(word)
    chunks = []
    for index, part in enumerate(parts):
        before = parts[index - 1][-1].end_s if index else 0.0
        after = parts[index + 1][0].start_s if index + 1 < len(parts) else duration_s
        start_s = max(part[0].start_s - _MARGIN_S, (before + part[0].start_s) / 2 if index else 0.0, 0.0)
        end_s = min(part[-1].end_s + _MARGIN_S, (part[-1].end_s + after) / 2 if after < duration_s else duration_s)
        chunks.append(_Chunk(start_s, end_s, tuple(word.text for word in part)))
    return chunks


def _apart(word: Word, following: Word, spans: Sequence[Span]) -> bool:
    """Whether speech ends between two words."""
    middle = (word.start_s + word.end_s) / 2, (following.start_s + following.end_s) / 2
    return any(middle[0] < span.end_s < middle[1] for span in spans)


def _aligned(samples: Array, chunks: Sequence[_Chunk]) -> list[list[Any] | None]:
    """What `aligner.py` finds in each chunk. A chunk that ends the process is left out, and the rest tried again."""
    found: list[list[Any] | None] = []
    if find_spec("pocketsphinx") is None:
        return [None] * len(chunks)  # no process could do better
    while len(found) < len(chunks):
        part = _ask(samples, chunks[len(found) :])
        found += part if part is not None else [None] * len(chunks)
        if len(found) < len(chunks):
            found.append(None)
    return found[: len(chunks)]


def _ask(samples: Array, chunks: Sequence[_Chunk]) -> list[list[Any] | None] | None:
    """The first chunks' alignments, as far as the process came; None if it was out of time."""
    sounds, asked = [], []
    for chunk in chunks:
        sound = samples[round(chunk.start_s * SAMPLE_RATE) : round(chunk.end_s * SAMPLE_RATE)]
        sounds.append((np.clip(np.nan_to_num(sound), -1.0, 1.0) * 32767.0).astype("<i2").tobytes())
        asked.append({"samples": len(sound), "words": [pair for word in chunk.words for pair in _spelt(word)]})
    deadline_s = _DEADLINE_S + _DEADLINE_SHARE * len(samples) / SAMPLE_RATE
    # -P: a folder named like one of our packages where the user happens to be is not ours.
    command = [sys.executable, "-P", "-m", "countenance.voice.aligner"]
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command,
            input=json.dumps(asked).encode() + b"\n" + b"".join(sounds),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=deadline_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    return [json.loads(line) for line in done.stdout.splitlines()]


@lru_cache(maxsize=4096)
def _spelt(text: str) -> tuple[tuple[str, str], ...]:
    """The word, or the words that digits and signs stand for, each with its phones in ARPAbet."""
    plain = re.sub(r"[^a-z']", "", text.lower().replace("’", "'")).strip("'")
    spoken = _pronunciation()(text).split(" ")
    phones = [_arpabet(part) for part in spoken]
    if len(spoken) == 1 and plain and not any(character.isdigit() for character in text):
        return ((plain, phones[0]),)
    # A name that no dictionary has, so that these phones are used.
    return tuple((f"{plain or 'x'}#{part.replace(' ', '-')}", part) for part in phones if part)


@lru_cache(maxsize=1)
def _pronunciation() -> Any:
    from hibari.g2p import G2P

    return G2P()


def _arpabet(phonemes: str) -> str:
    """`bɹˈWn` as `B R AW N`."""
    names: list[str] = []
    rest = phonemes.replace("ˈ", "").replace("ˌ", "")
    while rest:
        size = 2 if rest[:2] in _SPELT else 1
        if rest[:size] in _SPELT:
            names.append(_SPELT[rest[:size]])
        rest = rest[size:]
    return " ".join(names)


def _symbol(name: str, duration_s: float) -> str:
    symbol = _ARPABET.get(name, PAUSE)
    return "ə" if symbol == "ʌ" and duration_s < _SHORT_VOWEL_S else symbol


def _without_gaps(found: list[Phone], duration_s: float) -> tuple[Phone, ...]:
    """Phones that follow each other from 0 to the end, with pauses where there are none, neighbouring ones joined."""
    phones: list[Phone] = []
    last_s = 0.0
    for phone in [*found, Phone(PAUSE, duration_s, duration_s)]:
        start_s = max(phone.start_s, last_s)
        if start_s > last_s:
            _add(phones, Phone(PAUSE, last_s, start_s))
        if phone.end_s > start_s:
            _add(phones, replace(phone, start_s=start_s))
        last_s = max(last_s, phone.end_s)
    return tuple(phones)


def _add(phones: list[Phone], phone: Phone) -> None:
    if phones and phones[-1].symbol == PAUSE == phone.symbol:
        phones[-1] = replace(phones[-1], end_s=phone.end_s)
    else:
        phones.append(phone)


def _timed(script: list[str], heard: Sequence[Word], duration_s: float) -> tuple[Word, ...]:
    """The script's words with the times of those that were recognised; between these they share the time equally."""
    plain = [re.sub(r"\W", "", word.lower()) for word in script]
    matcher = SequenceMatcher(None, plain, [re.sub(r"\W", "", word.text.lower()) for word in heard], autojunk=False)
    anchors = [(-1, 0.0, 0.0)]
    for block in matcher.get_matching_blocks():
        for step in range(block.size):
            word = heard[block.b + step]
            anchors.append((block.a + step, word.start_s, word.end_s))
    anchors.append((len(script), duration_s, duration_s))
    timed: list[Word] = []
    for (index, start_s, end_s), (after, next_s, _) in pairwise(anchors):
        if index >= 0:
            timed.append(Word(script[index], start_s, end_s, 1.0))
        between = range(index + 1, after)
        for place, missing in enumerate(between):
            step_s = (next_s - end_s) / len(between)
            timed.append(Word(script[missing], end_s + place * step_s, end_s + (place + 1) * step_s, 1.0))
    return tuple(timed)
