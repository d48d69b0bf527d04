"""Files in parts: in any order, twice, after a crash; and what is made of them."""

from __future__ import annotations

import asyncio
import hashlib
import os
import threading
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select, update

from countenance.errors import CountenanceError
from countenance.media.private import locked
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import MediaSource, Upload, UploadPart
from countenance.service.uploads import folder
from countenance.service.uploads.begin import create, get
from countenance.service.uploads.complete import complete
from countenance.service.uploads.drop import abort
from countenance.service.uploads.expire import sweep
from countenance.service.uploads.links import missing_parts, open_part_link, part_links
from countenance.service.uploads.receive import admit, put_part, put_part_stream, receiving

OTHER = "w0000000000000002"


def _wav(size: int) -> bytes:
    head = (
        b"RIFF"
        + (size - 8).to_bytes(4, "little")
        + b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data"
    )
    return head + (size - 44).to_bytes(4, "little") + bytes(i * 7 % 251 for i in range(size - 44))


SOUND = _wav(10_044)


def _rule(call: Callable[[], Any]) -> str:
    with pytest.raises(CountenanceError) as caught:
        call()
    return caught.value.finding.rule.id


def _part(data: bytes, size: int, number: int) -> bytes:
    return data[(number - 1) * size : number * size]


def test_parts_come_in_any_order_and_twice(service: Service, workspace: str, begin: Any) -> None:
    upload = begin("sound.wav", SOUND, part_bytes=4000)
    assert missing_parts(service, workspace, upload.id) == [1, 2, 3]
    for number in (3, 1, 3):
        put_part(service, workspace, upload.id, number, [_part(SOUND, 4000, number)])
    assert missing_parts(service, workspace, upload.id) == [2]
    assert _rule(lambda: complete(service, workspace, upload.id)) == "service.upload_incomplete"
    put_part(service, workspace, upload.id, 2, [b"x" * 4000])
    put_part(service, workspace, upload.id, 2, iter([SOUND[4000:4001], b"", SOUND[4001:8000]]))
    done = complete(service, workspace, upload.id)
    assert done.state == "complete"
    assert done.sha256 == hashlib.sha256(SOUND).hexdigest()
    assert done.content_type == "audio/wav"
    assert done.media is not None
    assert (done.media["kind"], done.media["sample_rate"], done.media["duration_s"]) == ("audio", 8000, 0.625)
    stored = service.objects.local_path(str(done.object_key))
    assert stored is not None
    assert (stored.read_bytes(), stored.stat().st_mode & 0o777) == (SOUND, 0o600)
    assert not folder.folder_of(service.settings, upload.id).exists()
    assert missing_parts(service, workspace, upload.id) == []
    with service.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(UploadPart)) == 0
    # Once more is the same.
    assert complete(service, workspace, upload.id).object_key == done.object_key
    assert _rule(lambda: put_part(service, workspace, upload.id, 1, [SOUND])) == "service.upload_closed"


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_film_and_a_picture_say_what_they_are(service: Service, workspace: str, send: Any, film: bytes) -> None:
    done = complete(service, workspace, send("Grüße 👩‍💻.mp4", film).id)
    assert done.content_type == "video/mp4"
    assert done.media is not None
    assert {"kind": "video", "width": 64, "height": 48, "video_codec": "h264"}.items() <= done.media.items()


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_part_that_broke_off_leaves_nothing(service: Service, workspace: str, begin: Any) -> None:
    upload = begin("sound.wav", SOUND, part_bytes=4000)

    def breaking() -> Any:
        yield SOUND[:1000]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        put_part(service, workspace, upload.id, 1, breaking())
    assert missing_parts(service, workspace, upload.id) == [1, 2, 3]
    assert list(folder.folder_of(service.settings, upload.id).iterdir()) == []
    put_part(service, workspace, upload.id, 1, [SOUND[:4000]])
    path = folder.part_path(service.settings, upload.id, 1)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    with pytest.raises(ConnectionResetError):  # what is there stays until the new one is whole
        put_part(service, workspace, upload.id, 1, breaking())
    assert path.read_bytes() == SOUND[:4000]


