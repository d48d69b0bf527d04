"""Objects in the data folder: whole or not there, private, and nowhere else."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from countenance.errors import CountenanceError
from countenance.service.objects.local import LocalObjects
from countenance.service.objects.open import open_objects
from countenance.service.objects.store import Objects
from countenance.settings import Settings


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    return open_objects(Settings(data_dir=tmp_path / "data"))


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"a film " * 1000)
    return path


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_file_comes_back_as_it_went_in_and_only_its_owner_reads_it(
    objects: Objects, film: Path, tmp_path: Path
) -> None:
    objects.put("videos/v1/video.mp4", film, "video/mp4")
    objects.get("videos/v1/video.mp4", tmp_path / "out" / "copy.mp4")
    assert (tmp_path / "out" / "copy.mp4").read_bytes() == film.read_bytes()
    assert _mode(tmp_path / "out" / "copy.mp4") == 0o600
    stored = objects.local_path("videos/v1/video.mp4")
    assert stored is not None
    assert _mode(stored) == 0o600
    for folder in (stored.parent, stored.parent.parent, tmp_path / "data" / "objects", tmp_path / "data"):
        assert _mode(folder) == 0o700


def test_what_was_there_is_replaced_and_a_repeated_call_changes_nothing(objects: Objects, film: Path) -> None:
    objects.put("a/b", film)
    before = objects.stat("a/b")
    film.write_bytes(b"shorter")
    for _ in range(2):
        objects.put("a/b", film)
        assert b"".join(objects.read("a/b", 0, 7)) == b"shorter"
    assert objects.stat("a/b").bytes == 7
    assert objects.stat("a/b").etag != before.etag
    assert objects.list("") == ["a/b"]


def test_taking_moves_the_file_and_may_be_repeated(objects: Objects, film: Path) -> None:
    film.chmod(0o644)
    inode = film.stat().st_ino
    for _ in range(2):
        objects.take("a/film", film)
        stored = objects.local_path("a/film")
        assert stored is not None
        assert (stored.stat().st_ino, _mode(stored), film.exists()) == (inode, 0o600, False)


def test_taking_from_another_disk_copies(objects: Objects) -> None:
    other = Path("/dev/shm")  # noqa: S108 - a second file system, if there is one
    stored = objects.local_path("a/film")
    assert stored is not None
    if not other.is_dir() or other.stat().st_dev == stored.parent.parent.stat().st_dev:
        pytest.skip("no second file system")
    film = other / f"countenance-test-{os.getpid()}"
    film.write_bytes(b"film")
    objects.take("a/film", film)
    assert (stored.read_bytes(), _mode(stored), film.exists()) == (b"film", 0o600, False)


def test_folders_go_in_and_out_whole(objects: Objects, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    (bundle / "deep").mkdir(parents=True)
    (bundle / "one").write_bytes(b"1")
    (bundle / "deep" / "two").write_bytes(b"2")
    objects.put_folder("replicas/r1/2", bundle)
    assert objects.list("replicas/r1") == ["replicas/r1/2/deep/two", "replicas/r1/2/one"]
    objects.get_folder("replicas/r1/2", tmp_path / "back")
    assert (tmp_path / "back" / "deep" / "two").read_bytes() == b"2"
    assert objects.local_path("replicas/r1/2") == tmp_path / "data" / "objects" / "replicas" / "r1" / "2"


def test_deleting_takes_what_is_below_and_not_what_begins_alike(objects: Objects, film: Path) -> None:
    for key in ("replicas/r1/a", "replicas/r1/b/c", "replicas/r12/a"):
        objects.put(key, film)
    assert objects.delete("replicas/r1") == 2
    assert objects.delete("replicas/r1") == 0
    assert objects.list("") == ["replicas/r12/a"]
    assert objects.delete("replicas/r12/a") == 1
    assert objects.delete("replicas/r12/a/deeper") == 0
    assert objects.list("") == []
    folder = objects.local_path("replicas")
    assert folder is not None
    assert not folder.exists()


@pytest.mark.parametrize("call", ["get", "stat", "read", "get_folder"])
@pytest.mark.parametrize("key", ["nothing", "a", "a/film/deeper"])
def test_what_is_not_there_is_told(objects: Objects, film: Path, tmp_path: Path, call: str, key: str) -> None:
    objects.put("a/film", film)
    if (call, key) == ("get_folder", "a"):
        key = "b"
    arguments = {"stat": (), "read": (0, 1)}.get(call, (tmp_path / "out",))
    with pytest.raises(CountenanceError, match="not stored") as caught:
        getattr(objects, call)(key, *arguments)
    assert caught.value.finding.rule.id == "service.object_missing"
    assert not (tmp_path / "out").exists()


KEYS_THAT_ARE_NONE = (
    "", "/", "/etc/passwd", "..", "../x", "a/../b", "a/..", "a//b", "a/", "./a", "a/.", ".hidden", "a/.incoming/x",
    "a\\b", "..\\x", "a\0b", "a\nb", "a\rb", "a\x7fb", "a\u202eb", "a\ud800b", "x" * 256, "a/" * 600 + "a",
)  # fmt: skip


@pytest.mark.parametrize("key", KEYS_THAT_ARE_NONE, ids=ascii)
def test_a_key_cannot_leave_the_store(objects: Objects, film: Path, tmp_path: Path, key: str) -> None:
    before = sorted(path for path in tmp_path.rglob("*"))
    for call in (
        lambda: objects.put(key, film),
        lambda: objects.take(key, film),
        lambda: objects.get(key, tmp_path / "out"),
        lambda: objects.put_folder(key, tmp_path),
        lambda: objects.stat(key),
        lambda: objects.read(key, 0, 1),
        lambda: objects.local_path(key),
    ):
        with pytest.raises(ValueError, match="not a key"):
            call()
    if key != "a/":
        with pytest.raises(ValueError, match="not a key"):
            objects.delete(key)
    assert sorted(path for path in tmp_path.rglob("*")) == before


def test_a_link_in_a_folder_is_not_followed(objects: Objects, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "video.mp4").symlink_to(tmp_path / "secret")
    with pytest.raises(OSError, match="symbolic links"):
        objects.put_folder("videos/v1", tmp_path / "work")
    assert objects.list("") == []


def test_a_pipe_is_refused_and_waits_for_nobody(objects: Objects, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="not a plain file"):
        objects.put("a/b", tmp_path / "pipe")


def test_what_broke_off_is_never_seen_and_is_cleared_away(tmp_path: Path, film: Path) -> None:
    objects = LocalObjects(tmp_path / "objects")
    left = tmp_path / "objects" / ".incoming" / ".0123"
    left.write_bytes(b"half a film")
    assert objects.list("") == []
    LocalObjects(tmp_path / "objects")
    assert left.exists(), "it may still be written"
    os.utime(left, (time.time() - 90_000,) * 2)
    LocalObjects(tmp_path / "objects")
    assert not left.exists()


def test_a_part_is_read_in_pieces_and_ends_where_the_file_does(objects: Objects, tmp_path: Path) -> None:
    data = os.urandom(2_500_000)
    (tmp_path / "x").write_bytes(data)
    objects.put("x", tmp_path / "x")
    assert b"".join(objects.read("x", 0, len(data))) == data
    assert b"".join(objects.read("x", 1_000_001, 2_100_003)) == data[1_000_001:2_100_003]
    assert b"".join(objects.read("x", len(data) - 5, len(data) + 100)) == data[-5:]
    assert b"".join(objects.read("x", 7, 7)) == b""
    reading = objects.read("x", 0, len(data))
    first = next(reading)
    objects.delete("x")
    assert first + b"".join(reading) == data


def test_storing_while_others_delete_beside_it_loses_nothing(objects: Objects, film: Path) -> None:
    failures: list[BaseException] = []

    def keep_at_it(name: str) -> None:
        try:
            for _ in range(100):
                objects.put(f"a/b/{name}", film)
                assert objects.stat(f"a/b/{name}").bytes == film.stat().st_size
                assert objects.delete(f"a/b/{name}") == 1
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=keep_at_it, args=(name,)) for name in "wxyz"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_store_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(CountenanceError) as caught:
        open_objects(Settings(objects_url="ftp://somewhere/else"))
    assert caught.value.finding.rule.id == "service.store_setting"
