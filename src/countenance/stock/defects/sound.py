"""Poor sound: too quiet or too loud, noise, echo, other voices, holes."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve

from countenance.media.read import audio
from countenance.media.sound import resampled
from countenance.stock.clips import consent_clip
from countenance.stock.defects.clip import RATE, Faulty, Original, Samples, heard

_HOLE_S = 0.08
_DEEPER = 0.8  # the other voice's pitch against the stock voice's
_RUMBLE_HZ, _GUST_HZ = 90.0, 0.7
_CHORDS_HZ = ((220.0, 277.2, 329.6), (174.6, 220.0, 261.6), (196.0, 246.9, 293.7), (164.8, 207.7, 246.9))
_BEAT_S = 0.5
_LOUDEST = 0.97


def no_sound(original: Original, _: float) -> Faulty:
    """No sound track."""
    return heard(original, None)


def silent(original: Original, percent: float) -> Faulty:
    """Digital silence during this part of the time, up to the end."""
    begin = round(len(original.sound) * (1 - percent / 100))
    return heard(original, np.concatenate([original.sound[:begin], np.zeros(len(original.sound) - begin, np.float32)]))


def quiet(original: Original, decibels: float) -> Faulty:
    """So much less loud."""
    return heard(original, original.sound * np.float32(10 ** (-decibels / 20)))


def clipping(original: Original, decibels: float) -> Faulty:
    """The peak is so much above full scale, and cut off there."""
    gain = 10 ** (decibels / 20) / max(1e-6, float(np.abs(original.sound).max()))
    return heard(original, np.clip(original.sound * np.float32(gain), -1, 1))


def white_noise(original: Original, decibels: float) -> Faulty:
    """Hiss, so much below the speech."""
    return _mixed(original, np.random.default_rng(6).normal(size=len(original.sound)), decibels)


def pink_noise(original: Original, decibels: float) -> Faulty:
    """A noise with the same power in each octave, as of a fan, so much below the speech."""
    return _mixed(original, _coloured(len(original.sound), -0.5), decibels)


def hum(original: Original, decibels: float) -> Faulty:
    """Mains at 50 Hz and its overtones, so much below the speech."""
    t = _times(original)
    tones = sum(np.sin(2 * np.pi * 50 * k * t + k) / k for k in (1, 2, 3, 4, 6, 8))
    return _mixed(original, np.asarray(tones), decibels)


def rumble(original: Original, decibels: float) -> Faulty:
    """Wind in the microphone: gusts below 90 Hz, so much below the speech (negative: above it)."""
    noise = _coloured(len(original.sound), -0.5, highest_hz=_RUMBLE_HZ)
    gusts = 0.6 + 0.4 * np.sin(2 * np.pi * _GUST_HZ * _times(original))
    return _mixed(original, noise * gusts, decibels)


def music(original: Original, decibels: float) -> Faulty:
    """Chords, a tune and a beat, so much below the speech."""
    return _mixed(original, _tune(len(original.sound)), decibels)


def reverberation(original: Original, seconds: float) -> Faulty:
    """A bare room whose sound falls by 60 dB in this time; as much comes from the walls as from the mouth."""
    t = np.arange(round(seconds * RATE)) / RATE
    tail = np.random.default_rng(7).normal(size=len(t)) * np.exp(-6.91 * t / seconds)
    tail[: round(0.004 * RATE)] = 0.0
    tail /= np.sqrt(np.square(tail).sum())
    tail[0] = 1.0
    wet = fftconvolve(original.sound, tail)[: len(original.sound)]
    return heard(original, _within(wet / np.sqrt(2)))


def second_voice(original: Original, decibels: float) -> Faulty:
    """Somebody else talks all the time, so much less loud."""
    return _mixed(original, np.resize(_other_voice(), len(original.sound)), decibels)


def interviewer(original: Original, seconds: float) -> Faulty:
    """Somebody else speaks for so long at the end, as loud as the person, who is silent."""
    begin = max(0, len(original.sound) - round(seconds * RATE))
    sound = original.sound.copy()
    other = np.resize(_other_voice(), len(sound) - begin)
    sound[begin:] = 0.03 * sound[begin:] + other / _level(other) * _speech_level(original)
    return heard(original, _within(sound))


def dropouts(original: Original, per_second: float) -> Faulty:
    """Holes of 80 ms, so many a second."""
    rng = np.random.default_rng(8)
    count = max(1, round(per_second * len(original.sound) / RATE))
    sound = original.sound.copy()
    spacing = len(sound) / count
    for i in range(count):
        begin = int((i + rng.uniform(0.1, 0.9)) * spacing)
        sound[begin : begin + round(_HOLE_S * RATE)] = 0.0
    return heard(original, sound)


def _mixed(original: Original, other: NDArray[np.floating], decibels: float) -> Faulty:
    """`other` under the sound, so much below the level of the speech."""
    gain = _speech_level(original) * 10 ** (-decibels / 20) / _level(other)
    return heard(original, _within(original.sound + gain * other))


def _within(sound: NDArray[np.floating]) -> Samples:
    """Not beyond full scale, which would be another fault."""
    return np.asarray(sound / max(1.0, float(np.abs(sound).max()) / _LOUDEST), np.float32)


def _speech_level(original: Original) -> float:
    """Root mean square of the sound where somebody speaks."""
    spoken = [original.sound[round(s.start_s * RATE) : round(s.end_s * RATE)] for s in original.speech]
    return _level(np.concatenate(spoken)) if spoken else _level(original.sound)


def _level(sound: NDArray[np.floating]) -> float:
    return max(1e-6, float(np.sqrt(np.square(sound).mean())))


def _times(original: Original) -> NDArray[np.float64]:
    return np.arange(len(original.sound)) / RATE


def _coloured(length: int, power: float, highest_hz: float = RATE / 2) -> NDArray[np.float64]:
    """Noise whose spectrum goes with this power of the frequency."""
    frequency = np.fft.rfftfreq(length, 1 / RATE)
    weight = np.zeros(len(frequency))
    heard_of = (frequency > 20) & (frequency <= highest_hz)
    weight[heard_of] = frequency[heard_of] ** power
    spectrum = np.fft.rfft(np.random.default_rng(9).normal(size=length)) * weight
    return np.asarray(np.fft.irfft(spectrum, length))


def _tune(length: int) -> NDArray[np.float64]:
    rng = np.random.default_rng(10)
    out = np.zeros(length + 4 * RATE)
    beat = round(_BEAT_S * RATE)
    for number in range(length // beat + 1):
        chord = _CHORDS_HZ[number // 4 % len(_CHORDS_HZ)]
        begin = number * beat
        if number % 4 == 0:
            for note in chord:
                _add_note(out, begin, note, 2.0, 0.5)
        _add_note(out, begin, float(rng.choice(chord)) * 2, 0.5, 0.7)
        drum = rng.normal(size=RATE // 12) * np.exp(-np.arange(RATE // 12) / 250)
        out[begin : begin + len(drum)] += 0.25 * drum
    return out[:length]


def _add_note(out: NDArray[np.float64], begin: int, hertz: float, seconds: float, loud: float) -> None:
    t = np.arange(round(seconds * RATE)) / RATE
    envelope = np.minimum(t / 0.01, 1) * np.exp(-2.5 * t / seconds)
    tone = sum(np.sin(2 * np.pi * hertz * k * t) / k**1.5 for k in (1, 2, 3, 4, 5))
    out[begin : begin + len(t)] += loud * envelope * tone


@cache
def _other_voice() -> Samples:
    """The stock voice, deeper and slower, without its first silence."""
    sound = resampled(audio(consent_clip(), rate=RATE), RATE, round(RATE / _DEEPER))
    return sound[int(np.argmax(np.abs(sound) > 0.05 * np.abs(sound).max())) :]
