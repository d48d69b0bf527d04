"""The loaded models: each is loaded once per settings, when it is first needed, and kept.

The functions here hand out objects of other libraries; only the modules of this room call them.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countenance.errors import CountenanceError, Finding
from countenance.people import models
from countenance.people.errors import LANGUAGE_NEEDS_MODEL
from countenance.settings import Settings

if TYPE_CHECKING:
    import cv2

DETECTION_SCORE = 0.7
_OVERLAP = 0.3
_CANDIDATES = 200


def thread_count(settings: Settings) -> int:
    """How many threads a model may use: the setting, or one per core this process may run on."""
    return settings.threads or available_cores()


def available_cores() -> int:
    """Cores that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@lru_cache
def face_detector(settings: Settings) -> cv2.FaceDetectorYN:
    """YuNet. Not to be shared between threads without a lock: the input's size is part of its state."""
    import cv2

    cv2.setNumThreads(thread_count(settings))
    path = str(models.weight_path(models.FACE_DETECTOR, settings))
    return cv2.FaceDetectorYN.create(path, "", (320, 320), DETECTION_SCORE, _OVERLAP, _CANDIDATES)


@lru_cache
def face_embedder(settings: Settings) -> cv2.FaceRecognizerSF:
    """SFace. Not to be shared between threads without a lock."""
    import cv2

    cv2.setNumThreads(thread_count(settings))
    return cv2.FaceRecognizerSF.create(str(models.weight_path(models.FACE_EMBEDDER, settings)), "")


@lru_cache
def voice_embedder(settings: Settings) -> Any:
    """An onnxruntime session of the d-vector speaker encoder."""
    return _onnx_session(models.VOICE_EMBEDDER, settings, thread_count(settings))


@lru_cache
def voice_activity(settings: Settings) -> Any:
    """An onnxruntime session of Silero VAD; a net as small as this gains nothing from more than one thread."""
    return _onnx_session(models.VOICE_ACTIVITY, settings, 1)


@lru_cache
def speech_recogniser(settings: Settings) -> Any:
    """A faster_whisper.WhisperModel in 8-bit arithmetic on the CPU."""
    from faster_whisper import WhisperModel

    folder = str(models.weight_folder(models.SPEECH_RECOGNISER, settings))
    return WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=thread_count(settings))


def multilingual_recogniser(language: str, settings: Settings) -> Any:
    """The owner's own faster_whisper.WhisperModel for a language that the built-in one does not know.

    Raises:
        CountenanceError: people.language_needs_model.
    """
    folder = settings.speech_model
    if folder is None:
        raise CountenanceError(Finding(LANGUAGE_NEEDS_MODEL, measured=language))
    model = _own_recogniser(folder, settings)
    if not model.model.is_multilingual or language not in model.supported_languages:
        detail = f"The model knows {', '.join(model.supported_languages[:8])}."
        raise CountenanceError(Finding(LANGUAGE_NEEDS_MODEL, file=str(folder), detail=detail, measured=language))
    return model


@lru_cache
def _own_recogniser(folder: Path, settings: Settings) -> Any:
    from faster_whisper import WhisperModel

    needed = ("model.bin", "config.json", "tokenizer.json")
    if absent := [name for name in needed if not (folder / name).is_file()]:
        detail = f"It has no {', '.join(absent)}."
        raise CountenanceError(Finding(LANGUAGE_NEEDS_MODEL, file=str(folder), detail=detail))
    try:
        return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=thread_count(settings))
    except (RuntimeError, ValueError, OSError) as error:
        raise CountenanceError(Finding(LANGUAGE_NEEDS_MODEL, file=str(folder), detail=f"{error}.")) from error


def _onnx_session(name: str, settings: Settings, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    path = str(models.weight_path(name, settings))
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
