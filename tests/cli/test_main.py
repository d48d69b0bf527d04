"""The command line as a whole: usage, settings, start-up, faults, and that a mistake is never a stack trace."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from countenance import __version__
from countenance.cli import studio
from countenance.cli.exits import Exit
from countenance.cli.main import app

MANUAL = (Path(__file__).parents[2] / "docs/cli.md").read_text(encoding="utf-8")
Command = Callable[..., Any]


@pytest.mark.parametrize(
    "line",
    [
        "check",
        "check a.mp4 b.mp4",
        "check a.mp4 --no-such-option",
        "check a.mp4 --consent c.mp4",
        "check a.mp4 --name Ada --synthetic",
        "check a.mp4 --phrase 0011223344556677",
        "check a.mp4 --language de",
        "check a.mp4 --synthetic --subject ghost",
        "check a.mp4 --reviewed",
        "check a.mp4 --consent c.mp4 --name Ada --synthetic",
        "train a.mp4 --synthetic",
        "train a.mp4 --out r --consent c.mp4",
        "train a.mp4 --out r --synthetic --budget soon",
        "train a.mp4 --out r --synthetic --budget 0",
        "say r --out v.mp4",
        "say r --out v.mp4 --script hello --audio a.wav",
        "say r --script hello",
        "say r --out v.mp4 --audio a.wav --voice kumo",
        "say r --out v.mp4 --script hello --fall-back",
        "say r --out v.mp4 --script hello --device tpu",
        "statement",
        "dance",
        "--no-such-option",
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_wrong_usage(line: str, as_json: bool, command: Command) -> None:
    done = command(*line.split(), *(["--json"] if as_json else []))
    assert done.code == Exit.USAGE
    assert "Traceback" not in done.err
    if as_json:
        assert (done.result["ok"], done.result["error"]["rule"], done.err) == (False, "cli.usage", "")
    else:
        assert "cli.usage" in done.err
        assert done.out == ""


def test_an_empty_name_is_no_name(command: Command) -> None:
    assert command("statement", "--name", "  ").code == Exit.USAGE
    assert command("check", "a.mp4", "--consent", "c.mp4", "--name", " ").code == Exit.USAGE


def test_version_and_help(command: Command) -> None:
    assert (command("--version").code, command("--version").out) == (Exit.OK, f"countenance {__version__}\n")
    assert command("--help").code == Exit.OK
    alone = command()
    assert alone.code == Exit.USAGE
    assert "Commands" in alone.out + alone.err


def test_the_manual_names_every_command_and_option() -> None:
    commands = dict(_commands(typer.main.get_command(app), ""))
    assert {name.split()[0] for name in commands} == {
        "check", "train", "say", "inspect", "export", "import", "upgrade", "statement", "voices", "engines", "consent",
        "protect", "demo", "doctor", "serve", "worker", "migrate", "keys", "credits",
        "replicas", "videos", "lipsyncs", "transcriptions", "dictionaries", "uploads", "media", "consent-requests",
        "consent-links", "receipts", "webhooks", "deliveries", "workspace", "members", "server",
    }  # fmt: skip
    shared = "".join(line for line in MANUAL.splitlines() if line.startswith("| `--"))
    for name, each in commands.items():
        row = next(line for line in MANUAL.splitlines() if f"`countenance {name}" in line and line.startswith("| "))
        told = row + (shared if "WHO" in row or "SERVER" in row else "")
        for option in (option for parameter in each.params for option in parameter.opts if option.startswith("--")):
            assert option in told or option == "--json", (name, option)


def _commands(group: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for name, each in group.commands.items():
        if hasattr(each, "commands"):
            yield from _commands(each, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", each


def test_a_bad_setting_is_named(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTENANCE_THREADS", "many")
    done = command("doctor", "--json")
    assert done.code == Exit.INPUT
    assert done.result["error"]["rule"] == "cli.bad_setting"
    assert "COUNTENANCE_THREADS" in done.result["error"]["detail"]


@pytest.mark.parametrize("as_json", [False, True])
def test_a_fault_of_ours_is_told_with_its_trace(
    as_json: bool, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise RuntimeError("the wheel came off")

    monkeypatch.setattr(studio, "load_settings", broken)
    done = command("statement", "--name", "Ada", *(["--json"] if as_json else []))
    assert done.code == Exit.INTERNAL
    assert "the wheel came off" in done.err
    if as_json:
        assert done.result["error"]["rule"] == "cli.internal"


def test_an_interruption_is_told(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(studio, "load_settings", interrupted)
    done = command("statement", "--name", "Ada", "--json")
    assert done.code == Exit.INTERRUPTED
    assert done.result["error"]["rule"] == "cli.interrupted"


def test_start_up_loads_nothing_heavy() -> None:
    code = "import sys, countenance.cli.main; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.split())
    assert "typer" in loaded
    assert not loaded & {
        "numpy",
        "cv2",
        "av",
        "mediapipe",
        "onnxruntime",
        "faster_whisper",
        "scipy",
        "pydantic",
        "hibari",
    }


def test_the_module_is_the_command() -> None:
    done = subprocess.run([sys.executable, "-m", "countenance", "--version"], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"countenance {__version__}\n", "")


def test_doctor_finds_all_well_here(command: Command) -> None:
    facts = command("doctor", "--json").result
    assert facts["ok"] is True
    assert facts["packages"]["mediapipe"] == "0.10.31"
    assert facts["cpu"]["cores"] >= 1
    assert facts["memory_gb"] > 0
    assert "libavcodec" in facts["ffmpeg"]
    told = command("doctor")
    assert told.code == Exit.OK
    assert "All is well." in told.out
    assert all(weight["name"][:20] in told.out for weight in facts["weights"])


def test_doctor_tells_what_is_wrong(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("countenance.people.models._VENDORED", Path("/nowhere"))
    done = command("doctor")
    assert done.code == Exit.INTERNAL
    assert re.search(r"face_landmarker.task +missing", done.out)


def test_statement(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTENANCE_ORGANISATION", "Harbour Films")
    done = command("statement", "--name", " Zoë   Müller ")
    assert done.code == Exit.OK
    assert "Zoë Müller" in done.out
    assert "Harbour Films" in done.out
    assert command("statement", "--name", "Zoë Müller", "--json").result["text"] == done.out.strip()


@pytest.mark.parametrize("code", [Exit.INTERRUPTED, Exit.TERMINATED])
def test_a_thread_that_nobody_ends_does_not_keep_a_stopped_process(code: Exit) -> None:
    """As a library may leave one that was stopped just when it started it."""
    ends = f"return {int(code)}" if code is Exit.INTERRUPTED else f"sys.exit({int(code)})"
    program = (
        "import queue, sys, threading\n"
        "from countenance.cli import main\n"
        "def run(_):\n"
        "    threading.Thread(target=queue.SimpleQueue().get).start()\n"
        "    print('told')\n"
        f"    {ends}\n"
        "main.run = run\n"
        "main.main()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (code, "told\n")


@pytest.mark.parametrize("line", [("check", ""), ("train", "", "--out", "r", "--synthetic")])
def test_no_file_at_all_is_wrong_usage(line: tuple[str, ...], command: Command) -> None:
    """An empty variable of a shell, say; it is not the folder one is in."""
    done = command(*line, "--json")
    assert (done.code, done.result["error"]["rule"]) == (Exit.USAGE, "cli.usage")


def test_a_picture_is_no_statement(tmp_path: Path, command: Command) -> None:
    (tmp_path / "portrait.png").write_bytes(b"\x89PNG\r\n\x1a\n0000000000")
    done = command("check", "a.mp4", "--consent", tmp_path / "portrait.png", "--name", "Ada Lovelace", "--json")
    assert (done.code, done.result["error"]["rule"]) == (Exit.USAGE, "cli.usage")
    assert "picture" in done.result["error"]["detail"]
