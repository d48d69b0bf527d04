"""Whether something can be written is known before any work, and nothing is left of the trying."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from countenance.errors import CountenanceError
from countenance.media.place import check_file, check_folder

NOWHERE = Path("/proc/nothing can be made here")


def refusal(check: Callable[[Path], None], path: Path) -> str:
    with pytest.raises(CountenanceError) as caught:
        check(path)
    assert (caught.value.finding.rule.id, caught.value.finding.file) == ("media.cannot_write", str(path))
    return caught.value.finding.detail


def test_files(tmp_path: Path) -> None:
    there = tmp_path / "there.mp4"
    there.write_text("a video")
    check_file(there)
    check_file(tmp_path / "new.mp4")
    assert refusal(check_file, tmp_path) == "It is a folder."
    assert "There is no folder" in refusal(check_file, tmp_path / "none" / "new.mp4")
    assert "There is no folder" in refusal(check_file, there / "new.mp4")
    assert "no file" in refusal(check_file, Path("/dev/null"))
    assert refusal(check_file, NOWHERE)
    assert ([*tmp_path.iterdir()], there.read_text()) == ([there], "a video")


def test_folders(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("a file")
    check_folder(tmp_path)
    check_folder(tmp_path / "new" / "and deeper")
    for folder in (there, there / "in it", NOWHERE, NOWHERE / "deeper"):
        assert refusal(check_folder, folder)
    assert [*tmp_path.iterdir()] == [there]
