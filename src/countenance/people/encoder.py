"""The layers inside Whisper's encoder, of which CTranslate2 shows only the last.

What is heard goes from sound to words on its way through the layers. Lips follow sounds: the last layer but one says
most about them. So that part of the network is evaluated here, from the recogniser's own weights (the encoder of
Radford et al. 2022, arXiv:2212.04356).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

from countenance.errors import CountenanceError, Finding
from countenance.machine import one_blas_thread
from countenance.people.errors import WEIGHT_ALTERED
from countenance.people.models import SPEECH_RECOGNISER, weight_path
from countenance.people.sessions import thread_count
from countenance.people.spectrum import HOP
from countenance.people.speech import FEATURE_SIZE, log_mel
from countenance.settings import Settings

Array = NDArray[np.float32]

LAYERS = 3
"""Of four. Held-out lip gaps of a GRID talker, r in speech: 0.847, 0.884, 0.893, 0.873 after 1, 2, 3, 4 of them."""
ALL_LAYERS = 4
_MEL_PER_FEATURE = 2
_WINDOW, _STEP = 400, 75
_HEAD_SIZE = 64
_EPSILON = 1e-5
_TYPES: dict[int, np.dtype[Any]] = {
    0: np.dtype("<f4"),
    1: np.dtype("i1"),
    2: np.dtype("<i2"),
    3: np.dtype("<i4"),
    4: np.dtype("<f2"),
}
"""Of CTranslate2's files."""

Weights = Mapping[str, Array]


