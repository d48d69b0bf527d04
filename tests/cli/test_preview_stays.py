"""A training that ends early says whether a preview is in place."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from countenance.cli.exits import Exit
from countenance.cli.jobs import _preview_told
from countenance.errors import CountenanceError, Finding, Rule
from countenance.stock.clips import presenter_clip

Command = Callable[..., Any]


@pytest.mark.usefixtures("looked_at_once")
@pytest.mark.parametrize(
    ("ends", "code", "first"),
    [
        (KeyboardInterrupt(), Exit.INTERRUPTED, "cli.interrupted"),
        (SystemExit(Exit.TERMINATED), Exit.TERMINATED, "cli.terminated"),
        (CountenanceError(Finding(Rule("engine.cannot_store", "", ""))), Exit.INPUT, "engine.cannot_store"),
        (OSError(errno.ENOSPC, "No space left on device", "w/atlas.part"), Exit.INPUT, "cli.disk_refused"),
    ],
)
def test_what_ends_a_training_tells_of_its_preview(
    ends: BaseException,
    code: Exit,
    first: str,
    short_footage: Path,
    tmp_path: Path,
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Training itself is stood in for: it puts a preview in place and ends."""

    def train(footage: Path, out: Path, settings: object, *, options: Any, progress: object) -> SimpleNamespace:
        out.mkdir()
        (out / "replica.json").write_text("{}")
        options.on_preview(None)
        raise ends

    monkeypatch.setattr("countenance.engine.train.train", train)
    out = tmp_path / "r"
    done = command("train", short_footage, "--synthetic", "--out", out, "--json")
    assert done.code == code
    stopped, stays = done.result["findings"]
    assert (stopped["rule"], stays["rule"], stays["file"]) == (first, "cli.preview_stays", str(out))
    receipt = stays["detail"].split()[-1].rstrip(".")
    assert command("consent", "show", receipt, "--json").result["standing"] == "active"


def test_without_a_preview_nothing_is_added(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), _preview_told(tmp_path, []):
        raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt), _preview_told(tmp_path / "deleted by a revocation", ["r1"]):
        raise KeyboardInterrupt


def test_options_of_the_voice_fit_what_is_trained_from(tmp_path: Path, command: Command) -> None:
    from PIL import Image

    picture = tmp_path / "face.png"
    Image.new("RGB", (64, 64)).save(picture)
    for arguments in (
        (presenter_clip(), "--synthetic", "--voice", "hibari"),
        (picture, "--picture-rights", "--personal-voice"),
    ):
        done = command("train", *arguments, "--out", tmp_path / "r", "--json")
        assert (done.code, done.result["error"]["rule"]) == (Exit.USAGE, "cli.usage")


def test_a_full_disk_is_told_as_such(tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "inside/atlas.part")

    monkeypatch.setattr("countenance.cli.jobs.clear_and_train", full)
    done = command("train", presenter_clip(), "--synthetic", "--out", tmp_path / "r", "--json")
    assert (done.code, done.result["error"]["rule"]) == (Exit.INPUT, "cli.disk_refused")
    assert "No space left on device." in done.result["error"]["message"]
    assert "atlas.part" not in done.out + done.err