def test_a_crash_between_disk_and_database_is_made_good_by_sending_again(
    service: Service, workspace: str, begin: Any
) -> None:
    upload = begin("sound.wav", SOUND, part_bytes=4000)
    with service.database.transaction() as session:
        slot = admit(session, service, workspace, upload.id, 1)
    with receiving(slot) as receiver:
        receiver.write(SOUND[:4000])
    assert missing_parts(service, workspace, upload.id) == [1, 2, 3]  # not noted
    for number in (1, 2, 3):
        put_part(service, workspace, upload.id, number, [_part(SOUND, 4000, number)])
    folder.part_path(service.settings, upload.id, 2).unlink()  # noted, but the disk lost it
    assert _rule(lambda: complete(service, workspace, upload.id)) == "service.upload_incomplete"
    put_part(service, workspace, upload.id, 2, [_part(SOUND, 4000, 2)])
    assert complete(service, workspace, upload.id).state == "complete"


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_crash_after_storing_is_made_good_by_completing_again(
    service: Service, workspace: str, send: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = send("sound.wav", SOUND, part_bytes=4000)
    objects = type(service.objects)
    take = objects.take

    def dying(*arguments: Any) -> None:
        take(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(objects, "take", dying)
        with pytest.raises(KeyboardInterrupt):
            complete(service, workspace, upload.id)
    assert complete(service, workspace, upload.id).sha256 == hashlib.sha256(SOUND).hexdigest()


@pytest.mark.parametrize("backend", ["sqlite"])
def test_nobody_waits_for_another_who_completes_it(service: Service, workspace: str, send: Any) -> None:
    upload = send("sound.wav", SOUND)
    with locked(folder.folder_of(service.settings, upload.id) / ".lock"):
        assert _rule(lambda: complete(service, workspace, upload.id)) == "service.upload_completing"
    assert complete(service, workspace, upload.id).state == "complete"


def test_several_at_once_are_as_good_as_one(service: Service, workspace: str, begin: Any) -> None:
    upload = begin("sound.wav", SOUND, part_bytes=1000)
    failures: list[BaseException] = []
    results: list[Upload] = []

    def sending(first: int) -> None:
        try:
            for number in [(first + n) % 11 + 1 for n in range(11)]:
                put_part(service, workspace, upload.id, number, [_part(SOUND, 1000, number)])
            results.append(complete(service, workspace, upload.id))
        except CountenanceError as error:
            # Another has completed it, or does so.
            if error.finding.rule.id not in ("service.upload_closed", "service.upload_completing"):
                failures.append(error)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=sending, args=(first,)) for first in (0, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert results
    assert complete(service, workspace, upload.id).sha256 == hashlib.sha256(SOUND).hexdigest()


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_body_in_an_event_loop_is_taken_too(service: Service, workspace: str, begin: Any) -> None:
    data = _wav(3_000_000)
    upload = begin("sound.wav", data)

    async def pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(data), 65_536):
            yield data[at : at + 65_536]

    sha256 = asyncio.run(put_part_stream(service, workspace, upload.id, 1, pieces()))
    assert sha256 == hashlib.sha256(data).hexdigest()
    assert missing_parts(service, workspace, upload.id) == []


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("broken", [False, True])
def test_the_event_loop_never_waits_for_the_disk(
    service: Service, workspace: str, begin: Any, monkeypatch: pytest.MonkeyPatch, broken: bool
) -> None:
    upload = begin("sound.wav", SOUND)
    waited: list[threading.Thread] = []
    for name in ("fsync", "open", "unlink", "replace"):
        kept = getattr(os, name)

        def watched(*args: Any, _kept: Any = kept, **more: Any) -> Any:
            waited.append(threading.current_thread())
            return _kept(*args, **more)

        monkeypatch.setattr(os, name, watched)

    async def pieces() -> AsyncIterator[bytes]:
        yield SOUND[:5000]
        if broken:
            raise ConnectionResetError
        yield SOUND[5000:]

    sending = put_part_stream(service, workspace, upload.id, 1, pieces())
    if broken:
        with pytest.raises(ConnectionResetError):
            asyncio.run(sending)
    else:
        asyncio.run(sending)
    assert waited
    assert threading.current_thread() not in waited
    left = list(folder.folder_of(service.settings, upload.id).iterdir())
    assert len(left) == (0 if broken else 1)


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_browser_without_a_key_sends_with_a_link(service: Service, workspace: str, begin: Any) -> None:
    upload, other = begin("sound.wav", SOUND, part_bytes=4000), begin("sound.wav", SOUND)
    links = part_links(service, workspace, upload.id, "https://media.example.com/")
    assert [(link.number, link.bytes) for link in links] == [(1, 4000), (2, 4000), (3, 2044)]
    url = urlsplit(links[1].url)
    assert (url.netloc, url.path) == ("media.example.com", f"/v2/uploads/{upload.id}/parts/2")
    token = parse_qs(url.query)["token"][0]
    assert open_part_link(service.settings, upload.id, token) == workspace
    assert _rule(lambda: open_part_link(service.settings, other.id, token)) == "service.link_invalid"
    assert _rule(lambda: open_part_link(service.settings, upload.id, token[:-1] + "!")) == "service.link_invalid"


@pytest.mark.parametrize("backend", ["sqlite"])
def test_an_upload_is_its_workspaces_own(service: Service, workspace: str, begin: Any) -> None:
    upload = begin("sound.wav", SOUND)
    for call in (
        lambda: missing_parts(service, OTHER, upload.id),
        lambda: part_links(service, OTHER, upload.id, "https://x"),
        lambda: put_part(service, OTHER, upload.id, 1, [SOUND]),
        lambda: complete(service, OTHER, upload.id),
        lambda: abort(service, OTHER, upload.id),
        lambda: complete(service, workspace, "u0000000000000000"),
        lambda: complete(service, workspace, "../../etc/passwd"),
    ):
        assert _rule(call) == "service.upload_unknown"
    for path in ("../../etc", "u1", "u" + "0" * 15 + "/", "U0000000000000000"):
        with pytest.raises(ValueError, match="not the id"):
            folder.folder_of(service.settings, path)


def test_what_is_given_up_is_gone(service: Service, workspace: str, send: Any) -> None:
    upload = send("sound.wav", SOUND, part_bytes=4000)
    for _ in range(2):
        abort(service, workspace, upload.id)
    assert not folder.folder_of(service.settings, upload.id).exists()
    for call in (
        lambda: put_part(service, workspace, upload.id, 1, [SOUND[:4000]]),
        lambda: complete(service, workspace, upload.id),
    ):
        assert _rule(call) == "service.upload_closed"


@pytest.mark.parametrize("backend", ["sqlite"])
def test_of_what_is_gone_neither_name_nor_hash_is_kept(service: Service, workspace: str, begin: Any, send: Any) -> None:
    given_up, lapsed = (begin("Grace Hopper.wav", SOUND, sha256=hashlib.sha256(SOUND).hexdigest()) for _ in range(2))
    refused = send("Grace Hopper.wav", b"no sound at all")
    abort(service, workspace, given_up.id)
    with service.database.transaction() as session:
        session.execute(update(Upload).where(Upload.id == lapsed.id).values(expires_at=now()))
    assert sweep(service) == 1
    assert _rule(lambda: complete(service, workspace, refused.id)) == "service.upload_not_media"
    with service.database.reading() as session:
        kept = [(row.state, row.filename, row.sha256) for row in session.scalars(select(Upload))]
    assert kept == [("deleted", "", None)] * 3


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_part_that_is_sent_while_the_upload_is_given_up_is_cleared_away(
    service: Service, workspace: str, begin: Any
) -> None:
    upload = begin("sound.wav", SOUND, part_bytes=4000)

    def giving_up() -> Any:
        yield SOUND[:1000]
        abort(service, workspace, upload.id)
        yield SOUND[1000:4000]

    assert _rule(lambda: put_part(service, workspace, upload.id, 1, giving_up())) == "service.upload_closed"
    assert not folder.folder_of(service.settings, upload.id).exists()


def test_uploads_end_by_themselves(service: Service, workspace: str, begin: Any, tmp_path: Path) -> None:
    (tmp_path / "sound.wav").write_bytes(SOUND)
    names = ("lapsed", "fresh", "unused", "used", "new")
    uploads = {name: begin("sound.wav", SOUND) for name in names}
    put_part(service, workspace, uploads["lapsed"].id, 1, [SOUND])
    for name in ("unused", "used", "new"):
        key = f"uploads/{uploads[name].id}/media"
        service.objects.put(key, tmp_path / "sound.wav")
        done = {"state": "complete", "object_key": key, "completed_at": now()}
        with service.database.transaction() as session:
            session.execute(update(Upload).where(Upload.id == uploads[name].id).values(**done))
    past = now() - timedelta(days=8)
    with service.database.transaction() as session:
        session.execute(update(Upload).where(Upload.id == uploads["lapsed"].id).values(expires_at=past))
        old = Upload.id.in_([uploads["unused"].id, uploads["used"].id])
        session.execute(update(Upload).where(old).values(completed_at=past, expires_at=past))
        source = MediaSource(id="s1", workspace_id=workspace, subject_kind="replica", subject_id="r1", role="footage")
        source.upload_id, source.created_at = uploads["used"].id, now()
        session.add(source)
    assert _rule(lambda: put_part(service, workspace, uploads["lapsed"].id, 1, [SOUND])) == "service.upload_closed"
    assert _rule(lambda: complete(service, workspace, uploads["lapsed"].id)) == "service.upload_closed"
    assert (sweep(service), sweep(service)) == (2, 0)
    with service.database.reading() as session:
        states = {name: get(session, workspace, upload.id).state for name, upload in uploads.items()}
    assert states == {"lapsed": "deleted", "fresh": "open", "unused": "deleted", "used": "complete", "new": "complete"}
    assert service.objects.list("uploads") == sorted(f"uploads/{uploads[name].id}/media" for name in ("used", "new"))
    assert _rule(lambda: abort(service, workspace, uploads["used"].id)) == "service.upload_in_use"
    abort(service, workspace, uploads["new"].id)
    assert len(service.objects.list("uploads")) == 1


@pytest.mark.parametrize("backend", ["sqlite"])
def test_what_a_request_that_died_left_is_cleared_away(service: Service, workspace: str, begin: Any) -> None:
    upload = begin("sound.wav", SOUND, part_bytes=4000)
    put_part(service, workspace, upload.id, 1, [SOUND[:4000]])
    places = {name: folder.folder_of(service.settings, f"u{name * 16}") for name in "ab"}
    places["open"] = folder.folder_of(service.settings, upload.id)
    for name in "ab":
        places[name].mkdir()
        (places[name] / ".whole").write_bytes(SOUND)
    for name in ("a", "open"):
        os.utime(places[name], (time.time() - 7200,) * 2)
    assert sweep(service) == 0
    assert {name: place.exists() for name, place in places.items()} == {"a": False, "b": True, "open": True}
    assert missing_parts(service, workspace, upload.id) == [2, 3]


@pytest.mark.parametrize("backend", ["sqlite"])
def test_only_so_many_uploads_may_be_open(service: Service, workspace: str, begin: Any) -> None:
    first = begin("sound.wav", SOUND)
    for _ in range(49):
        begin("sound.wav", SOUND)
    assert _rule(lambda: begin("sound.wav", SOUND)) == "service.uploads_open"
    abort(service, workspace, first.id)
    begin("sound.wav", SOUND)


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_large_file_has_no_more_parts_than_stores_take(service: Service, workspace: str) -> None:
    large = service.settings.model_copy(update={"max_file_bytes": 10**12})
    with service.database.transaction() as session:
        roomy = Service(large, service.database, service.objects, service.queue)
        upload = create(session, roomy, workspace, "film.mp4", 10**12)
        assert upload.part_bytes * 10_000 >= 10**12


@pytest.fixture
def film(tmp_path: Path, make_film: Callable[[Path], bytes]) -> bytes:
    return make_film(tmp_path)
