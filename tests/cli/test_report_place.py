"""check --report: where a report cannot be written, that is said before the work, and never instead of its findings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from countenance.cli.exits import Exit
from countenance.errors import CountenanceError
from countenance.footage import publish
from countenance.media.errors import CANNOT_WRITE, problem

Command = Callable[..., Any]


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    Image.new("RGB", (64, 36)).save(tmp_path / "nobody.png")
    return tmp_path / "nobody.png"


@pytest.mark.parametrize("place", ["{}/nobody.png", "{}/nobody.png/report", "/proc/report"])
def test_the_place_is_tried_first(place: str, picture: Path, tmp_path: Path, command: Command) -> None:
    for footage in (picture, tmp_path / "nothing here.mp4"):
        done = command("check", footage, "--report", place.format(tmp_path), "--json")
        assert (done.code, done.result["error"]["rule"]) == (Exit.INPUT, "media.cannot_write")
        assert done.err == ""
    assert [*tmp_path.iterdir()] == [picture]


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("name", ["nobody.png", "noise.mp4"])
def test_findings_are_told_where_the_report_fails(
    name: str, as_json: bool, picture: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(folder: Path) -> None:
        raise problem(CANNOT_WRITE, folder, "No space left on device.")

    picture.with_name("noise.mp4").write_bytes(b"no video")
    monkeypatch.setattr(publish, "make_folder", full)
    where = picture.parent / "report"
    done = command("check", picture.with_name(name), "--report", where, *(["--json"] if as_json else []))
    assert done.code == Exit.REFUSED
    if as_json:
        first, *_, last = (finding["rule"] for finding in done.result["findings"])
        assert (done.result["error"]["rule"], last) == (first, "media.cannot_write")
        assert first != last
    else:
        assert "No space left on device." in done.out + done.err
        assert "media.unknown_format" in done.err or "portrait." in done.out


def test_what_is_fit_but_has_no_report_is_not_done(
    picture: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    from countenance.cli import reports

    def full(*_: object) -> Path:
        raise CountenanceError(problem(CANNOT_WRITE, picture).finding)

    monkeypatch.setattr(publish, "write_report", full)
    told, unwritten = reports.page_of(None, picture, None)  # type: ignore[arg-type]
    assert (told, [finding.rule for finding in unwritten]) == ({}, [CANNOT_WRITE])
    assert reports.exit_of((), unwritten) is Exit.INPUT
    assert reports.exit_of(unwritten, ()) is Exit.REFUSED
    assert reports.exit_of((), ()) is Exit.OK
