"""Nothing from outside moves the terminal or breaks the JSON; and `doctor` shows all there is."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from countenance.cli import doctor
from countenance.cli.output import print_json, report_failure
from countenance.errors import Finding
from countenance.voice import alignment
from countenance.voice.errors import SERVICE_FAILED


def test_panels_show_what_a_terminal_would_obey(capsys: pytest.CaptureFixture[str]) -> None:
    detail = "It answered \x1b]0;pwn\x07\x1b[31m\x9b31m\udcff 500\nand more"
    report_failure([Finding(SERVICE_FAILED, detail=detail, file="a\x1bb")], as_json=False)
    told = capsys.readouterr().err
    assert not set(told) & set("\x1b\x07\x9b\udcff")
    assert "and more" in told


def test_json_of_what_is_no_text(capfd: pytest.CaptureFixture[str]) -> None:
    print_json({"file": "a\udcff"})
    assert json.loads(capfd.readouterr().out) == {"file": "a\udcff"}


def test_doctor_knows_every_package_that_is_needed() -> None:
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8")
    needed = re.search(r"^dependencies = \[(.*?)^\]", project, re.DOTALL | re.MULTILINE)
    assert needed is not None
    assert set(doctor._PACKAGES) >= set(re.findall(r'"([a-z0-9-]+)[=><]', needed[1]))


def test_doctor_shows_both_voices_of_one_name(capsys: pytest.CaptureFixture[str]) -> None:
    facts = doctor.examine()
    good = facts["voices"][0]
    broken = {**good, "problem": {"title": "Broken.", "detail": "Its name is taken."}}
    doctor._show({**facts, "voices": [good, broken]})
    told = capsys.readouterr().out
    assert "Its name is taken." in told
    assert re.search(rf"{good['id']} +ready", told)


def test_without_the_aligner_no_process_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alignment, "find_spec", lambda _: None)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("started"))
    chunks = [alignment._Chunk(0.0, 1.0, ("hello",))] * 3
    assert alignment._aligned(np.zeros(16000, np.float32), chunks) == [None] * 3
