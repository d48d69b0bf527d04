"""A training whose process is killed goes on from what it had, and comes to the same."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rough import PROGRAM, learn_roughly

from countenance.engine import pieces, watch
from countenance.engine.checkpoint import is_whole, opened
from countenance.engine.options import TrainOptions
from countenance.engine.replica import describe, file_sha256
from countenance.engine.train import train
from countenance.errors import Span
from countenance.people.face import FaceMesh, FaceTracker
from countenance.settings import Settings

SETTINGS = Settings(threads=1, refine_s=0.0, personal_voice=False)
PIECE = 25
PREVIEW_S, USABLE_S = 6.5, 10.5
KILLED_AT = 70
"""frames after the preview's"""
KILLED = f"""{PROGRAM}
import os, signal, sys
from pathlib import Path
from countenance.engine import pieces
from countenance.engine.options import TrainOptions
from countenance.engine.train import train
from countenance.settings import Settings
from countenance.errors import Span
footage, out, kept, piece, preview_s, usable_s, killed_at = sys.argv[1:]
pieces.PIECE_FRAMES = int(piece)
seen = 0
def told(progress):
    global seen
    seen += progress.stage == "watch all"
    if seen == int(killed_at):
        os.kill(os.getpid(), signal.SIGKILL)
usable = (Span(0.0, float(usable_s)),)
options = TrainOptions(synthetic=True, usable=usable, preview_s=float(preview_s), checkpoints=Path(kept))
settings = Settings(threads=1, refine_s=0.0, personal_voice=False)
train(Path(footage), Path(out), settings, options=options, progress=told)
"""


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The times of the pictures that are looked at."""
    times: list[float] = []

    class Counting(FaceTracker):
        def track(self, rgb: np.typing.NDArray[np.uint8], time_s: float) -> FaceMesh | None:
            times.append(time_s)
            return super().track(rgb, time_s)

    monkeypatch.setattr(watch, "FaceTracker", Counting)
    monkeypatch.setattr(pieces, "PIECE_FRAMES", PIECE)
    return times


def test_killed_while_it_watches(
    short_footage: Path, tmp_path: Path, watched: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    learn_roughly(monkeypatch)
    out, kept = tmp_path / "replica", tmp_path / "kept"
    arguments = [short_footage, out, kept, PIECE, PREVIEW_S, USABLE_S, KILLED_AT]
    killed = subprocess.run([sys.executable, "-c", KILLED, *map(str, arguments)])
    assert killed.returncode == -9
    preview = describe(out)
    assert preview["tier"] == "preview"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept.glob("*.safetensors")} == {0o600}
    told: list[str] = []
    usable = (Span(0.0, USABLE_S),)
    options = TrainOptions(synthetic=True, usable=usable, preview_s=PREVIEW_S, checkpoints=kept)
    train(short_footage, out, SETTINGS, options=options, progress=lambda p: told.append(p.stage))
    again = list(watched)
    watched.clear()
    train(short_footage, tmp_path / "whole", SETTINGS, options=replace(options, checkpoints=None))
    left = USABLE_S * 25 - PREVIEW_S * 25 - KILLED_AT
    measured = len(watched) - USABLE_S * 25
    assert measured < 5, "nothing but the footage is looked at with this tracker"
    assert left - 2 <= len(again) <= left + PIECE + 2
    assert "preview" not in told
    assert not kept.exists()
    final, whole = describe(out), describe(tmp_path / "whole")
    assert (final["tier"], final["id"]) == ("final", preview["id"])
    assert final["hashes"] == whole["hashes"]
    assert final["metrics"] == whole["metrics"]


def test_what_is_for_something_else_is_deleted(tmp_path: Path) -> None:
    kept = opened(tmp_path / "kept", {"footage": "a"})
    kept.keep("voice", {"weights": np.arange(3.0)}, {"used": True})
    again = opened(tmp_path / "kept", {"footage": "a"})
    found = again.kept("voice")
    assert again.replica_id == kept.replica_id
    assert found is not None
    assert (found[0]["weights"].tolist(), found[1]) == ([0.0, 1.0, 2.0], {"used": True})
    other = opened(tmp_path / "kept", {"footage": "b"})
    assert other.kept("voice") is None
    assert other.replica_id != kept.replica_id
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["key.json"]


def test_the_id_that_was_given_stays(tmp_path: Path) -> None:
    kept = opened(tmp_path / "kept", {}, "r1")
    kept.keep("voice", {}, {"used": True})
    again = opened(tmp_path / "kept", {}, "r1")
    assert (kept.replica_id, again.replica_id, again.kept("voice")) == ("r1", "r1", ({}, {"used": True}))
    other = opened(tmp_path / "kept", {}, "r2")
    assert (other.replica_id, other.kept("voice")) == ("r2", None)


def test_what_was_learned_is_not_learned_again(tmp_path: Path) -> None:
    kept = opened(tmp_path / "kept", {})
    assert kept.once("voice", lambda: (None, {"used": False})) == (None, {"used": False})
    assert kept.once("voice", lambda: pytest.fail("again")) == (None, {"used": False})
    kept.once("net", lambda: ({"w": np.ones(2)}, {"used": True}))
    arrays, told = opened(tmp_path / "kept", {}).once("net", lambda: pytest.fail("again"))
    assert arrays is not None
    assert (arrays["w"].tolist(), told) == ([1.0, 1.0], {"used": True})
    assert not kept.is_made(tmp_path / "nowhere")


def test_what_is_damaged_is_none(tmp_path: Path) -> None:
    kept = opened(tmp_path / "kept", {})
    kept.keep("voice", {}, {"used": False})
    assert kept.kept("voice") == ({}, {"used": False})
    (kept.folder / "voice.safetensors").write_bytes(b"half a fi")
    assert kept.kept("voice") is None
    clip = tmp_path / "clip.mp4"
    assert not is_whole(clip, "")
    clip.write_bytes(b"clip")
    assert is_whole(clip, file_sha256(clip))
    (kept.folder / "key.json").write_text(json.dumps(["no", "key"]))
    assert opened(kept.folder, {}).replica_id != kept.replica_id
