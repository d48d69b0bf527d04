"""Objects as they are answered: whole, in parts, or not again."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from countenance.errors import CountenanceError
from countenance.service.objects.delivery import Delivery, deliver, disposition, part_of
from countenance.service.objects.links import Link
from countenance.service.objects.open import open_objects
from countenance.service.objects.store import Objects
from countenance.settings import Settings

DATA = bytes(range(256)) * 10
LINK = Link("videos/v1/video.mp4", 'Ada "1"\r\n.mp4', "video/mp4", int(time.time()) + 100)


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    (tmp_path / "video.mp4").write_bytes(DATA)
    objects = open_objects(Settings(data_dir=tmp_path / "data"))
    objects.put(LINK.key, tmp_path / "video.mp4")
    return objects


def _answer(objects: Objects, **headers: str | None) -> Delivery:
    return deliver(objects, LINK, time.time(), **headers)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("header", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, 2560),
        ("bytes=100-199", 100, 200),
        ("bytes=100-99999", 100, 2560),
        ("bytes=2559-", 2559, 2560),
        ("bytes=-1", 2559, 2560),
        ("bytes=-99999", 0, 2560),
    ],
)
def test_a_part_is_answered(objects: Objects, header: str, start: int, stop: int) -> None:
    answer = _answer(objects, range_header=header)
    assert answer.status == 206
    assert b"".join(answer.body) == DATA[start:stop]
    assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/2560"
    assert answer.headers["Content-Length"] == str(stop - start)


@pytest.mark.parametrize(
    "header",
    [None, "", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "bytes=0-1,5-6", "items=0-1", "bytes=0--1",
     "bytes=" + "9" * 30 + "-", "bytes=１-２", "bytes=0x1-2", "bytes=1.5-2"],
)  # fmt: skip
def test_what_is_no_single_range_is_answered_with_the_whole(objects: Objects, header: str | None) -> None:
    answer = _answer(objects, range_header=header)
    assert (answer.status, b"".join(answer.body), answer.headers["Content-Length"]) == (200, DATA, "2560")
    assert "Content-Range" not in answer.headers


@pytest.mark.parametrize("header", ["bytes=2560-", "bytes=2560-2570", "bytes=999999-", "bytes=-0"])
def test_a_part_behind_the_end_is_told(objects: Objects, header: str) -> None:
    with pytest.raises(CountenanceError) as caught:
        _answer(objects, range_header=header)
    assert (caught.value.finding.rule.id, caught.value.finding.limit) == ("service.range_outside", 2560.0)


def test_an_empty_object_has_no_parts() -> None:
    assert part_of(None, 0) is None
    with pytest.raises(CountenanceError):
        part_of("bytes=0-0", 0)


def test_what_the_browser_has_is_not_sent_again(objects: Objects) -> None:
    tag = _answer(objects).headers["ETag"]
    again = _answer(objects, if_none_match=f'"other", {tag}')
    assert (again.status, b"".join(again.body)) == (304, b"")
    assert _answer(objects, if_none_match='"other"').status == 200
    assert _answer(objects, range_header="bytes=0-1", if_range=tag).status == 206
    assert _answer(objects, range_header="bytes=0-1", if_range='"other"').status == 200


def test_only_the_head_is_asked_for(objects: Objects) -> None:
    answer = deliver(objects, LINK, time.time(), head_only=True)
    assert (answer.headers["Content-Length"], b"".join(answer.body)) == ("2560", b"")


def test_nothing_that_users_made_runs_as_a_page(objects: Objects) -> None:
    headers = _answer(objects).headers
    assert headers["Content-Type"] == "video/mp4"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"].startswith("private, max-age=")
    assert all(value.isprintable() and value.isascii() for value in headers.values())
    assert headers["Content-Disposition"].startswith('inline; filename="Ada _1___.mp4";')
    assert disposition("Grüße.mp4").endswith("filename*=UTF-8''Gr%C3%BC%C3%9Fe.mp4")


def test_an_object_that_is_gone_is_told(objects: Objects) -> None:
    objects.delete("videos/v1")
    with pytest.raises(CountenanceError) as caught:
        _answer(objects)
    assert caught.value.finding.rule.id == "service.object_missing"
