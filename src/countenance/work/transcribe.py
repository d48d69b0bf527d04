"""`transcribe`: what is said in a recording, word by word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from countenance.media.limits import limits_from
from countenance.media.read import SAMPLE_RATE, audio
from countenance.people.speech import transcribe
from countenance.progress import StageProgress
from countenance.settings import Settings
from countenance.work.line import Line
from countenance.work.task import Heard, task_in

STAGES: Mapping[str, float] = {"read": 1, "transcribe": 9}


def run(folder: Path, settings: Settings, line: Line) -> Mapping[str, Any]:
    """See docs/work.md."""
    task = task_in(folder, Heard)
    stages = StageProgress(STAGES, line.progress)
    stages.update("read", 0.0)
    samples = audio(folder / task.media, limits=limits_from(settings))
    stages.update("transcribe", 0.0)
    heard = transcribe(samples, settings, language=task.language)
    stages.done()
    return {
        "text": heard.text,
        "language": task.language,
        "words": [asdict(word) for word in heard.words],
        "duration_s": round(len(samples) / SAMPLE_RATE, 3),
    }
