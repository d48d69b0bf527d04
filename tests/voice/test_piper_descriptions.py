"""Descriptions of Piper voices that say what no voice can be: told, and never in the way of other voices."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from countenance.errors import CountenanceError
from countenance.settings import Settings
from countenance.voice.catalogue import speak, voices
from countenance.voice.errors import PROGRAM_FAILED


@pytest.mark.parametrize(
    "text",
    [
        *(
            '{"audio": {"sample_rate": ' + rate + "}}"
            for rate in ('"abc"', "null", "0", "-5", "1e12", "7000", "true", "[]")
        ),
        "[" * 100_000,
        '{"a":' * 100_000,
        "7",
    ],
)
def test_a_description_that_cannot_be(text: str, tmp_path: Path) -> None:
    (tmp_path / "v.onnx").touch()
    (tmp_path / "v.onnx.json").write_text(text)
    settings = Settings(threads=1, piper_program=sys.executable, piper_voices=tmp_path)
    listing = voices(settings)[-1]
    assert listing.id == "piper-v"
    assert listing.problem is not None
    assert listing.problem.rule is PROGRAM_FAILED
    with pytest.raises(CountenanceError) as caught:
        speak("Hello.", settings, "piper-v")
    assert caught.value.finding.rule is PROGRAM_FAILED


def test_a_language_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "v.onnx").touch()
    described = {"language": {"code": ["en"]}, "espeak": {"voice": "\ud800"}}
    (tmp_path / "v.onnx.json").write_text(json.dumps(described))
    info = voices(Settings(threads=1, piper_program=sys.executable, piper_voices=tmp_path))[-1].info
    assert info is not None
    assert info.languages == ("und",)
