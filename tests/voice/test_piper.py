"""Piper as a program of its own: a stand-in that behaves and misbehaves, and the real one where it is installed."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from countenance.errors import CountenanceError
from countenance.media.sound import resampled
from countenance.people.speech import transcribe
from countenance.settings import Settings
from countenance.voice.catalogue import speak, voices
from countenance.voice.errors import NOTHING_TO_SAY, PROGRAM_FAILED
from countenance.voice.pronunciation import parse

# Takes what piper takes; what it was told it writes beside the voice.
STAND_IN = """#!{python}
import argparse, array, pathlib, sys, wave
options = argparse.ArgumentParser()
for name in ("--model", "--output_file", "--sentence_silence"):
    options.add_argument(name)
given = options.parse_args()
text = sys.stdin.read()
pathlib.Path(given.model).with_suffix(".said").write_text(text)
if "fail" in text:
    sys.exit("the voice is hoarse")
if "nothing" in text:
    sys.exit(0)
with wave.open(given.output_file, "wb") as file:
    file.setnchannels(1)
    file.setsampwidth(2)
    file.setframerate(22050)
    file.writeframes(array.array("h", ([0, 0] if "silent" in text else [9000, -9000]) * 11025).tobytes())
"""
IPA = parse({"name": "n", "rules": [{"text": "Joy", "pronunciation": "dʒoʊ", "type": "ipa"}]})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    program, folder = tmp_path / "piper", tmp_path / "voices of mine"
    program.write_text(STAND_IN.format(python=sys.executable))
    program.chmod(0o755)
    folder.mkdir()
    (folder / "en_GB-Ada-low.onnx").touch()
    described = {"audio": {"sample_rate": 22050}, "language": {"code": "en_GB"}}
    (folder / "en_GB-Ada-low.onnx.json").write_text(json.dumps(described))
    (folder / "notes.txt").touch()
    return Settings(threads=1, piper_program=str(program), piper_voices=folder)


def test_a_folder_of_voices_is_listed(settings: Settings) -> None:
    listing = voices(settings)[-1]
    assert (listing.id, listing.problem) == ("piper-en_gb-ada-low", None)
    assert listing.info is not None
    assert listing.info.languages == ("en-GB",)
    assert "piper" not in {each.id.partition("-")[0] for each in voices(Settings(piper_voices=None))}


def test_a_text_goes_to_the_program_as_one_line(settings: Settings) -> None:
    speech = speak("One line,\n\nand --model another for Joy.", settings, "piper-en_gb-ada-low", IPA)
    assert (speech.sample_rate, speech.phones) == (22_050, ())
    assert speech.duration_s == pytest.approx(1.0, abs=0.01)
    assert settings.piper_voices is not None
    said = (settings.piper_voices / "en_GB-Ada-low.said").read_text()
    assert said == "One line, and --model another for [[ dʒˈoʊ ]]."


@pytest.mark.parametrize(
    ("text", "told"), [("fail", "the voice is hoarse"), ("nothing", "ended with 0"), ("silent", "It gave silence")]
)
def test_a_program_that_fails_is_told(text: str, told: str, settings: Settings) -> None:
    with pytest.raises(CountenanceError, match=told) as caught:
        speak(text, settings, "piper-en_gb-ada-low")
    assert caught.value.finding.rule is PROGRAM_FAILED


def test_what_is_missing_is_told(settings: Settings, tmp_path: Path) -> None:
    gone = settings.model_copy(update={"piper_program": str(tmp_path / "gone")})
    assert settings.piper_voices is not None
    bare = settings.model_copy(update={"piper_voices": tmp_path / "bare.onnx"})
    for wrong, told in ((gone, "gone"), (bare, "bare.onnx.json")):
        listing = voices(wrong)[-1]
        assert listing.problem is not None
        assert told in listing.problem.detail
        with pytest.raises(CountenanceError, match=told):
            speak("Hello.", wrong, listing.id)


def test_a_program_that_cannot_be_run_is_told(settings: Settings) -> None:
    Path(settings.piper_program).write_text("#!/no/such/interpreter\n")
    with pytest.raises(CountenanceError) as caught:
        speak("Hello.", settings, "piper-en_gb-ada-low")
    assert caught.value.finding.rule is PROGRAM_FAILED


def test_nothing_to_say(settings: Settings) -> None:
    with pytest.raises(CountenanceError) as caught:
        speak(" … ", settings, "piper-en_gb-ada-low")
    assert caught.value.finding.rule is NOTHING_TO_SAY


def test_the_real_program_is_understood() -> None:
    program = shutil.which(os.environ.get("COUNTENANCE_PIPER_PROGRAM", "piper"))
    place = os.environ.get("COUNTENANCE_PIPER_VOICES")
    if program is None or place is None:
        pytest.skip("COUNTENANCE_PIPER_PROGRAM and COUNTENANCE_PIPER_VOICES name no Piper here")
    settings = Settings(threads=1, piper_program=program, piper_voices=Path(place))
    speech = speak("The weather is fine today. My friend Joy is at home.", settings, voices(settings)[-1].id, IPA)
    heard = transcribe(resampled(speech.samples, speech.sample_rate, 16_000), settings).text.lower()
    assert "weather is fine today" in heard
    assert "friend joe" in heard
