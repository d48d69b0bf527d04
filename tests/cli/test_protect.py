"""Protected people from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from countenance.consent import gallery
from countenance.consent.reference import reference_faces
from countenance.settings import Settings

Command = Callable[..., Any]
RECEIPT = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COUNTENANCE_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.mark.real_data
def test_a_person_is_protected_listed_and_removed(command: Command, shared_data: Path, data: Path) -> None:
    snapshot = shared_data / "portraits/real_good_author_572.jpg"
    settings = Settings(threads=1)
    gallery.enrol(RECEIPT, "acme", reference_faces([snapshot], settings), settings)

    added = command(
        "protect", "add", snapshot, snapshot, "--label", "A Man", "--kind", "opted-out", "--note", "a letter", "--json"
    )
    assert added.code == 0
    person = added.result["person"]
    assert (person["label"], person["protection"], person["pictures"]) == ("A Man", "opted-out", 2)
    assert [found["receipt"] for found in added.result["enrolled"]] == [RECEIPT], "who agreed earlier is told"

    listed = command("protect", "list", "--json").result["people"]
    assert listed == [person]
    assert "faces" not in json.dumps(listed)
    shown = command("protect", "list").out
    assert "A Man" in shown
    assert person["id"] in shown

    assert command("protect", "remove", person["id"]).code == 0
    assert command("protect", "list").out.strip() == "Nobody is protected."
    assert list((data / "protected").iterdir()) == []


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("names", "rule"),
    [
        (["portraits/group_five_people.jpg"], "consent.reference_several_faces"),
        (["portraits/no_face_landscape.jpg"], "consent.reference_no_face"),
        (["portraits/real_good_author_572.jpg", "portraits/ai_good_man_0001.png"], "consent.reference_two_people"),
        (["portraits/none.jpg"], "media.file_missing"),
        (["README.md"], "media.unknown_format"),
    ],
)
def test_pictures_that_do_not_show_one_person(
    names: list[str], rule: str, command: Command, shared_data: Path, data: Path
) -> None:
    done = command(
        "protect", "add", *(shared_data / name for name in names), "--label", "x", "--kind", "deceased", "--json"
    )
    assert (done.code, done.result["error"]["rule"]) == (3, rule)
    assert not data.exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["add", "a.jpg", "--label", "x", "--kind", "dead"], 64),
        (["add", "a.jpg", "--label", " ", "--kind", "deceased"], 64),
        (["add", "a.jpg", "--kind", "deceased"], 64),
        (["add", "--label", "x", "--kind", "deceased"], 64),
        (["remove", "0123456789abcdef"], 3),
        (["remove", "../../etc/passwd"], 3),
    ],
)
def test_wrong_commands(arguments: list[str], code: int, command: Command) -> None:
    done = command("protect", *arguments, "--json")
    assert done.code == code
    assert done.result["ok"] is False


def test_the_kinds_are_those_of_the_gallery() -> None:
    from countenance.cli import protect

    assert set(protect._KINDS) == {kind.value for kind in gallery.Protection}


def test_a_wrong_key_is_said(command: Command, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTENANCE_BIOMETRIC_KEY", "short")
    (data / "protected").mkdir(parents=True)
    (data / "protected" / "0123456789abcdef.json").write_text('{"encrypted": "AES-256-GCM", "nonce": "", "data": ""}')
    done = command("protect", "list", "--json")
    assert (done.code, done.result["error"]["rule"]) == (3, "consent.biometric_key_invalid")
