"""Folders in which replicas are made, and what is left of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from countenance.engine.workplace import put_in_place, sweep, work_folder


def made(work: Path, text: str) -> Path:
    part = work / "replica"
    part.mkdir()
    (part / "what").write_text(text)
    return part


def test_what_is_finished_takes_its_place_and_nothing_is_left(tmp_path: Path) -> None:
    place = tmp_path / "deeper" / "ada (1)+"
    for text in ("older", "newer"):
        with work_folder(place) as work:
            assert work.stat().st_mode & 0o077 == 0
            put_in_place(made(work, text), place)
        assert (place / "what").read_text() == text
        assert list(place.parent.iterdir()) == [place]


def test_the_older_one_comes_back_if_the_newer_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "ada"
    with work_folder(place) as work:
        put_in_place(made(work, "older"), place)
    with work_folder(place) as work, pytest.raises(FileNotFoundError):
        put_in_place(work / "nothing", place)
    assert (place / "what").read_text() == "older"
    assert list(tmp_path.iterdir()) == [place]


def killed(place: Path, steps: str) -> None:
    """A process that dies in the middle of `work_folder`."""
    code = f"""
import os
from pathlib import Path
from countenance.engine.workplace import work_folder
place = Path({str(place)!r})
with work_folder(place) as work:
    part = work / "replica"
    part.mkdir()
    (part / "what").write_text("newer")
    {steps}
    os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", code]).returncode == 9


def test_what_a_killed_process_left_is_swept_by_the_next(tmp_path: Path) -> None:
    place = tmp_path / "ada"
    (tmp_path / ".ada-notes-x").mkdir()
    (tmp_path / ".adam-1-x").mkdir()
    killed(place, "pass")
    assert len(list(tmp_path.glob(".ada-*-*"))) == 2
    with work_folder(place) as own:
        sweep(place)
        assert own.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".ada-notes-x", ".adam-1-x"]


def test_a_process_killed_between_the_two_steps_loses_nothing(tmp_path: Path) -> None:
    place = tmp_path / "ada"
    with work_folder(place) as work:
        put_in_place(made(work, "older"), place)
    killed(place, 'place.rename(work / "replica-older")')
    assert not place.exists()
    sweep(place)
    assert (place / "what").read_text() == "older"
    assert list(tmp_path.iterdir()) == [place]
