"""Names that cannot be told when they are spoken are refused before anything is drawn, read or trained."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from countenance.cli.exits import Exit
from countenance.settings import Settings

Command = Callable[..., Any]


@pytest.mark.parametrize("name", ["王伟", "🙂 🙂", "1234"])
def test_a_name_of_which_nothing_could_be_compared(
    name: str, tmp_path: Path, command: Command, own_settings: Settings
) -> None:
    for line in (
        ("statement", "--name", name),
        ("statement", "--name", name, "--one-time"),
        ("check", tmp_path / "nothing here.mp4", "--name", name),
        ("train", tmp_path / "nothing here.mp4", "--name", name, "--out", tmp_path / "r"),
    ):
        done = command(*line, "--json")
        assert (done.code, done.result["error"]["rule"], done.err) == (Exit.INPUT, "consent.name_missing", "")
