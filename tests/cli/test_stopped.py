"""A command that is asked to end says so."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from countenance.cli import main, studio
from countenance.cli.exits import Exit

Command = Callable[..., Any]


def test_an_end_from_outside_is_told(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studio, "load_settings", lambda: main._terminated(15, None))
    done = command("statement", "--name", "Ada", "--json")
    assert done.code == Exit.TERMINATED
    assert done.result["error"]["rule"] == "cli.terminated"
    told = command("statement", "--name", "Ada")
    assert (told.code, told.out) == (Exit.TERMINATED, "")
    assert "cli.terminated" in told.err


def test_another_end_is_passed_on(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studio, "load_settings", lambda: sys.exit(7))
    with pytest.raises(SystemExit) as ended:
        command("statement", "--name", "Ada")
    assert ended.value.code == 7
