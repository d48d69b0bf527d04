"""External engines that break the contract in odd ways, and descriptions of engines that cannot be used."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from fake_engines import COUNT, SOUND, pictures, rule_of, speak, write

from countenance.engine.external.call import Call, speak_externally
from countenance.engine.external.doctor import examine
from countenance.engine.external.manifest import engine_of, engines, read
from countenance.engine.external.process import Report, run
from countenance.errors import CountenanceError
from countenance.media.limits import Limits
from countenance.settings import Settings


@pytest.mark.parametrize("how", ["garbage", "empty", "cut"])
def test_a_file_that_is_no_video_is_the_engines_fault(tmp_path: Path, how: str) -> None:
    with pytest.raises(CountenanceError) as error:
        speak(write(tmp_path, how), tmp_path / "work")
    assert rule_of(error) == "engine.external_bad_result"


def test_a_result_may_be_larger_than_a_recording(tmp_path: Path) -> None:
    call = Call(read(write(tmp_path)))
    assert len([*speak_externally(call, pictures(), SOUND, tmp_path, Limits(file_bytes=10))]) == COUNT


@pytest.mark.parametrize(
    ("first_line", "environment"), [("#!/nowhere/python\n", {}), ("#!/bin/sh\n", {"A": "x\0y"}), ("", {})]
)
def test_a_program_that_cannot_be_started_has_failed(
    tmp_path: Path, first_line: str, environment: dict[str, str]
) -> None:
    program = tmp_path / "run.sh"
    program.write_bytes(first_line.encode() or b"\x7fELF and no more")
    program.chmod(0o755)
    with pytest.raises(CountenanceError) as error:
        run([str(program)], tmp_path, environment, deadline_s=5.0)
    assert rule_of(error) == "engine.external_failed"


def test_progress_that_is_no_number_is_passed_over(tmp_path: Path) -> None:
    told: list[Report] = []
    assert len(speak(write(tmp_path, "progress bar", progress=r"(\d+%|nothing)"), tmp_path / "work", told)) == COUNT
    assert told == []


def test_what_an_engine_started_does_not_keep_it_running(tmp_path: Path) -> None:
    began = time.monotonic()
    assert len(speak(write(tmp_path, "child"), tmp_path / "work")) == COUNT
    assert time.monotonic() - began < 30.0


def test_memory_that_ran_out_is_known_by_a_regular_expression(tmp_path: Path) -> None:
    for pattern, rule in (("CUDA .* memory", "out_of_memory"), ("", "failed")):
        path = write(tmp_path, "out of memory", out_of_memory={"pattern": pattern})
        with pytest.raises(CountenanceError) as error:
            speak(path, tmp_path / "work")
        assert rule_of(error) == f"engine.external_{rule}"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"progress": r"\d+%"}, "no group"),
        ({"environment": {"A=B": "1"}}, "A=B"),
        ({"deadline": {"start_s": -1.0}}, "deadline.start_s"),
        ({"deadline": {"per_second": float("nan")}}, "deadline.per_second"),
        ({"deadline": {"start_s": float("inf")}}, "deadline.start_s"),
    ],
)
def test_figures_and_patterns_that_mean_nothing_are_refused(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    path = write(tmp_path, **changes)
    text = path.read_text("utf-8").replace("NaN", "nan").replace("Infinity", "inf")
    path.write_text(text.replace("A=B", chr(34) + "A=B" + chr(34)), "utf-8")
    with pytest.raises(CountenanceError) as error:
        read(path)
    assert words in error.value.finding.detail


def test_a_description_of_endless_depth_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "engine.toml"
    path.write_text("a = " + "[" * 20_000)
    with pytest.raises(CountenanceError) as error:
        read(path)
    assert rule_of(error) == "engine.external_manifest"


def test_a_relative_program_lies_beside_its_description(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, command=["./run.sh", "{clip}", "{sound}", "{out}"])
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run.sh").write_text("#!/bin/sh\nexit 7\n")
    (tmp_path / "run.sh").chmod(0o755)
    assert [problem.rule.id for problem in examine(read(path))] == ["engine.external_command_missing"]
    (tmp_path / "run.sh").rename(path.parent / "run.sh")
    assert examine(read(path)) == ()
    with pytest.raises(CountenanceError) as error:
        speak(path, tmp_path / "work")
    assert "exit code 7" in error.value.finding.detail


def test_one_bad_description_hides_no_other_engine(tmp_path: Path) -> None:
    path = write(tmp_path)
    folder = path.parents[1]
    (folder / "bad").mkdir()
    (folder / "bad" / "engine.toml").write_text("id = ")
    settings = Settings(engines_dir=folder)
    assert engine_of("fake", settings).id == "fake"
    usable, problems = engines(settings)
    assert [*usable] == ["fake"]
    assert [problem.file for problem in problems] == [str(folder / "bad" / "engine.toml")]
    (folder / "bad" / "engine.toml").write_text(path.read_text("utf-8"), "utf-8")
    with pytest.raises(CountenanceError) as error:
        engine_of("fake", settings)
    assert str(folder / "bad") in str(error.value.findings[1].detail)
    assert str(path.parent) in str(error.value.findings[1].detail)
