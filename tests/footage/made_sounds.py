"""Sounds that are made: what goes wrong with a recording, in known strengths."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 16_000

Samples = NDArray[np.float32]


def write(path: Path, samples: Samples, rate: int = RATE) -> Path:
    """(n,) or (channels, n) as a WAV file of 16 bits."""
    channels = np.atleast_2d(samples)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.rint(np.clip(channels.T, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def level(samples: Samples) -> float:
    """Root mean square of what is louder than 30 dB below the loudest 10 ms."""
    power = np.square(samples[: len(samples) // 160 * 160]).reshape(-1, 160).mean(axis=1)
    return float(np.sqrt(power[power > power.max() / 1000].mean()))


def mixed(voice: Samples, other: Samples, below_db: float) -> Samples:
    """The voice with something else that many dB below it; half as loud, so that nothing clips."""
    fitted = np.resize(other, len(voice))
    gain = level(voice) / max(float(np.sqrt(np.mean(np.square(fitted)))), 1e-9) * 10 ** (-below_db / 20)
    return np.asarray(0.5 * (voice + gain * fitted), np.float32)


def white(length: int) -> Samples:
    return np.random.default_rng(0).normal(0, 1, length).astype(np.float32)


def chords(length: int) -> Samples:
    """Three notes with four harmonics each, new ones every two seconds."""
    random = np.random.default_rng(0)
    time = np.arange(2 * RATE) / RATE
    parts: list[NDArray[np.float64]] = []
    while len(parts) * len(time) < length:
        root = 220 * 2 ** (random.integers(-5, 7) / 12)
        notes = [root * 2 ** (step / 12) * harmonic for step in (0, 4, 7) for harmonic in range(1, 5)]
        waves = [np.sin(2 * np.pi * note * time) / (1 + i % 4) for i, note in enumerate(notes)]
        parts.append(np.sum(waves, axis=0))
    return np.asarray(np.concatenate(parts)[:length], np.float32)


def mains(length: int, hertz: float = 50.0) -> Samples:
    time = np.arange(length) / RATE
    return np.asarray(sum(np.sin(2 * np.pi * hertz * n * time + n) / n for n in range(1, 6)), np.float32)


def in_room(voice: Samples, fades_s: float) -> Samples:
    """The voice and, half as strong, its echo from a room in which sound fades by 60 dB in that time."""
    time = np.arange(round(1.2 * fades_s * RATE)) / RATE
    tail = np.random.default_rng(0).normal(0, 1, len(time)) * 10 ** (-3 * time / fades_s)
    tail[: RATE // 500] = 0
    tail *= np.sqrt(0.5 / np.square(tail).sum())
    tail[0] = 1.0
    size = len(voice) + len(tail)
    heard = np.fft.irfft(np.fft.rfft(voice, size) * np.fft.rfft(tail, size), size)[: len(voice)]
    return np.asarray(heard / np.abs(heard).max() * 0.8, np.float32)


def clipped(voice: Samples, over_db: float) -> Samples:
    """Recorded too loud by that much, and turned down afterwards."""
    peak = float(np.abs(voice).max())
    return np.asarray(np.clip(voice * 10 ** (over_db / 20), -peak, peak), np.float32)


def limited(voice: Samples, over_db: float) -> Samples:
    """The same loudness by a limiter, which keeps the shape of the wave."""
    peak = float(np.abs(voice).max())
    gain = np.minimum(1.0, peak / 10 ** (over_db / 20) / np.maximum(np.abs(voice), 1e-9))
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(gain, 400, mode="edge"), 801)
    lowest = np.pad(windows[:, ::8].min(axis=1), 400, mode="edge")
    smooth = np.convolve(lowest, np.full(801, 1 / 801), "valid")
    return np.asarray(voice * smooth[: len(voice)] * 10 ** (over_db / 20), np.float32)


def with_holes(voice: Samples, length_s: float, count: int = 6) -> Samples:
    """Holes where the voice is loud."""
    loud = np.flatnonzero(np.convolve(np.square(voice), np.full(1600, 1 / 1600), "same") > 0.5 * level(voice) ** 2)
    holed = voice.copy()
    for start in np.random.default_rng(1).choice(loud, count, replace=False):
        holed[start : start + round(length_s * RATE)] = 0.0
    return holed
