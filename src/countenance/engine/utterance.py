"""What is to be heard in a video: a script in some voice, or a recording; with the times of its sounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from countenance.engine.errors import NO_PERSONAL_VOICE, REPLICA_DAMAGED
from countenance.engine.replica import VOICE, Replica
from countenance.errors import CountenanceError, Finding
from countenance.media.limits import Limits
from countenance.media.read import SAMPLE_RATE, audio
from countenance.media.sound import resampled
from countenance.settings import Settings
from countenance.voice.alignment import phones_heard
from countenance.voice.catalogue import DEFAULT_VOICE, speak
from countenance.voice.personal import PersonalVoice, convert
from countenance.voice.pronunciation import Dictionary
from countenance.voice.speech import Phone, Sentence

Array = NDArray[np.float32]

PERSONAL = "personal"
"""Stands for the replica's own voice where the id of a voice is asked for."""
RECORDING = "recording"
_RECORDING_RATE = 48_000
"""A recording keeps its quality on its way into the video's sound track."""


@dataclass(frozen=True, slots=True, eq=False)
class Utterance:
    """What is to be heard."""

    samples: Array
    rate: int
    """Hz"""
    phones: tuple[Phone, ...]
    """empty where they are not known"""
    voice: str
    """a voice's id, `PERSONAL` or `RECORDING`"""
    sentences: tuple[Sentence, ...] = ()
    """of a script, as it is written; empty where the voice does not tell their times"""

    @property
    def duration_s(self) -> float:
        return len(self.samples) / self.rate


def said(
    script: str, replica: Replica, voice: str | None, pronunciations: Dictionary | None, settings: Settings
) -> Utterance:
    """A script in the voice of this id; without one in the replica's own, if it has one, or in the stock voice that was
    chosen for it.

    Raises:
        CountenanceError: engine.no_personal_voice, engine.replica_damaged, and what speaking may raise.
    """
    own = replica.optional.get(VOICE)
    if voice == PERSONAL and own is None:
        raise CountenanceError(Finding(NO_PERSONAL_VOICE))
    if own is not None and voice in (None, PERSONAL):
        stock = _told(replica, "voice", "stock") or DEFAULT_VOICE
        try:
            person = PersonalVoice.from_arrays(own)
        except (KeyError, ValueError) as error:
            raise CountenanceError(Finding(REPLICA_DAMAGED, file=VOICE)) from error
        speech = convert(speak(script, settings, stock, pronunciations), person, settings)
        return Utterance(speech.samples, speech.sample_rate, speech.phones, PERSONAL, speech.sentences)
    chosen = voice or _told(replica, "picture", "voice") or DEFAULT_VOICE
    speech = speak(script, settings, chosen, pronunciations)
    phones = speech.phones or phones_heard(resampled(speech.samples, speech.sample_rate, SAMPLE_RATE), settings, script)
    return Utterance(speech.samples, speech.sample_rate, phones, chosen, speech.sentences)


def _told(replica: Replica, part: str, name: str) -> str | None:
    """What the replica's description says of a part of it."""
    told = replica.description.get(part)
    value = told.get(name) if isinstance(told, Mapping) else None
    return value if isinstance(value, str) else None


def recorded(
    path: Path, settings: Settings, limits: Limits, progress: Callable[[float], None] = lambda _: None
) -> Utterance:
    """The sound of a file. Its sounds are known where it is English and understood."""
    samples = audio(path, rate=_RECORDING_RATE, limits=limits)
    phones: tuple[Phone, ...] = ()
    if len(samples):
        phones = phones_heard(resampled(samples, _RECORDING_RATE, SAMPLE_RATE), settings, progress=progress)
    return Utterance(samples, _RECORDING_RATE, phones, RECORDING)


def heard(utterance: Utterance) -> Array:
    """The samples at 16 kHz."""
    if utterance.rate == SAMPLE_RATE:
        return utterance.samples
    return resampled(utterance.samples, utterance.rate, SAMPLE_RATE)
