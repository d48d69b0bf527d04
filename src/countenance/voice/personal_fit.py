"""How a personal voice is learned from a recording, and how strong it may be before words are lost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from countenance.errors import CountenanceError, Finding
from countenance.people.spectrum import SAMPLE_RATE
from countenance.people.speech import speech_spans, transcribe
from countenance.people.voice import similarity, voice_embedding
from countenance.progress import ProgressCallback, StageProgress
from countenance.settings import Settings
from countenance.voice import hibari
from countenance.voice.errors import TOO_LITTLE_TO_LEARN
from countenance.voice.parallel import Pairs, Speak, pairs
from countenance.voice.personal import (
    Filter,
    PersonalVoice,
    PersonalVoiceReport,
    Pitch,
    features,
    loudness,
    respoken,
)
from countenance.voice.speech import Speech
from countenance.voice.vocoder import BANDS, RATE, STEP_S, Array, Voiced, analyse, resampled

SENTENCES = (
    "The morning train was late because of heavy snow on the line.",
    "Please put the yellow book back on the wooden shelf.",
    "My brother wants to learn how to bake fresh bread.",
    "We found a small shop that sells old maps and clocks.",
    "The doctor asked whether the pain had gone away by now.",
    "Children were playing football behind the church until it got dark.",
    "You can change your password in the settings of your account.",
    "A gentle wind moved the leaves of the chestnut tree.",
    "Thirty people visited the new library on its very first day.",
    "He usually drinks a cup of tea before he goes to work.",
    "The choir sang so well that everybody stood up at the end.",
    "Keep the receipt in case you have to return the jacket.",
    "Nobody knew who had left the gate open during the night.",
    "The road turns left just before you reach the old bridge.",
    "Her voice was so quiet that we could hardly hear the joke.",
    "It costs nothing to try, and you may enjoy the result.",
    "The baker sells more cakes on Sunday than on all other days.",
    "A thin layer of dust covered the piano and the chairs.",
    "They measured the width of the window with a piece of string.",
    "Call me back as soon as you have heard from the bank.",
)
"""On which the strength is chosen: everyday English with all its sounds."""

STRENGTHS = (0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""Beyond what was learned, similarity still grows, but on other sentences words were lost that these keep."""

_LONGEST_S = 120.0
_RIDGE = 100.0
_WIDENING = 0.5  # of the way from the spread of the regression to the person's own
_WIDEST = 1.6
_QUIET_SHARE = 0.3  # of the moments: pauses and the ends of words, where the recording is its room
_MISFIT_SMOOTH_STEPS = 6.0
_QUARTILES_APART = 1.349  # standard deviations, where octave errors and creaks are not counted
_LEAST_SPREAD = 0.05
_PITCH_SCALE = (0.5, 1.6)
_TEMPO = (0.9, 1.12)
_WORDS_LOST = 0.03  # of all words: what the strength may cost beside the stock voice


@dataclass(frozen=True, slots=True)
class _Trial:
    """The test sentences by the stock voice, taken apart."""

    sound: NDArray[np.float32]
    voiced: Voiced
    speech: Speech


def fit_personal_voice(
    samples: NDArray[np.float32],
    rate: int,
    settings: Settings,
    *,
    speak: Speak = hibari.speak,
    progress: ProgressCallback | None = None,
) -> PersonalVoice | None:
    """Learn the voice of the one person who speaks English in `samples` (float32 mono at `rate` Hz, 16 kHz or more).

    Two minutes are enough, of more the first two are used. `speak` is the stock voice that will be converted; a voice
    that gives no phones is converted a little less well. Returns None where no strength of the filter brings the stock
    voice nearer to the person without costing words.

    Raises:
        CountenanceError: voice.too_little_to_learn, where under `limit` seconds of speech with understood words remain.
    """
    stages = StageProgress({"learn the voice": 20, "test the voice": 30}, progress)
    samples = np.nan_to_num(np.asarray(samples, np.float32)[: round(_LONGEST_S * rate)])
    heard = resampled(samples, rate, SAMPLE_RATE)
    found = pairs(samples, rate, settings, speak, stages.stage("learn the voice")) if len(heard) else None
    speech_s = 0.0 if found is None else STEP_S * float(usable(found).sum())
    if found is None or speech_s < (TOO_LITTLE_TO_LEARN.limit or 0.0) or not (found.person_pitch_hz > 0).any():
        raise CountenanceError(Finding(TOO_LITTLE_TO_LEARN, measured=round(speech_s, 1)))
    unknown = PersonalVoiceReport(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, speech_s)
    trials = [_trial(sentence, settings, speak) for sentence in SENTENCES]
    pitch = _pitch(np.concatenate([trial.voiced.pitch_hz for trial in trials]), found.person_pitch_hz)
    voice = PersonalVoice(_learned(found), pitch, _tempo(found), unknown)
    return _as_strong_as_words_allow(voice, heard, trials, settings, stages)


def usable(found: Pairs) -> NDArray[np.bool_]:
    """Moments that teach something: loud, and in both voices with the vocal cords or in both without: (n,)."""
    loud = loudness(found.stock)
    agree = (found.stock_pitch_hz > 0) == (found.person_pitch_hz > 0)
    return np.asarray(agree & (loud > np.quantile(loud, _QUIET_SHARE)))


