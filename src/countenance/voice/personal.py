"""The personal voice: a stock voice that sounds like a certain person.

What the stock voice says keeps its words, its sounds and their times. Its pitch moves into the person's range, and its
spectrum passes through a filter that changes from moment to moment and was learned from the same words of both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from countenance.settings import Settings
from countenance.voice.sounds import KINDS, kinds
from countenance.voice.speech import Phone, Sentence, Speech
from countenance.voice.vocoder import BANDS, RATE, Array, Voiced, analyse, bands, resampled, spread, synthesise

Timed = TypeVar("Timed", Phone, Sentence)
FEATURES = 3 * BANDS + len(KINDS) + 1

_AROUND_STEPS = 8  # 40 ms
_KIND_WEIGHT = 10.0
_SMOOTH_STEPS = 3.0
_MOST_TAKEN, _MOST_GIVEN = 5.5, 3.5  # of log power: 24 and 15 dB
_FADE = 3.0  # of log power: so far below the quietest speech nothing is made louder, and pauses stay quiet
_LOWEST_PITCH_HZ, _HIGHEST_PITCH_HZ = 60.0, 450.0
_WIDEST_PITCH = 3.0  # standard deviations: beyond are octave errors
_SLOWEST, _FASTEST = 0.5, 2.0  # times the stock voice's tempo
_PEAK = 0.97
_SHORTEST_S = 0.05


@dataclass(frozen=True, slots=True)
class PersonalVoiceReport:
    """What a personal voice is worth, on sentences that were not learned from.

    Similarities are cosines of speaker embeddings to the person's recording, -1 to 1; error rates are words that the
    recogniser got wrong, divided by words.
    """

    similarity_stock: float
    similarity_personal: float
    similarity_real: float
    """One half of the person's recording to the other."""
    wer_stock: float
    wer_personal: float
    strength: float
    """Of the filter; 1 is as learned, 0 changes the pitch alone."""
    speech_s: float
    """How much of the person's speech was learned from."""


@dataclass(frozen=True, slots=True)
class Filter:
    """From what the stock voice says to how the person would: arrays over `BANDS` of log power."""

    mean: Array
    """(BANDS,) of the stock voice."""
    lowest: Array
    highest: Array
    """(BANDS,) each: between these the stock voice was heard in training; what is beyond is taken for the border."""
    matrix: Array
    """(FEATURES, BANDS): gains from what `features` gives."""
    pivot: Array
    """(BANDS,) of what the gains lead to; the distance from it is scaled by `widening`, because a regression gives the
    middle of what is possible, and speech of middles mumbles."""
    widening: Array
    quietest: Array
    """(1,): logarithm of the summed power of the quietest speech in training."""


@dataclass(frozen=True, slots=True)
class Pitch:
    """Mean and standard deviation of the natural logarithm of pitch in Hz, of both voices."""

    stock_mean: float
    stock_spread: float
    person_mean: float
    person_spread: float


@dataclass(frozen=True, slots=True)
class PersonalVoice:
    """All that is kept of a voice: statistics, not recordings. Made by `personal_fit.fit_personal_voice`, for the one
    stock voice that it was given."""

    filter: Filter
    pitch: Pitch
    tempo: float
    """How many times as fast as the stock voice the person speaks."""
    report: PersonalVoiceReport

    def to_arrays(self) -> dict[str, NDArray[np.float32]]:
        """Named float32 arrays for safetensors."""
        arrays = {f"filter.{name}": np.asarray(values, np.float32) for name, values in asdict(self.filter).items()}
        arrays["pitch"] = np.array([getattr(self.pitch, f.name) for f in fields(Pitch)], np.float32)
        arrays["tempo"] = np.array([self.tempo], np.float32)
        arrays["report"] = np.array([getattr(self.report, f.name) for f in fields(PersonalVoiceReport)], np.float32)
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.float32]]) -> PersonalVoice:
        """What `to_arrays` gave. Raises KeyError or ValueError where something is missing or of another shape."""
        learned = {f.name: np.asarray(arrays[f"filter.{f.name}"], np.float64) for f in fields(Filter)}
        told = {name: np.asarray(arrays[name], np.float64) for name in ("pitch", "report", "tempo")}
        shapes = {
            "matrix": (FEATURES, BANDS),
            "quietest": (1,),
            "pitch": (len(fields(Pitch)),),
            "report": (len(fields(PersonalVoiceReport)),),
            "tempo": (1,),
        }
        if any(
            values.shape != shapes.get(name, (BANDS,)) or not np.isfinite(values).all()
            for name, values in (learned | told).items()
        ):
            raise ValueError("not a personal voice of this version")
        pitch, tempo = Pitch(*told["pitch"].tolist()), float(told["tempo"][0])
        report = PersonalVoiceReport(*(round(figure, 4) for figure in told["report"].tolist()))
        if not (min(pitch.stock_spread, pitch.person_spread) > 0 and _SLOWEST <= tempo <= _FASTEST):
            raise ValueError("nobody speaks like this")
        if not 0.0 <= report.strength <= 1.0:
            raise ValueError("the filter has no such strength")
        return cls(Filter(**learned), pitch, tempo, report)


