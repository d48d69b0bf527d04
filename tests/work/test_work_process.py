"""How a task's process speaks, fails and ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

BUSY = """
import hashlib, sys
from countenance.work.ending import end_with_parent
end_with_parent()
print("ready", flush=True)
hashlib.pbkdf2_hmac("sha512", b"a", b"b", 100_000_000)
"""
"""A minute inside a library, in which the interpreter sees no signal."""


def started(*arguments: str, **more: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **more
    )


def seconds_until_the_end(child: subprocess.Popen[str]) -> float:
    began = time.monotonic()
    child.wait(timeout=20)
    return time.monotonic() - began


def told(task: str, folder: Path, given: object) -> tuple[int, list[dict[str, Any]], str]:
    (folder / "task.json").write_text(json.dumps(given))
    command = [sys.executable, "-m", "countenance.work", task, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


@pytest.mark.parametrize(
    ("error", "status"),
    [("CountenanceError(Finding(CANNOT_STORE))", 74), ("OSError(28, 'full')", 74), ("OSError(2, 'gone')", 70)],
)
def test_a_full_disk_is_not_told_of_the_material(tmp_path: Path, error: str, status: int) -> None:
    program = (
        "from countenance.engine.errors import CANNOT_STORE\n"
        "from countenance.errors import CountenanceError, Finding\n"
        "from countenance.work import __main__, transcribe\n"
        f"def run(*_): raise {error}\n"
        "transcribe.run = run\n"
        f"__main__.main(['transcribe', {str(tmp_path)!r}])\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, stdin=subprocess.DEVNULL)
    assert (ended.returncode, ended.stdout) == (status, b"")


def test_it_ends_soon_whatever_it_is_doing() -> None:
    with started("-c", BUSY) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        child.send_signal(signal.SIGTERM)
        assert seconds_until_the_end(child) < 10.0
        assert child.returncode == 143


def test_it_ends_when_its_input_does() -> None:
    with started("-c", BUSY) as child:
        assert child.stdout is not None
        assert child.stdin is not None
        assert child.stdout.readline() == "ready\n"
        child.stdin.close()
        assert seconds_until_the_end(child) < 10.0


def test_it_dies_with_its_parent() -> None:
    """Its input stays open: somebody else holds the pipe."""
    script = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BUSY!r}])"
    reader, writer = os.pipe()
    with subprocess.Popen([sys.executable, "-c", script], stdin=reader, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "ready\n"
        parent.kill()
        began = time.monotonic()
        assert parent.stdout.read() == "", "the end comes when nobody has the pipe any more"
        assert time.monotonic() - began < 10.0
    os.close(reader)
    os.close(writer)


def test_a_users_problem_is_told_and_no_crash(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("no film")
    claim = {"material": "footage", "subject": "self", "account": "w1", "footage": "a.mp4"}
    code, lines, _ = told("check", tmp_path, claim)
    assert code == 0
    assert [line["event"] for line in lines] == ["failed"]
    assert [finding["rule"] for finding in lines[0]["findings"]] == ["consent.needed"]
    assert not (tmp_path / "warrant").exists()


def test_a_fault_of_ours_is_a_crash(tmp_path: Path) -> None:
    code, lines, errors = told("transcribe", tmp_path, {"name": "Ada Lovelace"})
    assert (code, lines) == (70, [])
    assert "Traceback" in errors
    assert "task.json: media: missing" in errors
    assert "Lovelace" not in errors


@pytest.mark.parametrize("arguments", [(), ("check",), ("sing", "."), ("check", "/nowhere")])
def test_a_wrong_command_line_is_told(arguments: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "countenance.work", *arguments], capture_output=True, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 64


def test_progress_never_falls_and_is_told_seldom(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from countenance.progress import Progress\n"
        "from countenance.work.line import Line\n"
        "line = Line(Path(sys.argv[1]), 'train'); print('what a library prints')\n"
        "for k in range(1000): line.progress(Progress('watch', float(sys.argv[2]) + k / 1e6))\n"
    )
    told = []
    for at in ("0.5", "0.1"):
        done = subprocess.run([sys.executable, "-c", script, str(tmp_path), at], capture_output=True, text=True)
        told.append([json.loads(line)["fraction"] for line in done.stdout.splitlines()])
        assert "what a library prints" in done.stderr
    assert told[0][0] == told[1][0] == 0.5
    assert len(told[0]) <= 3
