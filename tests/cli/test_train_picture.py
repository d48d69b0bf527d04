"""A replica from one picture, by the commands: declared, trained, spoken with, and taken back."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from rough import learn_roughly

from countenance.cli.exits import Exit
from countenance.media.read import frames
from countenance.portrait import script
from countenance.portrait import train as portrait
from countenance.settings import Settings
from countenance.stock.clips import presenter_clip, presenter_truth

Command = Callable[..., Any]
SECONDS = 6.2
SENTENCES = ("Let me know what you think.", "We hope that both of you will visit us at the beach house in July.")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """The presenter with lips closed and eyes open, hardly larger than a picture must be."""
    truth = presenter_truth()
    open_eyes = truth.blink[:500] < 0.01
    calm = int(np.where(open_eyes, np.abs(truth.lip_gap_px[:500]), np.inf).argmin())
    frame = next(frames(presenter_clip(), start_s=calm / truth.fps, max_side=912)).image
    path = tmp_path / "my picture.png"
    left = (frame.shape[1] - frame.shape[0]) // 2
    Image.fromarray(np.ascontiguousarray(frame[:, left : left + frame.shape[0]])).save(path)
    return path


def test_a_picture_needs_its_declaration(picture: Path, short_footage: Path, tmp_path: Path, command: Command) -> None:
    out = tmp_path / "replica"
    for line in (
        ("train", picture, "--out", out),
        ("train", picture, "--synthetic", "--out", out),
        ("train", picture, "--picture-rights", "--name", "Ada Winter", "--out", out),
        ("train", short_footage, "--picture-rights", "--out", out),
        ("check", picture, "--synthetic"),
        ("check", picture, "--name", "Ada Winter"),
        ("check", picture, "--subject", "self"),
        ("check", picture, "--accept-responsibility"),
        ("check", short_footage, "--picture-rights"),
    ):
        done = command(*line, "--json")
        assert (done.code, done.result["error"]["rule"]) == (Exit.USAGE, "cli.usage")
        assert "--picture-rights" in done.result["error"]["detail"]
    assert not out.exists()


def test_a_picture_becomes_a_replica_until_its_declaration_is_taken_back(
    picture: Path, tmp_path: Path, command: Command, own_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No more made footage than can be learned from.
    monkeypatch.setattr(script, "SENTENCES", SENTENCES)
    learn_roughly(monkeypatch)
    monkeypatch.setattr(portrait, "train_from_picture", partial(portrait.train_from_picture, seconds=SECONDS))
    replica, video = tmp_path / "replica", tmp_path / "video.mp4"
    trained = command("train", picture, "--picture-rights", "--out", replica, "--json")
    assert trained.code == Exit.OK, trained.result
    assert trained.result["material"] == "image"
    fractions = [line["fraction"] for line in trained.progress]
    assert fractions == sorted(fractions)
    description = json.loads((replica / "replica.json").read_text())
    assert (description["source"], description["tier"]) == ("image", "final")
    assert SECONDS <= description["picture"]["made_s"] < SECONDS + 6.0, "sentences are spoken to their end"

    said = command("say", replica, "--script", "Hello there.", "--out", video, "--json")
    assert said.code == Exit.OK, said.result
    assert said.result["voice"] == "hibari"
    told = command("inspect", video, "--json").result
    assert (told["receipt"], told["standing"]) == (trained.result["receipt"], "active")
    assert told["replica"]["material"] == "image"
    shown = command("consent", "show", replica, "--json").result["receipt"]
    assert (shown["kind"], shown["material"]) == ("declaration", "image")

    (tmp_path / "copy").mkdir()
    for file in replica.iterdir():
        (tmp_path / "copy" / file.name).write_bytes(file.read_bytes())
    revoked = command("consent", "revoke", trained.result["receipt"], "--yes", "--json")
    assert revoked.code == Exit.OK, revoked.result
    assert not replica.exists()
    assert not picture.exists()
    again = command("say", tmp_path / "copy", "--script", "Hello.", "--out", tmp_path / "again.mp4", "--json")
    assert (again.code, again.result["error"]["rule"]) == (Exit.REFUSED, "consent.revoked")
    assert not (tmp_path / "again.mp4").exists()