def _learned(found: Pairs) -> Filter:
    """Ridge regression from the stock voice to the difference of the two, twice: the second time, moments that do not
    fit the first (misheard words, slips of the alignment) count less."""
    from scipy.ndimage import gaussian_filter1d

    chosen = usable(found)
    stock = found.stock
    level = np.median(loudness(found.person[chosen]) - loudness(stock[chosen]))
    wanted = found.person - level - stock
    seen = stock[chosen]
    blank = Filter(
        mean=seen.mean(axis=0),
        lowest=np.quantile(seen, 0.005, axis=0),
        highest=np.quantile(seen, 0.995, axis=0),
        matrix=np.zeros((1, BANDS)),
        pivot=np.zeros(BANDS),
        widening=np.ones(BANDS),
        quietest=loudness(seen).min(keepdims=True),
    )
    inputs = features(stock, found.kinds, blank)
    first = inputs @ _ridge(inputs[chosen], wanted[chosen], np.ones(int(chosen.sum())))
    misfit = wanted - first
    misfit = np.square(misfit - misfit.mean(axis=1, keepdims=True)).mean(axis=1)
    misfit = gaussian_filter1d(misfit, _MISFIT_SMOOTH_STEPS)[chosen]
    trust = 1.0 / (1.0 + np.square(misfit / np.median(misfit)))
    matrix = _ridge(inputs[chosen], wanted[chosen], trust)
    reached = seen + inputs[chosen] @ matrix
    ratio = np.clip((seen + wanted[chosen]).std(axis=0) / reached.std(axis=0), 1.0, _WIDEST)
    return replace(blank, matrix=matrix, pivot=reached.mean(axis=0), widening=1.0 + _WIDENING * (ratio - 1.0))


def _ridge(inputs: Array, wanted: Array, trust: Array) -> Array:
    weighted = inputs * trust[:, None]
    return np.asarray(np.linalg.solve(weighted.T @ inputs + _RIDGE * np.eye(inputs.shape[1]), weighted.T @ wanted))


def _pitch(stock_pitch_hz: Array, person_pitch_hz: Array) -> Pitch:
    stock_mean, stock_spread = _middle(stock_pitch_hz)
    person_mean, person_spread = _middle(person_pitch_hz)
    scale = np.clip(person_spread / stock_spread, *_PITCH_SCALE)
    return Pitch(stock_mean, stock_spread, person_mean, float(stock_spread * scale))


def _middle(pitch_hz: Array) -> tuple[float, float]:
    """Median and spread of the logarithm of a pitch, safe from octave errors."""
    low, middle, high = np.percentile(np.log(pitch_hz[pitch_hz > 0]), (25, 50, 75))
    return float(middle), max(_LEAST_SPREAD, float(high - low) / _QUARTILES_APART)


def _tempo(found: Pairs) -> float:
    return float(np.clip(np.median(found.tempi), *_TEMPO))


def _as_strong_as_words_allow(
    voice: PersonalVoice,
    heard: NDArray[np.float32],
    trials: Sequence[_Trial],
    settings: Settings,
    stages: StageProgress,
) -> PersonalVoice | None:
    """The voice with the greatest strength that costs no words, found by halving; None if none is nearer."""
    person = voice_embedding(heard, settings)
    stock_heard = _joined([trial.speech for trial in trials])
    report = replace(
        voice.report,
        similarity_stock=similarity(voice_embedding(stock_heard, settings), person),
        similarity_real=_of_halves(heard, settings),
        wer_stock=word_error_rate(SENTENCES, stock_heard, settings),
    )
    best: PersonalVoice | None = None
    low, high = 0, len(STRENGTHS)
    while low < high:
        stages.update("test the voice", 1.0 - (high - low) / (len(STRENGTHS) + 1))
        middle = (low + high) // 2
        tried = replace(voice, report=replace(report, strength=STRENGTHS[middle]))
        said = _joined([respoken(t.sound, t.voiced, t.speech.phones, tried) for t in trials])
        wrong = word_error_rate(SENTENCES, said, settings)
        if wrong > report.wer_stock + _WORDS_LOST:
            high = middle
            continue
        low = middle + 1
        alike = similarity(voice_embedding(said, settings), person)
        if alike > (best.report.similarity_personal if best else report.similarity_stock):
            best = replace(tried, report=replace(tried.report, wer_personal=wrong, similarity_personal=alike))
    stages.done()
    # Rounded as it will be stored, so that a voice sounds the same before and after.
    return PersonalVoice.from_arrays(best.to_arrays()) if best else None


def _trial(sentence: str, settings: Settings, speak: Speak) -> _Trial:
    speech = speak(sentence, settings)
    sound = resampled(speech.samples, speech.sample_rate, RATE)
    return _Trial(sound, analyse(sound), speech)


def _joined(spoken: Sequence[Speech]) -> NDArray[np.float32]:
    return np.concatenate([resampled(speech.samples, speech.sample_rate, SAMPLE_RATE) for speech in spoken])


def _of_halves(heard: NDArray[np.float32], settings: Settings) -> float:
    """How alike the two halves of a recording are, each with half of its speech."""
    spans = speech_spans(heard, settings)
    middle = round(spans[len(spans) // 2].start_s * SAMPLE_RATE) if len(spans) > 1 else len(heard) // 2
    try:
        one, other = (voice_embedding(part, settings) for part in (heard[:middle], heard[middle:]))
    except CountenanceError:
        return 1.0
    return similarity(one, other)


def word_error_rate(sentences: Sequence[str], said: NDArray[np.float32], settings: Settings) -> float:
    """Words changed, left out and added, divided by the words of `sentences`; `said` is 16 kHz."""
    wanted = _words(" ".join(sentences))
    distances = np.arange(len(wanted) + 1)
    for word in _words(transcribe(said, settings).text):
        before, distances = distances, np.concatenate([[distances[0] + 1], np.zeros(len(wanted), int)])
        for i, other in enumerate(wanted):
            distances[i + 1] = min(before[i] + (word != other), before[i + 1] + 1, distances[i] + 1)
    return float(distances[-1]) / len(wanted)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower())
