"""A replica as one file: it comes back as it was; what is no such file, or lies, puts nothing in place."""

from __future__ import annotations

import hashlib
import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from bundles import small_replica

from countenance.engine import archive, replica
from countenance.engine.archive import Arrival, export, unpack
from countenance.errors import CountenanceError, Finding, Rule

Entries = list[tuple[zipfile.ZipInfo, bytes]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    replica.save(small_replica(tmp_path), tmp_path / "ada")
    return tmp_path / "ada"


@pytest.fixture
def file(folder: Path, tmp_path: Path) -> Path:
    export(folder, tmp_path / "ada.replica", lambda sha256: f"word for {sha256}")
    return tmp_path / "ada.replica"


def rule_of(error: pytest.ExceptionInfo[CountenanceError]) -> str:
    return error.value.finding.rule.id


def everybody(arrival: Arrival) -> None:
    """Admits whatever comes."""


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_it_comes_back_as_it_was(folder: Path, file: Path, tmp_path: Path) -> None:
    arrivals: list[Arrival] = []
    described = unpack(file, tmp_path / "deep" / "there", arrivals.append)
    there = tmp_path / "deep" / "there"
    assert content(there) == content(folder)
    assert described == replica.load(there).description
    digest = hashlib.sha256((folder / "replica.json").read_bytes()).hexdigest()
    assert [(each.sha256, each.voucher) for each in arrivals] == [(digest, f"word for {digest}")]
    assert all(path.stat().st_mode & 0o077 == 0 for path in (file, there, *there.iterdir()))
    with zipfile.ZipFile(file) as opened:
        names = [entry.filename for entry in opened.infolist()]
    assert names == ["replica.json", "atlas.safetensors", "base.mp4", "engine.safetensors", "voucher.jws"]


def test_the_same_replica_gives_the_same_file(folder: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        export(folder, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_an_older_replica_is_replaced_and_nothing_else(folder: Path, file: Path, tmp_path: Path) -> None:
    unpack(file, folder, everybody)
    replica.load(folder)
    (folder / "holiday.jpg").write_bytes(b"cat")
    with pytest.raises(CountenanceError) as error:
        unpack(file, folder, everybody)
    assert rule_of(error) == "engine.place_taken"
    assert (folder / "holiday.jpg").read_bytes() == b"cat"


def test_who_is_not_admitted_is_not_put_in_place(
    file: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(folder)

    def nobody(arrival: Arrival) -> None:
        raise CountenanceError(Finding(Rule("test.no", "No.", "None.")))

    def read(path: Path) -> replica.Replica:
        raise AssertionError("it was read all the same")

    monkeypatch.setattr(archive, "load", read)
    for place in (folder, tmp_path / "new"):
        with pytest.raises(CountenanceError) as error:
            unpack(file, place, nobody)
        assert rule_of(error) == "test.no"
    assert content(folder) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ada", "ada.replica", "clip.mp4"]


def test_a_changed_replica_is_not_exported(folder: Path, tmp_path: Path) -> None:
    (folder / "base.mp4").write_bytes(b"other pictures")
    with pytest.raises(CountenanceError) as error:
        export(folder, tmp_path / "out")
    assert (rule_of(error), Path(error.value.finding.file).name) == ("engine.replica_damaged", "base.mp4")
    (folder / "base.mp4").unlink()
    with pytest.raises(CountenanceError) as error:
        export(folder, tmp_path / "out")
    assert rule_of(error) == "engine.replica_damaged"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ada", "clip.mp4"]


@pytest.mark.parametrize(
    ("place", "rule"),
    [
        ("ada/inside", "engine.archive_in_replica"),
        ("nowhere/file", "media.cannot_write"),
        (".", "media.cannot_write"),
    ],
)
def test_a_place_that_cannot_be(folder: Path, tmp_path: Path, place: str, rule: str) -> None:
    with pytest.raises(CountenanceError) as error:
        export(folder, tmp_path / place)
    assert rule_of(error) == rule
    assert len(content(folder)) == 4


def entries_of(file: Path) -> Entries:
    with zipfile.ZipFile(file) as opened:
        return [(entry, opened.read(entry)) for entry in opened.infolist()]


def rewritten(file: Path, entries: Entries) -> Path:
    """The archive with other entries."""
    with zipfile.ZipFile(file, "w") as out:
        for entry, data in entries:
            fresh = zipfile.ZipInfo(entry.filename)
            fresh.external_attr, fresh.compress_type = entry.external_attr, entry.compress_type
            out.writestr(fresh, data)
    return file


def another(name: str, data: bytes = b"x", mode: int = stat.S_IFREG | 0o600) -> tuple[zipfile.ZipInfo, bytes]:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = mode << 16
    return entry, data


def deflated(entries: Entries) -> Entries:
    for entry, _ in entries:
        entry.compress_type = zipfile.ZIP_DEFLATED
    return entries


def as_link(entries: Entries) -> Entries:
    entries[1][0].external_attr = (stat.S_IFLNK | 0o777) << 16
    return [entries[0], (entries[1][0], b"/etc/passwd"), *entries[2:]]


def described(change: dict[str, object]) -> Callable[[Entries], Entries]:
    def edit(entries: Entries) -> Entries:
        return [(entries[0][0], json.dumps(json.loads(entries[0][1]) | change).encode()), *entries[1:]]

    return edit


def with_other_bytes(index: int) -> Callable[[Entries], Entries]:
    def edit(entries: Entries) -> Entries:
        entry, data = entries[index]
        return [*entries[:index], (entry, data[:-1] + bytes([data[-1] ^ 1])), *entries[index + 1 :]]

    return edit


@pytest.mark.parametrize(
    ("edit", "rule"),
    [
        (lambda entries: [*entries, another("../evil")], "engine.archive_damaged"),
        (lambda entries: [*entries, another("/tmp/evil")], "engine.archive_damaged"),  # noqa: S108
        (lambda entries: [*entries, another("extra.txt")], "engine.archive_damaged"),
        (lambda entries: [*entries, another("folder/", b"", stat.S_IFDIR | 0o700)], "engine.archive_damaged"),
        (lambda entries: [*entries, another("refiner.safetensors")], "engine.archive_damaged"),
        (lambda entries: entries[:2], "engine.archive_damaged"),
        (lambda entries: [*entries[1:], entries[0]], "engine.not_an_archive"),
        (lambda entries: [another("hello.txt")], "engine.not_an_archive"),
        (lambda entries: [], "engine.not_an_archive"),
        (deflated, "engine.archive_damaged"),
        (as_link, "engine.archive_damaged"),
        (with_other_bytes(1), "engine.archive_damaged"),
        (with_other_bytes(2), "engine.archive_damaged"),
        (described({"hashes": {}}), "engine.archive_damaged"),
        (described({"hashes": {"../x": "y"}}), "engine.archive_damaged"),
        (described({"format_version": 99}), "engine.replica_too_new"),
        (described({"format_version": "1"}), "engine.archive_damaged"),
        (lambda entries: [(entries[0][0], b"[1, 2]"), *entries[1:]], "engine.archive_damaged"),
        (lambda entries: [(entries[0][0], b"\xff\xfe"), *entries[1:]], "engine.archive_damaged"),
    ],
)
def test_what_lies_puts_nothing_in_place(
    edit: Callable[[Entries], Entries], rule: str, file: Path, tmp_path: Path
) -> None:
    rewritten(file, edit(entries_of(file)))
    with pytest.raises(CountenanceError) as error:
        unpack(file, tmp_path / "there", everybody)
    assert (rule_of(error), error.value.finding.file) == (rule, str(file))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ada", "ada.replica", "clip.mp4"]


def test_names_that_stand_twice(file: Path, tmp_path: Path) -> None:
    entries = entries_of(file)
    with pytest.warns(UserWarning, match="Duplicate name"):
        rewritten(file, [*entries, entries[1]])
    with pytest.raises(CountenanceError) as error:
        unpack(file, tmp_path / "there", everybody)
    assert rule_of(error) == "engine.archive_damaged"


def test_damaged_files_are_typed_errors(file: Path, tmp_path: Path) -> None:
    whole = file.read_bytes()
    size = len(whole)
    directory = whole.rindex(b"PK\x01\x02", 0, whole.index(b"PK\x05\x06"))
    huge = (0xFFFFFFF0).to_bytes(4, "little")
    end = whole.index(b"PK\x05\x06")
    damaged = [
        b"no archive",
        b"PK\x05\x06" + b"\0" * 18,
        whole[: size // 2],
        whole[: end + 10],
        b"prefix" + whole,
        whole[:20] + b"\xff" * 20 + whole[40:],
        whole[: directory + 20] + huge + huge + whole[directory + 28 :],
        whole[: end + 12] + huge + whole[end + 16 :],
        whole[: size // 3] + b"\0" * 100 + whole[size // 3 + 100 :],
    ]
    for data in damaged:
        file.write_bytes(data)
        with pytest.raises(CountenanceError) as error:
            unpack(file, tmp_path / "there", everybody)
        assert rule_of(error) in ("engine.not_an_archive", "engine.archive_damaged"), data[:20]
    assert not (tmp_path / "there").exists()


def test_a_directory_of_gigabytes_is_not_read(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(file, "a") as opened:
        for number in range(400):
            entry = zipfile.ZipInfo(f"{number}")
            entry.extra = b"\x99\x99\x98\x3a" + b"\0" * 15_000
            opened.writestr(entry, b"")
    with pytest.raises(CountenanceError) as error:
        unpack(file, tmp_path / "there", everybody)
    assert rule_of(error) == "engine.not_an_archive"
    monkeypatch.setattr(archive, "_MOST_BYTES", 1000)
    with pytest.raises(CountenanceError) as error:
        unpack(file, tmp_path / "there", everybody)
    assert rule_of(error) == "engine.archive_too_large"


@pytest.mark.parametrize(
    ("name", "rule"), [("none", "media.file_missing"), (".", "media.not_a_file"), ("empty", "media.empty_file")]
)
def test_what_is_no_file(name: str, rule: str, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    with pytest.raises(CountenanceError) as error:
        unpack(tmp_path / name, tmp_path / "there", everybody)
    assert rule_of(error) == rule