def sound_features(samples: Array, settings: Settings, progress: Callable[[float], None] = lambda _: None) -> Array:
    """What the encoder hears in speech, 16 kHz, at 50 Hz: (ceil(n / 320), 384) float32; row t from t / 50 s on.

    Its numbers depend on where in its window a sound stands as well as on the sound. So it is given windows of 8 s, 1.5
    seconds apart, and only the middle of each is kept, faded into the next: the same sound gives the same features
    wherever it is in a recording, and no window's edge shows. Memory is bounded but for the result. `progress` is told
    how far it is, 0 to 1.
    """
    count = -(-len(samples) // (HOP * _MEL_PER_FEATURE))
    if count == 0:
        return np.zeros((0, FEATURE_SIZE), np.float32)
    weights = _weights(weight_path(f"{SPEECH_RECOGNISER}/model.bin", settings))
    mel = log_mel(samples)
    steps = -(-count // _STEP) + 1
    before = _WINDOW // 2 * _MEL_PER_FEATURE
    after = ((steps - 1) * _STEP + _WINDOW) * _MEL_PER_FEATURE - before - len(mel)
    # Around the recording there is silence: the quietest value of the range.
    padded = np.pad(mel, ((before, after), (0, 0)), constant_values=mel.min(initial=0.0))
    middle = slice(_WINDOW // 2 - _STEP, _WINDOW // 2 + _STEP)
    rise = (np.arange(_STEP, dtype=np.float32) + 0.5) / _STEP
    fade = np.concatenate([rise, rise[::-1]])[:, None]
    features = np.zeros(((steps + 1) * _STEP, FEATURE_SIZE), np.float32)
    starts = range(0, steps * _STEP, _STEP)

    def heard(start: int) -> Array:
        window = padded[start * _MEL_PER_FEATURE : (start + _WINDOW) * _MEL_PER_FEATURE]
        return np.asarray(encoded(window, weights)[middle] * fade, np.float32)

    with one_blas_thread(), ThreadPoolExecutor(thread_count(settings)) as pool:
        for start, part in zip(starts, pool.map(heard, starts), strict=True):
            features[start : start + 2 * _STEP] += part
            progress((start + _STEP) / len(features))
    return features[_STEP : _STEP + count]


def encoded(mel: Array, weights: Weights, layers: int = LAYERS) -> Array:
    """One window of `log_mel` after so many layers of the encoder: (2 n, 80) -> (n, 384)."""
    x = _gelu(_convolved(mel, weights, "conv1", stride=1))
    x = _gelu(_convolved(x, weights, "conv2", stride=2))
    x = x + weights["position_encodings/encodings"][: len(x)]
    for layer in range(layers):
        name = f"layer_{layer}"
        x = x + _attention(_normal(x, weights, f"{name}/self_attention/layer_norm"), weights, f"{name}/self_attention")
        inner = _linear(_normal(x, weights, f"{name}/ffn/layer_norm"), weights, f"{name}/ffn/linear_0")
        x = x + _linear(_gelu(inner), weights, f"{name}/ffn/linear_1")
    return x


def _convolved(x: Array, weights: Weights, name: str, stride: int) -> Array:
    """(n, in) -> (n / stride, out): kernels of three, zeros around."""
    kernel = weights[f"{name}/weight"]
    padded = np.pad(x, ((1, 1), (0, 0)))
    length = -(-len(x) // stride)
    parts = [padded[k : k + stride * length : stride][:length] @ kernel[:, :, k].T for k in range(3)]
    return np.asarray(parts[0] + parts[1] + parts[2] + weights[f"{name}/bias"], np.float32)


def _attention(x: Array, weights: Weights, name: str) -> Array:
    size = x.shape[1]
    mixed = _linear(x, weights, f"{name}/linear_0").reshape(len(x), 3, size // _HEAD_SIZE, _HEAD_SIZE)
    query, key, value = mixed.transpose(1, 2, 0, 3)
    match = query @ key.transpose(0, 2, 1) * np.float32(_HEAD_SIZE**-0.5)
    np.exp(match - match.max(axis=-1, keepdims=True), out=match)
    seen = (match @ value) / match.sum(axis=-1, keepdims=True)
    return _linear(seen.transpose(1, 0, 2).reshape(len(x), size), weights, f"{name}/linear_1")


def _linear(x: Array, weights: Weights, name: str) -> Array:
    return np.asarray(x @ weights[f"{name}/weight"].T + weights[f"{name}/bias"], np.float32)


def _normal(x: Array, weights: Weights, name: str) -> Array:
    centred = x - x.mean(axis=-1, keepdims=True)
    spread = np.sqrt(np.mean(centred**2, axis=-1, keepdims=True) + np.float32(_EPSILON))
    return np.asarray(centred / spread * weights[f"{name}/gamma"] + weights[f"{name}/beta"], np.float32)


def _gelu(x: Array) -> Array:
    return np.asarray(x * (erf(x * np.float32(0.5**0.5)) + np.float32(1.0)) * np.float32(0.5), np.float32)


@lru_cache(maxsize=2)
def _weights(path: Path) -> dict[str, Array]:
    """The encoder's arrays of a CTranslate2 model by their names without `encoder/`, all as float32."""
    try:
        with path.open("rb") as file:
            raw = dict(_variables(file))
        if "conv1/weight" not in raw:
            raise KeyError("conv1/weight")
    except (struct.error, KeyError, ValueError) as error:
        raise CountenanceError(Finding(WEIGHT_ALTERED, file=str(path))) from error
    weights: dict[str, Array] = {}
    for name, values in raw.items():
        if values.ndim and not name.endswith("_scale"):
            scale = raw.get(f"{name}_scale")
            # Eight-bit weights have a scale for each row.
            real = values.astype(np.float32)
            weights[name] = real if scale is None else np.asarray(real / scale.astype(np.float32)[:, None], np.float32)
    return weights


def _variables(file: BinaryIO) -> list[tuple[str, NDArray[Any]]]:
    """Name and values of each variable of the encoder: the format of CTranslate2's `model.bin`."""
    _read(file, "<I")
    _text(file)
    _read(file, "<I")
    found: list[tuple[str, NDArray[Any]]] = []
    for _ in range(_read(file, "<I")):
        name = _text(file)
        shape = tuple(_read(file, "<I") for _ in range(_read(file, "<B")))
        kind, size = _read(file, "<B"), _read(file, "<I")
        data = file.read(size)
        if name.startswith("encoder/"):
            found.append((name.removeprefix("encoder/"), np.frombuffer(data, np.dtype(_TYPES[kind])).reshape(shape)))
    return found


def _read(file: BinaryIO, layout: str) -> int:
    return int(struct.unpack(layout, file.read(struct.calcsize(layout)))[0])


def _text(file: BinaryIO) -> str:
    return file.read(_read(file, "<H")).rstrip(b"\0").decode("utf-8")
