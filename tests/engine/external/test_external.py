"""Engines in processes of their own: what they are told, how they fail, how they are stopped."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from typing import Any

import pytest
from fake_engines import COUNT, SOUND, pictures, rule_of, speak, write

from countenance.engine.external.call import Call, speak_externally
from countenance.engine.external.doctor import examine
from countenance.engine.external.manifest import engine_of, engines, read
from countenance.engine.external.process import Report
from countenance.errors import CountenanceError
from countenance.media.limits import Limits
from countenance.settings import Settings


@pytest.mark.parametrize("how", ["well", "progress bar", "one less"])
def test_as_many_pictures_come_out_as_went_in(tmp_path: Path, how: str) -> None:
    told: list[Report] = []
    made = speak(write(tmp_path, how, progress=r"(\d+)%\|"), tmp_path / "work", told)
    wanted = [100.0 + index for index in range(COUNT)]
    if how == "one less":
        wanted[-1] = wanted[-2]
    assert made == pytest.approx(wanted, abs=3)
    fractions = [report.fraction for report in told]
    assert fractions == sorted(fractions)
    assert fractions[-1] >= 0.95


@pytest.mark.parametrize(
    ("how", "rule"),
    [
        ("crash", "engine.external_failed"),
        ("nothing", "engine.external_bad_result"),
        ("half", "engine.external_bad_result"),
        ("out of memory", "engine.external_out_of_memory"),
    ],
)
def test_what_goes_wrong_is_said(tmp_path: Path, how: str, rule: str) -> None:
    with pytest.raises(CountenanceError) as error:
        speak(write(tmp_path, how, out_of_memory={"smaller": ["--small"]}), tmp_path / "work")
    assert rule_of(error) == rule
    assert how != "crash" or "no such layer" in str(error.value)


def test_less_memory_is_tried_once(tmp_path: Path) -> None:
    path = write(tmp_path, "out of memory at first", out_of_memory={"smaller": ["--small"]})
    assert len(speak(path, tmp_path / "work")) == COUNT


def test_a_deadline_ends_the_engine_and_all_that_it_started(tmp_path: Path) -> None:
    path = write(tmp_path, "hang", deadline={"start_s": 1.5, "per_second": 0.0})
    with pytest.raises(CountenanceError) as error:
        speak(path, tmp_path / "work")
    assert rule_of(error) == "engine.external_deadline"
    assert is_gone(int((tmp_path / "work" / "child").read_text()))


def test_cancelling_ends_the_engine_and_all_that_it_started(tmp_path: Path) -> None:
    class Stop(Exception):
        pass

    child = tmp_path / "child"

    def tick() -> None:
        if child.exists():
            raise Stop

    call = Call(read(write(tmp_path, "hang")))
    with pytest.raises(Stop):
        list(speak_externally(call, pictures(), SOUND, tmp_path, Limits(), tick=tick))
    assert is_gone(int(child.read_text()))


def is_gone(process: int) -> bool:
    """A child of a process that was ended belongs to init and may take a moment to be buried."""
    for _ in range(50):
        try:
            state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.1)
    return False


def test_secrets_of_this_process_are_not_the_engines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTENANCE_SIGNING_KEY_PEM", "secret")
    with pytest.raises(CountenanceError) as error:
        speak(write(tmp_path, "environment", environment={"FAKE_HOME": "/opt"}), tmp_path / "work")
    assert "FAKE_HOME" in str(error.value)
    assert "COUNTENANCE" not in str(error.value)
    assert os.environ["COUNTENANCE_SIGNING_KEY_PEM"] == "secret"


def test_an_engine_that_may_not_be_sold_needs_a_word(tmp_path: Path) -> None:
    path = write(tmp_path, licence={"code": "CC-BY-NC-4.0", "commercial": False, "text": "Research only."})
    with pytest.raises(CountenanceError) as error:
        speak(path, tmp_path / "work")
    assert rule_of(error) == "engine.external_not_accepted"
    assert "Research only" in str(error.value)
    assert len(speak(path, tmp_path / "work", accepted=True)) == COUNT


def test_what_an_engine_lacks_is_told_piece_by_piece(tmp_path: Path) -> None:
    path = write(tmp_path)
    (path.parent / "altered.pth").write_bytes(b"other numbers")
    (path.parent / "right.pth").write_bytes(b"numbers")
    right = hashlib.sha256(b"numbers").hexdigest()
    files = [("missing.pth", "0" * 64), ("altered.pth", right), ("right.pth", right)]
    weights = [{"path": name, "sha256": sha256, "licence": "MIT", "source": "its page"} for name, sha256 in files]
    path = write(tmp_path, weights=weights, needs={"gpu": True, "memory_gb": 1e6}, command=NOWHERE)
    found = {problem.rule.id.removeprefix("engine.external_"): problem for problem in examine(read(path))}
    assert set(found) - {"no_gpu"} == {"weights_missing", "weights_altered", "command_missing", "low_memory"}
    assert found["weights_missing"].file.endswith("missing.pth")
    assert "MIT" in found["weights_missing"].detail


NOWHERE = ["{folder}/nowhere", "{clip}", "{sound}", "{out}"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"command": []}, "command"),
        ({"command": ["run", "{clip}", "{sound}"]}, "{out} is missing"),
        ({"command": ["run", "{clip}", "{sound}", "{out}", "{gpu}"]}, "{gpu} is not one of"),
        ({"id": "built-in"}, "id"),
        ({"id": "../x"}, "id"),
        ({"contract": 2}, "contract"),
        ({"progress": "("}, "regular expression"),
        ({"colour": "red"}, "colour"),
        ({"licence": {"code": "MIT"}}, "commercial"),
    ],
)
def test_a_manifest_that_cannot_be_used_says_why(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(CountenanceError) as error:
        read(write(tmp_path, **changes))
    assert rule_of(error) == "engine.external_manifest"
    assert words in error.value.finding.detail


def test_engines_are_found_in_the_owners_folder(tmp_path: Path) -> None:
    path = write(tmp_path)
    settings = Settings(engines_dir=path.parents[1])
    assert list(engines(settings)[0]) == ["fake"]
    assert engine_of("fake", settings).folder == path.parent
    with pytest.raises(CountenanceError) as error:
        engine_of("muse", settings)
    assert "built-in, fake" in error.value.finding.detail
    assert engines(Settings()) == ({}, ())


def test_a_manifest_is_toml(tmp_path: Path) -> None:
    path = write(tmp_path)
    path.write_text("id = ")
    with pytest.raises(CountenanceError) as error:
        read(path)
    assert rule_of(error) == "engine.external_manifest"
