"""say --script-file: what is to be said, from a file or from standard input."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from countenance.cli import say as module
from countenance.cli.exits import Exit
from countenance.cli.script import read_script
from countenance.engine.render import RenderOptions

Command = Callable[..., Any]


class Reached(Exception):
    pass


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, RenderOptions]]:
    """What rendering was asked for; nothing is rendered."""
    seen: list[tuple[str, RenderOptions]] = []

    def render(*_: object, script: str, options: RenderOptions, **__: object) -> None:
        seen.append((script, options))
        raise Reached

    monkeypatch.setattr("countenance.work.speaking.render_replica", render)
    return seen


def test_a_file_is_said_and_kept(tmp_path: Path, command: Command, asked: list[tuple[str, RenderOptions]]) -> None:
    file = tmp_path / "script.txt"
    file.write_bytes("\ufeffHello, Zoë.\n".encode())
    command("say", tmp_path, "--script-file", file, "--out", tmp_path / "v.mp4", "--json")
    ((script, options),) = asked
    assert (script, options.inputs) == ("Hello, Zoë.\n", (file,))


def test_standard_input_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"Hello.")))
    assert read_script(Path("-")) == "Hello."


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (None, "media.file_missing"),
        (b"", "media.empty_file"),
        (b"caf\xe9", "cli.script_no_text"),
        (b"x" * 200_001, "voice.script_too_long"),
    ],
)
def test_what_is_no_script(
    content: bytes | None, rule: str, tmp_path: Path, command: Command, asked: list[tuple[str, RenderOptions]]
) -> None:
    file = tmp_path / "script.txt"
    if content is not None:
        file.write_bytes(content)
    done = command("say", tmp_path, "--script-file", file, "--out", tmp_path / "v.mp4", "--json")
    assert (done.code, done.result["error"]["rule"], asked) == (Exit.INPUT, rule, [])


@pytest.mark.parametrize("other", [("--script", "Hello."), ("--audio", "a.wav")])
def test_there_is_one_source(other: tuple[str, str], tmp_path: Path, command: Command) -> None:
    done = command("say", tmp_path, "--script-file", tmp_path / "s.txt", *other, "--out", tmp_path / "v.mp4", "--json")
    assert (done.code, done.result["error"]["rule"]) == (Exit.USAGE, "cli.usage")


def test_times_are_told_to_the_millisecond() -> None:
    told = {
        "duration_s": 1.2000000001,
        "sentences": [{"text": "Hi.", "start_s": 0.25000000000000006, "resumes_s": (0.30000001,)}],
    }
    assert module._rounded(told) == {
        "duration_s": 1.2,
        "sentences": [{"text": "Hi.", "start_s": 0.25, "resumes_s": [0.3]}],
    }
