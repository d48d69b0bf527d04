"""`countenance voices`: what is listed, for people and for programs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from countenance.cli.exits import Exit

Command = Callable[..., Any]


def test_voices(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COUNTENANCE_PIPER_VOICES", raising=False)
    done = command("voices", "--json")
    assert done.code == Exit.OK
    assert done.result["default"] == "hibari"
    found = {voice["id"]: voice for voice in done.result["voices"]}
    assert found["hibari"]["sex"] == "female"
    assert found["kumo"]["sex"] == "male"
    assert all(voice["ready"] and voice["licence"] for voice in found.values())
    told = command("voices")
    assert told.code == Exit.OK
    assert all(name in told.out for name in found)


def test_what_a_voice_lacks_is_told(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "en_GB-somebody-medium.onnx").touch()
    monkeypatch.setenv("COUNTENANCE_PIPER_VOICES", str(tmp_path))
    monkeypatch.setenv("COUNTENANCE_PIPER_PROGRAM", str(tmp_path / "no-piper"))
    done = command("voices")
    assert done.code == Exit.OK
    assert "no-piper" in done.out.replace("\n", "")
    listed = command("voices", "--json").result["voices"][-1]
    assert (listed["id"], listed["ready"]) == ("piper-en_gb-somebody-medium", False)
    assert listed["problem"]["rule"] == "voice.program_failed"
    assert command("doctor", "--json").result["voices"][-1]["id"] == listed["id"]
