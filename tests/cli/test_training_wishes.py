"""train: every wish arrives where it belongs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from countenance.work.training import Training

Command = Callable[..., Any]


class Reached(Exception):
    pass


def test_every_option_is_passed_on(tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Training] = []

    def train(*given: Any) -> None:
        asked.append(given[-1])
        raise Reached

    monkeypatch.setattr("countenance.cli.jobs.clear_and_train", train)
    footage = tmp_path / "footage.mp4"
    footage.write_bytes(b"no picture")
    line = ("train", footage, "--synthetic", "--out", tmp_path / "r")
    command(*line)
    command(*line, "--budget", 60, "--refine-seconds", 5, "--no-personal-voice", "--device", "cpu")
    assert asked == [Training(), Training(budget_s=60.0, refine_s=5.0, personal_voice=False, device="cpu")]
