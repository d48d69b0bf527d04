"""check and train: what they refuse, what they promise on stdout and stderr, what they leave behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from countenance.cli.exits import Exit
from countenance.stock.clips import CONSENT_NAME, consent_clip

Command = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("looked_at_once")


def test_footage_that_may_train(short_footage: Path, command: Command) -> None:
    done = command("check", short_footage, "--synthetic", "--json")
    assert done.code == Exit.OK, done.result
    assert set(done.result) == {"ok", "findings", "report", "consent", "claim", "material", "subject"}
    assert done.result["report"]["duration_s"] == pytest.approx(13.0, abs=0.1)
    told = command("check", short_footage)
    assert told.code == Exit.OK
    assert "This may train a replica." in told.out
    assert "\x1b" not in told.out + told.err


def test_consent_is_judged_with_the_footage(short_footage: Path, command: Command) -> None:
    done = command("check", short_footage, "--consent", consent_clip(), "--name", CONSENT_NAME, "--json")
    assert done.code == Exit.OK, done.result
    assert done.result["consent"]["decision"] == "accepted"
    assert {line["stage"] for line in done.progress} >= {"check footage", "listen", "compare"}


def test_a_consent_in_another_name_trains_nobody(short_footage: Path, tmp_path: Path, command: Command) -> None:
    out = tmp_path / "r"
    done = command("train", short_footage, "--consent", consent_clip(), "--name", "Bob Summer", "--out", out, "--json")
    assert done.code == Exit.REFUSED
    assert done.result["error"]["rule"].startswith("consent.name")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("as_json", [False, True])
def test_nobody_is_trained_without_consent(
    short_footage: Path, as_json: bool, tmp_path: Path, command: Command
) -> None:
    done = command("train", short_footage, "--out", tmp_path / "r", *(["--json"] if as_json else []))
    assert done.code == Exit.REFUSED
    assert "consent.needed" in done.out + done.err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_else_is_not_touched(short_footage: Path, tmp_path: Path, command: Command) -> None:
    (tmp_path / "holiday.jpg").write_text("not a replica")
    done = command("train", short_footage, "--synthetic", "--out", tmp_path, "--json")
    assert done.code == Exit.INPUT
    assert done.result["error"]["rule"] == "engine.place_taken"
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.jpg"]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (("check", "{}/nothing here.mp4"), "media.file_missing"),
        (("check", "{}"), "media.not_a_file"),
        (("train", "{}/nothing here.mp4", "--synthetic", "--out", "{}/r"), "media.file_missing"),
        (("say", "{}", "--script", "hello", "--out", "{}/v.mp4"), "engine.not_a_replica"),
    ],
)
def test_what_is_named_must_be_there(line: tuple[str, ...], rule: str, tmp_path: Path, command: Command) -> None:
    done = command(*(word.format(tmp_path) for word in line), "--json")
    assert done.code == Exit.INPUT
    assert done.result["error"]["rule"] == rule
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_training_leaves_nothing(
    sent: signal.Signals, knowing_program: str, short_footage: Path, tmp_path: Path
) -> None:
    arguments = ["train", str(short_footage), "--synthetic", "--out", str(tmp_path / "r"), "--json"]
    process = subprocess.Popen(
        [sys.executable, "-c", knowing_program, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "COUNTENANCE_THREADS": "1"},
        # A shell that runs the tests in the background has made them, and so this process, deaf to Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    assert process.stderr is not None
    for line in process.stderr:
        if json.loads(line)["stage"] == "watch":
            break
    process.send_signal(sent)
    out, err = process.communicate(timeout=60)
    assert process.returncode == {signal.SIGINT: Exit.INTERRUPTED, signal.SIGTERM: Exit.TERMINATED}[sent]
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []
    told = {signal.SIGINT: "cli.interrupted", signal.SIGTERM: "cli.terminated"}[sent]
    assert json.loads(out)["error"]["rule"] == told


@pytest.mark.real_data
def test_faulty_recordings_are_refused_without_a_stack_trace(
    shared_data: Path, tmp_path: Path, command: Command
) -> None:
    """One of each sort: `tests/test_defects.py` looks at all of them."""
    for name in (
        "empty_44_bytes.wav",
        "too_short_single_face_2s.mp4",
        "no_face_animation.mp4",
        "broken_no_duration.webm",
    ):
        file = tmp_path / f"a name with spaces & 'quotes' ü {name}"
        shutil.copy(shared_data / "defects" / name, file)
        done = command("check", file, "--json")
        assert done.code == Exit.REFUSED, name
        assert done.result["ok"] is False
        assert done.result["error"]["severity"] == "error"
        assert done.result["error"]["remedy"]
        fractions = [line["fraction"] for line in done.progress]
        assert fractions == sorted(fractions)
        trained = command("train", file, "--synthetic", "--out", tmp_path / "replica", "--json")
        assert trained.code == Exit.REFUSED, name
        assert trained.result["error"]["rule"] == done.result["error"]["rule"]
        assert not (tmp_path / "replica").exists()
