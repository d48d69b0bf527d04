"""Piper as a voice: the `piper` program in its own process, with voices that the owner has put on the machine.

Piper is under the GPL; it is run as a program and never imported. Which program and which voices the settings say;
without them this room knows no Piper. It does not tell the times of its sounds.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from countenance.errors import CountenanceError, Finding
from countenance.media.limits import limits_from
from countenance.media.read import audio
from countenance.settings import Settings
from countenance.voice.check import flaw_of
from countenance.voice.english import NOTATION
from countenance.voice.errors import NOTHING_TO_SAY, PROGRAM_FAILED, SCRIPT_TOO_LONG
from countenance.voice.speech import Speech
from countenance.voice.voice import VoiceInfo

_PATIENCE_S = (60.0, 0.2)
"""How long piper may take: to start, and for each character."""
_PAUSE_S = 0.35
_SAID_SHOWN = 300
_RATE = 22_050
_RATES = (8_000, 96_000)
_LANGUAGE = re.compile("[A-Za-z0-9_-]{1,35}")
_IN_ESPEAK = str.maketrans(
    {"A": "eɪ", "I": "aɪ", "O": "oʊ", "W": "aʊ", "Y": "ɔɪ", "T": "ɾ", "ʧ": "tʃ", "ʤ": "dʒ", "ᵊ": "ə"}
)


@dataclass(frozen=True, slots=True)
class Piper:
    """One Piper voice: a network (.onnx) with its description beside it (.onnx.json)."""

    info: VoiceInfo
    model: Path

    def speak(self, text: str, settings: Settings) -> Speech:
        """Speak with piper; samples are at the voice's own rate, phones are not known.

        Raises:
            CountenanceError: voice.program_failed, voice.nothing_to_say, voice.script_too_long.
        """
        line = NOTATION.sub(lambda word: f"[[ {word[2].translate(_IN_ESPEAK)} ]]", " ".join(text.split()))
        if not any(character.isalnum() for character in line):
            raise CountenanceError(Finding(NOTHING_TO_SAY))
        if SCRIPT_TOO_LONG.limit is not None and len(line) > SCRIPT_TOO_LONG.limit:
            raise CountenanceError(Finding(SCRIPT_TOO_LONG, measured=len(line)))
        if (absent := self.absent(settings)) is not None:
            raise CountenanceError(absent)
        with tempfile.TemporaryDirectory(prefix="countenance-") as folder:
            sound = Path(folder) / "speech.wav"
            _run(self.model, line, sound, settings)
            rate = _rate(self.model)
            speech = Speech(audio(sound, rate=rate, limits=limits_from(settings)), rate, ())
        if flaw := flaw_of(speech, settings.max_duration_s, line):
            raise CountenanceError(Finding(PROGRAM_FAILED, file=self.model.name, detail=flaw))
        return speech

    def absent(self, settings: Settings) -> Finding | None:
        if shutil.which(settings.piper_program) is None:
            detail = f"There is no program {settings.piper_program}."
            return Finding(PROGRAM_FAILED, file=self.model.name, detail=detail)
        if not _description(self.model):
            return Finding(PROGRAM_FAILED, file=self.model.name, detail=f"{self.model.name}.json cannot be read.")
        if not _rate(self.model):
            detail = f"{self.model.name}.json names no sample rate that a voice can have."
            return Finding(PROGRAM_FAILED, file=self.model.name, detail=detail)
        return None


def voices(settings: Settings) -> tuple[Piper, ...]:
    """The voices that `Settings.piper_voices` names, in the order of their names; never raises."""
    place = settings.piper_voices
    if place is None:
        return ()
    try:
        models = sorted(place.glob("*.onnx")) if place.is_dir() else [place]
    except OSError:
        models = []
    return tuple(Piper(_info(model), model) for model in models)


def _info(model: Path) -> VoiceInfo:
    description = _description(model)
    named = (description.get("language", {}).get("code"), description.get("espeak", {}).get("voice"))
    language = next((name for name in named if isinstance(name, str) and _LANGUAGE.fullmatch(name)), "und")
    tag = re.sub("[^a-z0-9._-]", "-", model.stem.lower())
    return VoiceInfo(
        id=f"piper-{tag}"[:64],
        name=model.stem,
        sex="unknown",
        languages=(language.replace("_", "-"),),
        licence="see the voice's model card",
        engine="Piper, run as a program of its own",
        notation=True,
    )


def _description(model: Path) -> dict[str, Any]:
    """What the voice's own file says of it; empty if there is none that can be read."""
    try:
        found = json.loads(Path(f"{model}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {key: value for key, value in found.items() if isinstance(value, dict)}


def _rate(model: Path) -> int:
    """Samples per second; 0 if its description says what none can be."""
    rate = _description(model).get("audio", {}).get("sample_rate", _RATE)
    return rate if type(rate) is int and _RATES[0] <= rate <= _RATES[1] else 0


def _run(model: Path, line: str, sound: Path, settings: Settings) -> None:
    command = [settings.piper_program, "--model", str(model), "--output_file", str(sound)]
    command += ["--sentence_silence", str(_PAUSE_S)]
    patience_s = _PATIENCE_S[0] + _PATIENCE_S[1] * len(line)
    try:
        done = subprocess.run(  # noqa: S603 (the owner's own program; the text goes to its standard input)
            command, input=line.encode(), capture_output=True, timeout=patience_s, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CountenanceError(Finding(PROGRAM_FAILED, file=model.name, detail=f"{error}.")) from error
    if done.returncode or not sound.is_file():
        last = done.stderr.decode(errors="replace").strip()[-_SAID_SHOWN:]
        detail = f"It ended with {done.returncode} and said: {last or 'nothing'}"
        raise CountenanceError(Finding(PROGRAM_FAILED, file=model.name, detail=detail))
