"""External engines for tests: descriptions of `external/fake_engine.py`, and calls of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from countenance.engine.external.call import Call, speak_externally
from countenance.engine.external.manifest import read
from countenance.engine.external.process import Report
from countenance.errors import CountenanceError
from countenance.media.limits import Limits

FAKE = Path(__file__).with_name("external") / "fake_engine.py"
COUNT = 20
SOUND = np.zeros(16_000 * COUNT // 25, np.float32)


def write(folder: Path, how: str = "well", **changes: object) -> Path:
    """The manifest of the fake engine, in a folder whose name is hard to quote."""
    folder = folder / "my engines é" / "fake"
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, str(FAKE), "{clip}", "{sound}", "{out}", "{options}", how]
    content = {
        "id": "fake",
        "name": "Fake",
        "version": "1.0",
        "command": command,
        "licence": {"code": "Apache-2.0", "commercial": True},
        **changes,
    }
    path = folder / "engine.toml"
    path.write_text("\n".join(f"{key} = {toml(value)}" for key, value in content.items()), "utf-8")
    return path


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(part)}" for key, part in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def pictures() -> Iterator[NDArray[np.uint8]]:
    for index in range(COUNT):
        yield np.full((48, 64, 3), 60 + index, np.uint8)


def speak(path: Path, work: Path, told: list[Report] | None = None, *, accepted: bool = False) -> list[float]:
    """Brightness of the pictures that come out."""
    work.mkdir(exist_ok=True)
    call = Call(read(path), accepted=accepted)
    reports = [] if told is None else told
    made = speak_externally(call, pictures(), SOUND, work, Limits(), on_report=reports.append)
    return [float(picture.mean()) for picture in made]


def rule_of(error: pytest.ExceptionInfo[CountenanceError]) -> str:
    return error.value.finding.rule.id
