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
    strangers = [
        ".ada-2024-backup",
        ".ada-99999999-x",
        ".ada-countenance-",
        ".adam-countenance-x",
        ".ada-countenance-y",
    ]
    for name in strangers:
        (tmp_path / name).mkdir()
    (tmp_path / ".ada-countenance-z").symlink_to(tmp_path)
    killed(place, "pass")
    assert len(list(tmp_path.iterdir())) == len(strangers) + 2
    with work_folder(place) as own:
        sweep(place)
        assert own.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*strangers, ".ada-countenance-z"])


def test_what_somebody_still_works_in_is_not_swept(tmp_path: Path) -> None:
    """Not even where the process has no number here, as in another container."""
    code = f"""
from pathlib import Path
from countenance.engine.workplace import work_folder
with work_folder(Path({str(tmp_path / "ada")!r})) as work:
    print(work, flush=True)
    input()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        work = Path(other.stdout.readline().strip())
        sweep(tmp_path / "ada")
        assert work.is_dir()
        other.communicate("\n")
    assert not work.exists()


def test_the_older_one_comes_back_if_the_newer_is_not_confirmed(tmp_path: Path) -> None:
    place = tmp_path / "ada"
    with work_folder(place) as work:
        put_in_place(made(work, "older"), place)

    def refuse() -> None:
        assert (place / "what").read_text() == "newer"
        raise KeyError

    with work_folder(place) as work, pytest.raises(KeyError):
        put_in_place(made(work, "newer"), place, refuse)
    assert (place / "what").read_text() == "older"
    assert list(tmp_path.iterdir()) == [place]


def test_a_process_killed_between_the_two_steps_loses_nothing(tmp_path: Path) -> None:
    place = tmp_path / "ada"
    with work_folder(place) as work:
        put_in_place(made(work, "older"), place)
    killed(place, 'place.rename(work / "replica-older")')
    assert not place.exists()
    sweep(place)
    assert (place / "what").read_text() == "older"
    assert list(tmp_path.iterdir()) == [place]
