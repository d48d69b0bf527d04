"""Progress on stderr: lines for programs and logs, a bar only where there is a terminal."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys

import pytest

from countenance.cli.progress import shown
from countenance.progress import Progress

REPORTS = (
    Progress("watch", 0.0),
    Progress("watch", 0.1, 9.0),
    Progress("learn", 0.5, 130.0),
    Progress("learn", 1.0, 0.0),
    Progress("learn", 1.0, 0.0),
)


def _show(as_json: bool) -> None:
    with shown(as_json=as_json) as callback:
        for report in REPORTS:
            callback(report)


def test_json_lines_have_the_promised_keys(capsys: pytest.CaptureFixture[str]) -> None:
    _show(as_json=True)
    out, err = capsys.readouterr()
    lines = [json.loads(line) for line in err.splitlines()]
    assert out == ""
    assert all(set(line) == {"stage", "fraction", "seconds_left", "elapsed_s"} for line in lines)
    assert [(line["stage"], line["fraction"]) for line in lines] == [("watch", 0.0), ("learn", 0.5), ("learn", 1.0)]
    assert lines[0]["seconds_left"] is None


def test_a_log_gets_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    _show(as_json=False)
    out, err = capsys.readouterr()
    assert out == ""
    assert "\x1b" not in err
    assert "\r" not in err
    assert [line.split("  ")[-1] for line in err.splitlines()] == ["watch", "learn, about 2 min left", "learn"]


def test_a_terminal_gets_a_bar_with_stage_percent_and_time_left() -> None:
    code = (
        "from countenance.cli.progress import shown\n"
        "from countenance.progress import Progress\n"
        "with shown(as_json=False) as callback:\n"
        "    for fraction in (0.25, 0.5):\n"
        "        callback(Progress('watch', fraction, 42.0))\n"
    )
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    done = subprocess.run([sys.executable, "-c", code], stderr=theirs, stdout=subprocess.PIPE, env=environment)
    os.close(theirs)
    seen = os.read(ours, 100_000).decode()
    os.close(ours)
    assert (done.returncode, done.stdout) == (0, b"")
    for wanted in ("watch", "50%", "about 42 s left", "\x1b["):
        assert wanted in seen
