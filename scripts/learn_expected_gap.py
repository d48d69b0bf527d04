"""Learn which lip opening a sound lets one expect: `src/countenance/people/weights/expected_gap.npz`.

The only material is the stock voice, which speaks the sentences of `expected_gap.txt`, and the lips that
`countenance.stock.visemes` would give it: no recording of anybody. The voice is heard higher and lower, faster and
slower, in rooms, through other microphones and in noise, so that what is learned holds for any voice. Ridge
regression on the features of `countenance.people.lipsync`. Run `python scripts/learn_expected_gap.py`; it takes about
three minutes, and prints the SHA-256 that belongs into `countenance.people.models`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve, resample_poly

from countenance.people.lipsync import LAGS, RATE_HZ, lagged, window_features
from countenance.people.spectrum import SAMPLE_RATE
from countenance.people.speech import FEATURE_SIZE
from countenance.settings import Settings
from countenance.stock.visemes import RATE, mouth_curves
from countenance.voice.hibari import speak
from countenance.voice.speech import Speech

TARGET = Path(__file__).resolve().parent.parent / "src/countenance/people/weights/expected_gap.npz"
SENTENCES = Path(__file__).with_name("expected_gap.txt")
TOGETHER = 2
VARIANTS = 8
RIDGE = 3e-4
"""Of the mean squared length of a feature vector; 1e-3 and 1e-4 do as well."""
SPEEDS = (0.68, 1.25)
WINDOW, KEPT = 8 * SAMPLE_RATE, 4 * SAMPLE_RATE

GAP = {
    "jawOpen": 0.415,
    "mouthClose": -0.454,
    "mouthFunnel": 0.086,
    "mouthLowerDownLeft": 0.202,
    "mouthPucker": -0.028,
    "mouthRollLower": 0.040,
    "mouthSmileLeft": -0.044,
    "mouthStretchLeft": -0.016,
    "mouthUpperUpLeft": -0.032,
}
"""How each action opens the lips as the face mesh sees it: fitted to the stock presenter's clip (correlation 0.99)."""

Array = NDArray[np.float32]
Floats = NDArray[np.float64]


def main() -> None:
    settings = Settings(threads=1)
    rng = np.random.default_rng(7)
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    spoken = [speak(" ".join(lines[i : i + TOGETHER]), settings) for i in range(0, len(lines), TOGETHER)]
    size = FEATURE_SIZE * len(LAGS)
    gram, product, sums = np.zeros((size, size)), np.zeros(size), np.zeros(size)
    total, count = 0.0, 0
    for variant in range(VARIANTS):
        examples = [example(speech, variant > 0, rng, settings) for speech in spoken]
        x, y = np.concatenate([x for x, _ in examples]), np.concatenate([y for _, y in examples])
        gram, product, sums = gram + x.T @ x, product + x.T @ y, sums + x.sum(axis=0)
        total, count = total + float(y.sum()), count + len(y)
        print(f"{variant + 1} of {VARIANTS}: {len(y) / RATE_HZ:.0f} s")
    mean_x, mean_y = sums / count, total / count
    covariance = gram / count - np.outer(mean_x, mean_x)
    penalty = RIDGE * float(np.trace(covariance))
    weights = np.linalg.solve(covariance + penalty * np.eye(size), product / count - mean_x * mean_y)
    rounded = weights.astype(np.float16)
    bias = mean_y - mean_x @ rounded.astype(np.float64)
    np.savez(TARGET, weights=rounded.reshape(-1, len(LAGS)), bias=np.float32(bias))
    print(f"{TARGET.stat().st_size} bytes, SHA-256 {hashlib.sha256(TARGET.read_bytes()).hexdigest()}")


def example(
    speech: Speech, varied: bool, rng: np.random.Generator, settings: Settings
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Stacked features (n, 384 * 14) and lip gap (n,) of one utterance at 25 Hz."""
    low, high = np.log(SPEEDS)
    step = round(speech.sample_rate / 100 * (np.exp(rng.uniform(low, high)) if varied else 1.0))
    samples = resample_poly(speech.samples.astype(np.float64), SAMPLE_RATE // 100, step)
    speed = step * 100 / speech.sample_rate
    if varied:
        samples = through_a_microphone(in_noise(in_a_room(samples, rng), rng), rng)
    count = len(samples) * RATE_HZ // SAMPLE_RATE
    padded = np.pad(samples, ((WINDOW - KEPT) // 2, WINDOW)).astype(np.float32)
    parts = []
    for start in range(0, len(samples), KEPT):
        features = window_features(padded[start : start + WINDOW], settings)
        parts.append(lagged(np.repeat(features[..., None], len(LAGS), axis=-1)))
    stacked = np.concatenate(parts)[:count].reshape(count, -1)
    curves = mouth_curves(speech.phones, speech.duration_s)
    gap = np.maximum(sum(share * curves[name] for name, share in GAP.items()), 0.0)
    times = (np.arange(count) + 0.5) / RATE_HZ * speed
    return stacked, np.interp(times, np.arange(len(gap)) / RATE, gap).astype(np.float32)


def in_a_room(samples: Floats, rng: np.random.Generator) -> Floats:
    """Half of the time with the echo of a room, that dies away by 60 dB in 0.1 to 0.6 s."""
    if rng.random() < 0.5:
        return samples
    length = round(rng.uniform(0.1, 0.6) * SAMPLE_RATE)
    echo = rng.normal(size=length) * np.exp(-6.9 * np.arange(length) / length)
    echo *= rng.uniform(0.05, 0.5) / np.linalg.norm(echo)
    echo[0] = 1.0
    return np.asarray(fftconvolve(samples, echo)[: len(samples)])


def in_noise(samples: Floats, rng: np.random.Generator) -> Floats:
    """With noise between white and pink, 5 to 45 dB below the speech."""
    spectrum = np.fft.rfft(rng.normal(size=len(samples)))
    spectrum /= np.maximum(np.fft.rfftfreq(len(samples)), 1e-3) ** rng.uniform(0, 1)
    noise = np.fft.irfft(spectrum, len(samples))
    below_db = rng.uniform(5, 45)
    return np.asarray(samples + noise * np.linalg.norm(samples) / np.linalg.norm(noise) * 10 ** (-below_db / 20))


def through_a_microphone(samples: Floats, rng: np.random.Generator) -> Floats:
    """With a frequency response that wanders by some 4 dB, and sometimes nothing above 3.4 kHz, as on the phone."""
    frequencies = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    gain_db = np.interp(frequencies, np.linspace(0, SAMPLE_RATE / 2, 8), rng.normal(0, 4, 8))
    if rng.random() < 0.15:
        gain_db = np.where(frequencies > 3400, -60.0, gain_db)
    return np.asarray(np.fft.irfft(np.fft.rfft(samples) * 10 ** (gain_db / 20), len(samples)))


if __name__ == "__main__":
    main()
