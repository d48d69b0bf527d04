"""Whether what a voice gave is speech at all: programs, services and plug-ins are taken at no one's word."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from countenance.voice.sentences import starts
from countenance.voice.speech import Phone, Sentence, Speech

_RATES = range(8_000, 192_001)
_SILENT = 1e-4
_SLACK_S = 1e-3


def flaw_of(speech: object, longest_s: float, text: str) -> str:
    """What is wrong with it, as a sentence; empty if nothing is. `longest_s` is how long speech of `text` may be."""
    if not isinstance(speech, Speech):
        return f"It gave {type(speech).__name__} instead of Speech."
    return (
        _flaw_of_rate(speech.sample_rate)
        or _flaw_of_samples(speech, longest_s)
        or _flaw_of_phones(speech)
        or _flaw_of_sentences(speech, text)
    )


def _flaw_of_rate(rate: object) -> str:
    if isinstance(rate, bool) or not isinstance(rate, int) or rate not in _RATES:
        return f"Its sample rate is {rate!r}; it must be a whole number from {_RATES[0]} to {_RATES[-1]}."
    return ""


def _flaw_of_samples(speech: Speech, longest_s: float) -> str:
    samples: object = speech.samples
    if not isinstance(samples, np.ndarray) or samples.dtype != np.float32 or samples.ndim != 1:
        shape = f"{samples.dtype} {samples.shape}" if isinstance(samples, np.ndarray) else type(samples).__name__
        return f"Its samples are {shape}; they must be one row of float32."
    if not len(samples):
        return "It gave no sound."
    if speech.duration_s > longest_s:
        return f"It gave {speech.duration_s:.0f} s of sound; the most is {longest_s:.0f} s."
    if not np.isfinite(samples).all():
        return "Its samples are not all numbers."
    loudest = float(np.abs(samples).max())
    if loudest > 1.0:
        return f"Its samples reach {loudest:.3g}; they must stay within -1 and 1."
    return "It gave silence." if loudest < _SILENT else ""


def _flaw_of_phones(speech: Speech) -> str:
    phones: object = speech.phones
    if not isinstance(phones, tuple) or not all(isinstance(phone, Phone) for phone in phones):
        return "Its phones are not a tuple of Phone."
    if not phones:
        return ""
    edges = [0.0, *(phone.start_s for phone in phones[1:]), speech.duration_s]
    if not np.isfinite([*edges, *(phone.end_s for phone in phones)]).all():
        return "The times of its phones are not all numbers."
    ends = [phone.end_s for phone in phones]
    gaps = [abs(end - start) for end, start in zip(ends, edges[1:], strict=True)]
    if phones[0].start_s != 0.0 or max(gaps) > _SLACK_S or any(one > other for one, other in pairwise(edges)):
        return "Its phones do not follow each other from the start to the end of the sound."
    if any(not isinstance(phone.symbol, str) or len(phone.symbol) != 1 for phone in phones):
        return "The symbol of a phone is not one character."
    return ""


def _flaw_of_sentences(speech: Speech, text: str) -> str:
    sentences: object = speech.sentences
    if not isinstance(sentences, tuple) or not all(isinstance(sentence, Sentence) for sentence in sentences):
        return "Its sentences are not a tuple of Sentence."
    edges = [
        0.0,
        *(edge for each in speech.sentences for edge in (each.start_s, *each.resumes_s, each.end_s)),
        speech.duration_s,
    ]
    if not np.isfinite(edges).all() or any(one > other + _SLACK_S for one, other in pairwise(edges)):
        return "Its sentences do not follow each other within the sound."
    try:
        starts(speech.sentences, text)
    except (TypeError, ValueError):
        return "Its sentences are not parts of the text, in its order."
    return ""
