"""Objects in an S3-compatible store, as in a folder."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from countenance.errors import CountenanceError
from countenance.service.objects.delivery import deliver
from countenance.service.objects.links import Link
from countenance.service.objects.open import open_objects
from countenance.service.objects.store import Objects
from countenance.settings import Settings


@pytest.fixture
def objects(store: Any, tmp_path: Path) -> Objects:
    url = f"{store.url}/{tmp_path.name}"
    return open_objects(Settings(data_dir=tmp_path, objects_url=url, objects_options=SecretStr(store.options)))


def _rule(objects: Objects, call: str, *arguments: Any) -> str:
    with pytest.raises(CountenanceError) as caught:
        getattr(objects, call)(*arguments)
    return caught.value.finding.rule.id


def test_files_go_in_and_out(objects: Objects, tmp_path: Path, store: Any) -> None:
    data = os.urandom(9_000_000)  # more than one part
    (tmp_path / "film").write_bytes(data)
    for _ in range(2):
        objects.put("videos/v1/video.mp4", tmp_path / "film", "video/mp4")
    objects.get("videos/v1/video.mp4", tmp_path / "out" / "film")
    assert (tmp_path / "out" / "film").read_bytes() == data
    assert (tmp_path / "out" / "film").stat().st_mode & 0o777 == 0o600
    assert objects.stat("videos/v1/video.mp4").bytes == len(data)
    assert b"".join(objects.read("videos/v1/video.mp4", 1000, 8_000_001)) == data[1000:8_000_001]
    assert b"".join(objects.read("videos/v1/video.mp4", 5, 5)) == b""
    assert objects.local_path("videos/v1/video.mp4") is None
    key = f"installation/{tmp_path.name}/videos/v1/video.mp4"
    assert store.client.head_object(Bucket=store.bucket, Key=key)["ContentType"] == "video/mp4"


def test_a_part_is_delivered(objects: Objects, tmp_path: Path) -> None:
    (tmp_path / "film").write_bytes(b"0123456789")
    objects.put("a", tmp_path / "film")
    link = Link("a", "a.mp4", "video/mp4", int(time.time()) + 60)
    answer = deliver(objects, link, time.time(), range_header="bytes=2-4")
    assert (answer.status, b"".join(answer.body), answer.headers["Content-Range"]) == (206, b"234", "bytes 2-4/10")
    assert deliver(objects, link, time.time(), if_none_match=answer.headers["ETag"]).status == 304


def test_taking_removes_the_file_and_may_be_repeated(objects: Objects, tmp_path: Path) -> None:
    (tmp_path / "film").write_bytes(b"film")
    for _ in range(2):
        objects.take("a/film", tmp_path / "film")
        assert (objects.list("a"), (tmp_path / "film").exists()) == (["a/film"], False)


def test_folders_and_deletion_keep_to_their_prefix(objects: Objects, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    (bundle / "deep").mkdir(parents=True)
    (bundle / "one").write_bytes(b"1")
    (bundle / "deep" / "two").write_bytes(b"2")
    for prefix in ("r/1", "r/12"):
        objects.put_folder(prefix, bundle)
    objects.put("r/1.txt", bundle / "one")
    assert objects.list("r/1") == ["r/1/deep/two", "r/1/one"]
    objects.get_folder("r/1", tmp_path / "back")
    assert (tmp_path / "back" / "deep" / "two").read_bytes() == b"2"
    assert (objects.delete("r/1"), objects.delete("r/1")) == (2, 0)
    assert objects.list("") == ["r/1.txt", "r/12/deep/two", "r/12/one"]
    assert objects.delete("r/12/one") == 1
    assert objects.delete("r") == 2


def test_what_is_not_there_is_told(objects: Objects, tmp_path: Path) -> None:
    assert _rule(objects, "get", "nothing", tmp_path / "x") == "service.object_missing"
    assert _rule(objects, "get_folder", "nothing", tmp_path / "x") == "service.object_missing"
    assert _rule(objects, "stat", "nothing") == "service.object_missing"
    assert _rule(objects, "read", "nothing", 0, 1) == "service.object_missing"
    assert _rule(objects, "read", "nothing", 0, 0) == "service.object_missing"
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("key", ["", "../x", "a/../../x", "/x", "a//b", "a\0b"])
def test_a_key_cannot_leave_the_prefix(objects: Objects, tmp_path: Path, key: str) -> None:
    (tmp_path / "film").write_bytes(b"film")
    for call, arguments in (("put", (tmp_path / "film",)), ("get", (tmp_path / "x",)), ("stat", ()), ("delete", ())):
        with pytest.raises(ValueError, match="not a key"):
            getattr(objects, call)(key, *arguments)


@pytest.mark.parametrize("how", ["nobody listens", "wrong secret"])
def test_a_store_that_does_not_answer_or_refuses_is_told(store: Any, tmp_path: Path, how: str) -> None:
    options = json.loads(store.options) | {"retry_config": {"max_retries": 0}}
    if how == "nobody listens":
        options["endpoint"] = "http://127.0.0.1:9"
    if how == "wrong secret":
        options["secret_access_key"] = "another"  # noqa: S105
    objects = open_objects(
        Settings(data_dir=tmp_path, objects_url=store.url, objects_options=SecretStr(json.dumps(options)))
    )
    (tmp_path / "film").write_bytes(b"film")
    with pytest.raises(CountenanceError) as caught:
        objects.put("a", tmp_path / "film")
    assert caught.value.finding.rule.id == "service.store_unreachable"
    assert "127.0.0.1" not in str(caught.value)
    assert "another" not in str(caught.value)


@pytest.mark.parametrize(
    "options",
    ["no JSON", "[]", '"secret"', '{"nonsense": "secret"}', '{"client_options": "secret"}', '{"region": ["secret"]}'],
)
def test_options_that_are_none_are_told_without_repeating_them(options: str) -> None:
    with pytest.raises(CountenanceError) as caught:
        open_objects(Settings(objects_url="s3://media", objects_options=SecretStr(options)))
    assert caught.value.finding.rule.id == "service.store_setting"
    assert "secret" not in str(caught.value)