def convert(speech: Speech, voice: PersonalVoice, settings: Settings) -> Speech:
    """What the stock voice said, as the person would sound; the same always gives the same.

    The result is at 24 kHz, as loud as the stock voice, without clipping. Where the person speaks faster or slower,
    it is shorter or longer, and the phones and sentences move along. Costs about 0.05 of the speech's duration on one
    core.
    """
    del settings  # the vocoder runs on one core and has nothing to set
    sound = resampled(speech.samples, speech.sample_rate, RATE)
    if len(sound) < _SHORTEST_S * RATE:
        return replace(speech, samples=sound, sample_rate=RATE)
    said = respoken(sound, analyse(sound), speech.phones, voice)
    return replace(said, sentences=tuple(_sentence_at(sentence, voice.tempo) for sentence in speech.sentences))


def respoken(sound: NDArray[np.float32], stock: Voiced, phones: tuple[Phone, ...], voice: PersonalVoice) -> Speech:
    """`convert` for a sound at `RATE` that has been taken apart already."""
    gains = voice.report.strength * filter_gains(
        bands(stock.envelope), kinds(phones, len(stock.envelope)), voice.filter
    )
    changed = replace(
        stock, pitch_hz=moved(stock.pitch_hz, voice.pitch), envelope=stock.envelope * np.exp(spread(gains))
    )
    samples = synthesise(changed, round(len(sound) / voice.tempo), voice.tempo)
    scale = min(_rms(sound) / max(_rms(samples), 1e-6), _PEAK / max(float(np.abs(samples).max()), 1e-6))
    return Speech(np.asarray(samples * scale, np.float32), RATE, tuple(_at_tempo(p, voice.tempo) for p in phones))


def features(stock: Array, kinds_of: Array, learned: Filter) -> Array:
    """What the gains are computed from: the moment, 40 ms before and after it, and the kind of sound: (T, FEATURES)."""
    centred = np.clip(stock, learned.lowest, learned.highest) - learned.mean
    steps = np.arange(len(stock))
    around = [centred[np.clip(steps + shift, 0, len(steps) - 1)] for shift in (0, -_AROUND_STEPS, _AROUND_STEPS)]
    return np.concatenate([*around, _KIND_WEIGHT * kinds_of, np.ones((len(stock), 1))], axis=1)


def filter_gains(stock: Array, kinds_of: Array, learned: Filter) -> Array:
    """Gains of log power at strength 1: (T, BANDS)."""
    from scipy.ndimage import gaussian_filter1d

    gains = features(stock, kinds_of, learned) @ learned.matrix
    wanted = np.clip(stock, learned.lowest, learned.highest) + gains
    wider = learned.pivot + (wanted - learned.pivot) * learned.widening
    # What is widened is the shape of the spectrum; the loudness stays what it was.
    gains = gains + wider - wanted + (loudness(wanted) - loudness(wider))[:, None]
    speech = np.clip(1.0 + (loudness(stock) - learned.quietest) / _FADE, 0.0, 1.0)[:, None]
    gains = np.clip(gains, -_MOST_TAKEN, _MOST_GIVEN * speech)
    return np.asarray(gaussian_filter1d(gains, _SMOOTH_STEPS, axis=0))


def moved(pitch_hz: Array, pitch: Pitch) -> Array:
    """The stock voice's pitch in the person's range; where it is voiceless, 0."""
    voiced = pitch_hz > 0
    place = np.clip((np.log(pitch_hz[voiced]) - pitch.stock_mean) / pitch.stock_spread, -_WIDEST_PITCH, _WIDEST_PITCH)
    hertz = np.exp(pitch.person_mean + place * pitch.person_spread)
    result = np.zeros_like(pitch_hz)
    result[voiced] = np.clip(hertz, _LOWEST_PITCH_HZ, _HIGHEST_PITCH_HZ)
    return result


def loudness(log_power: Array) -> Array:
    """Logarithm of the power of all bands together: (T, BANDS) -> (T,)."""
    return np.asarray(np.log(np.exp(log_power).sum(axis=1)))


def _rms(samples: NDArray[np.float32]) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))


def _at_tempo(timed: Timed, tempo: float) -> Timed:
    return replace(timed, start_s=timed.start_s / tempo, end_s=timed.end_s / tempo)


def _sentence_at(sentence: Sentence, tempo: float) -> Sentence:
    return replace(_at_tempo(sentence, tempo), resumes_s=tuple(at / tempo for at in sentence.resumes_s))
