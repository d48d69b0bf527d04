"""The bundle on disk."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from bundles import small_replica

from countenance.engine import replica as bundle
from countenance.engine.archive import export, unpack
from countenance.engine.renew import renew
from countenance.errors import CountenanceError


@pytest.fixture
def replica(tmp_path: Path) -> bundle.Replica:
    """A small replica in memory; its clip is not a real one."""
    return small_replica(tmp_path)


def rule_of(error: pytest.ExceptionInfo[CountenanceError]) -> str:
    return error.value.finding.rule.id


def test_everything_comes_back(replica: bundle.Replica, tmp_path: Path) -> None:
    saved = bundle.save(replica, tmp_path / "deep" / "ada")
    back = bundle.load(tmp_path / "deep" / "ada")
    for part in ("basis", "motion", "track"):
        for field in getattr(replica, part).__dataclass_fields__:
            np.testing.assert_array_equal(getattr(getattr(back, part), field), getattr(getattr(replica, part), field))
    np.testing.assert_array_equal(back.rest, replica.rest)
    np.testing.assert_array_equal(back.template, replica.template)
    np.testing.assert_array_equal(back.atlas.patch(2), replica.atlas.patch(2))
    assert back.atlas.jpegs == replica.atlas.jpegs
    assert back.base_clip.read_bytes() == b"pictures"
    assert back.description["metrics"] == {"lip_ssim": 0.9}
    assert back.description == saved.description


@pytest.fixture
def older(replica: bundle.Replica, tmp_path: Path) -> Path:
    """A replica as format 1 wrote it."""
    bundle.save(replica, tmp_path / "older")
    path = tmp_path / "older" / bundle.DESCRIPTION
    written = json.loads(path.read_text())
    path.write_text(json.dumps({"format_version": 1, **{name: written[name] for name in written if name not in NEW}}))
    return tmp_path / "older"


NEW = ("format_version", "id", "tier", "offset_frames")


def test_an_older_format_is_upgraded_in_memory_alone(older: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in older.iterdir()}
    loaded = bundle.load(older)
    assert loaded.description == bundle.describe(older)
    assert (loaded.description["format_version"], loaded.description["tier"]) == (2, "final")
    assert (loaded.description["offset_frames"], dict(loaded.optional)) == (0, {})
    assert {path.name: path.read_bytes() for path in older.iterdir()} == before


def test_an_older_format_is_written_anew_when_asked_for(older: Path) -> None:
    known = bundle.load(older)
    assert renew(older) == (1, 2)
    assert json.loads((older / bundle.DESCRIPTION).read_text())["format_version"] == 2
    again = bundle.load(older)
    assert again.description["id"] == known.description["id"]
    np.testing.assert_array_equal(again.rest, known.rest)
    assert again.atlas.jpegs == known.atlas.jpegs
    assert renew(older) == (2, 2)


def test_what_a_replica_may_have_besides(replica: bundle.Replica, tmp_path: Path) -> None:
    weights = {"w": np.arange(6, dtype=np.float32).reshape(2, 3)}
    folder = tmp_path / "ada"
    saved = bundle.save(replace(replica, optional={bundle.REFINER: weights}), folder)
    assert set(saved.description["hashes"]) == {*bundle.REQUIRED, bundle.REFINER}
    np.testing.assert_array_equal(bundle.load(folder).optional[bundle.REFINER]["w"], weights["w"])
    export(folder, tmp_path / "file")
    with pytest.raises(CountenanceError) as error:  # that these are no weights of a net is found out there
        unpack(tmp_path / "file", tmp_path / "there", lambda arrival: None)
    assert rule_of(error) == "engine.archive_damaged"
    (folder / bundle.REFINER).write_bytes(b"spoilt")
    with pytest.raises(CountenanceError) as error:
        bundle.load(folder)
    assert (rule_of(error), Path(error.value.finding.file).name) == ("engine.replica_damaged", bundle.REFINER)
    bundle.save(replica, folder)
    assert not (folder / bundle.REFINER).exists()


def test_only_its_owner_may_read_it(replica: bundle.Replica, tmp_path: Path) -> None:
    bundle.save(replica, tmp_path / "ada")
    assert (tmp_path / "ada").stat().st_mode & 0o077 == 0
    assert all(file.stat().st_mode & 0o077 == 0 for file in (tmp_path / "ada").iterdir())


@pytest.mark.parametrize("file", [bundle.ENGINE, bundle.ATLAS, bundle.BASE_CLIP])
def test_a_changed_byte_is_noticed(replica: bundle.Replica, tmp_path: Path, file: str) -> None:
    bundle.save(replica, tmp_path / "ada")
    path = tmp_path / "ada" / file
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(CountenanceError) as error:
        bundle.load(tmp_path / "ada")
    assert rule_of(error) == "engine.replica_damaged"
    assert file in str(error.value)


def test_what_is_no_replica_is_named(tmp_path: Path) -> None:
    (tmp_path / "replica.json").write_text("[1, 2]")
    for folder in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(CountenanceError) as error:
            bundle.load(folder)
        assert rule_of(error) == "engine.not_a_replica"


def test_a_newer_format_is_not_guessed_at(replica: bundle.Replica, tmp_path: Path) -> None:
    bundle.save(replica, tmp_path / "ada")
    path = tmp_path / "ada" / bundle.DESCRIPTION
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format_version": 99}))
    with pytest.raises(CountenanceError) as error:
        bundle.load(tmp_path / "ada")
    assert rule_of(error) == "engine.replica_too_new"


def test_a_replica_replaces_a_replica_and_nothing_else(replica: bundle.Replica, tmp_path: Path) -> None:
    bundle.save(replica, tmp_path / "ada")
    bundle.save(replica, tmp_path / "ada")
    bundle.load(tmp_path / "ada")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_bytes(b"cat")
    with pytest.raises(CountenanceError) as error:
        bundle.save(replica, tmp_path / "photos")
    assert rule_of(error) == "engine.place_taken"
    assert (tmp_path / "photos" / "cat.jpg").read_bytes() == b"cat"


def test_a_folder_that_holds_more_than_a_replica_is_not_touched(replica: bundle.Replica, tmp_path: Path) -> None:
    bundle.save(replica, tmp_path / "ada")
    (tmp_path / "ada" / "hello.mp4").write_bytes(b"my video")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / bundle.DESCRIPTION).write_text('{"of": "something else"}')
    for folder in (tmp_path / "ada", tmp_path / "other"):
        with pytest.raises(CountenanceError) as error:
            bundle.save(replica, folder)
        assert rule_of(error) == "engine.place_taken"
    assert (tmp_path / "ada" / "hello.mp4").read_bytes() == b"my video"


def test_an_older_replica_comes_back_if_the_new_one_cannot_take_its_place(
    replica: bundle.Replica, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle.save(replica, tmp_path / "ada")
    before = (tmp_path / "ada" / bundle.DESCRIPTION).read_bytes()
    rename = Path.rename

    def interrupted(self: Path, target: Path) -> Path:
        if Path(target).name == "ada" and not self.name.endswith("-older"):
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bundle.save(replica, tmp_path / "ada")
    monkeypatch.undo()
    assert (tmp_path / "ada" / bundle.DESCRIPTION).read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ada", "clip.mp4"]


def test_a_link_to_a_replica_may_be_named(replica: bundle.Replica, tmp_path: Path) -> None:
    bundle.save(replica, tmp_path / "ada")
    (tmp_path / "link").symlink_to(tmp_path / "ada")
    bundle.save(replica, tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    bundle.load(tmp_path / "ada")


@pytest.mark.parametrize(
    "change",
    [
        {"hashes": None},
        {"hashes": []},
        {"hashes": {"../../etc/passwd": ""}},
        {"format_version": True},
        {"format_version": -3},
    ],
)
def test_a_spoilt_description_is_a_typed_error(
    replica: bundle.Replica, tmp_path: Path, change: dict[str, object]
) -> None:
    bundle.save(replica, tmp_path / "ada")
    path = tmp_path / "ada" / bundle.DESCRIPTION
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(CountenanceError):
        bundle.load(tmp_path / "ada")


@pytest.mark.parametrize("place", ["/proc/replica", "/proc/deep/replica", "{}/file/replica"])
def test_a_place_that_nobody_can_write_to_is_known_first(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file")
    bundle.check_place(tmp_path / "new" / "replica")
    with pytest.raises(CountenanceError) as error:
        bundle.check_place(Path(place.format(tmp_path)))
    assert rule_of(error) == "engine.cannot_store"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_place_that_cannot_be_is_a_typed_error(replica: bundle.Replica, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for place in (tmp_path / "file" / "ada", tmp_path / ("x" * 300)):
        with pytest.raises(CountenanceError) as error:
            bundle.save(replica, place)
        assert rule_of(error) == "engine.cannot_store"


def test_a_failure_leaves_nothing_behind(replica: bundle.Replica, tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").unlink()
    with pytest.raises(CountenanceError) as error:
        bundle.save(replica, tmp_path / "ada")
    assert rule_of(error) == "engine.cannot_store"
    assert list(tmp_path.iterdir()) == []
