"""Uploads whose parts go straight to an S3-compatible store."""

from __future__ import annotations

import hashlib
import random
import struct
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from pydantic import SecretStr
from sqlalchemy import update

from countenance.errors import CountenanceError
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import Upload, Workspace
from countenance.service.objects.open import open_objects
from countenance.service.uploads import bucket
from countenance.service.uploads import complete as completing
from countenance.service.uploads.begin import create
from countenance.service.uploads.complete import complete
from countenance.service.uploads.drop import abort
from countenance.service.uploads.expire import sweep
from countenance.service.uploads.links import missing_parts, part_links
from countenance.service.uploads.receive import put_part

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])
WORKSPACE = "w0000000000000001"


def _wav(size: int) -> bytes:
    head = struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", size - 8, b"WAVE", b"fmt ", 16, 1, 2, 48000, 192000, 4, 16, b"data", size - 44
    )
    return head + random.Random(1).randbytes(size - 44)  # noqa: S311 - noise


SOUND = _wav(12_000_044)


@pytest.fixture
def far(service: Service, store: Any, tmp_path: Path) -> Service:
    """An installation whose objects lie in the store."""
    told = {"objects_url": f"{store.url}/{tmp_path.name}", "objects_options": SecretStr(store.options)}
    settings = service.settings.model_copy(update=told | {"upload_part_bytes": 5 * 1024 * 1024})
    with service.database.transaction() as session:
        session.add(Workspace(id=WORKSPACE, name="Harbour Films", created_at=now()))
    return Service(settings, service.database, open_objects(settings), service.queue)


def _begun(service: Service, filename: str, data: bytes, sha256: str | None = None) -> Upload:
    with service.database.transaction() as session:
        return create(session, service, WORKSPACE, filename, len(data), sha256)


def _put(link: Any, data: bytes) -> int:
    start = (link.number - 1) * 5 * 1024 * 1024
    return requests.put(link.url, data=data[start : start + link.bytes], timeout=30).status_code


def _rule(call: Callable[[], Any]) -> str:
    with pytest.raises(CountenanceError) as caught:
        call()
    return caught.value.finding.rule.id


def _links(service: Service, upload: Upload) -> list[Any]:
    return part_links(service, WORKSPACE, upload.id, "https://api.example.com")


def _waiting(service: Service, store: Any) -> list[str]:
    """What the store keeps of uploads that are not whole."""
    prefix = str(service.settings.objects_url).partition(f"{store.bucket}/")[2]
    found = store.client.list_multipart_uploads(Bucket=store.bucket, Prefix=prefix).get("Uploads", [])
    return [each["Key"] for each in found]


def test_parts_go_to_the_store_in_any_order_and_again(far: Service, store: Any) -> None:
    upload = _begun(far, "sound.wav", SOUND, hashlib.sha256(SOUND).hexdigest())
    links = _links(far, upload)
    assert [(link.number, link.bytes) for link in links] == [(1, 5242880), (2, 5242880), (3, 1514284)]
    assert all(link.url.startswith(store.endpoint) for link in links)
    assert _put(links[2], SOUND) == 200
    assert missing_parts(far, WORKSPACE, upload.id) == [1, 2]
    assert _rule(lambda: complete(far, WORKSPACE, upload.id)) == "service.upload_incomplete"
    assert _put(links[0], bytes(len(SOUND))) == 200
    time.sleep(1.1)  # stores keep time in seconds
    assert _put(links[0], SOUND) == 200
    # After a restart the client asks what is missing, and is given fresh URLs of the same upload.
    again = _links(far, upload)
    assert [link.number for link in again] == [2]
    assert len(_waiting(far, store)) == 1
    assert _put(again[0], SOUND) == 200
    done = complete(far, WORKSPACE, upload.id)
    assert (done.state, done.sha256) == ("complete", hashlib.sha256(SOUND).hexdigest())
    assert done.media is not None
    assert (done.media["kind"], done.media["channels"]) == ("audio", 2)
    assert b"".join(far.objects.read(str(done.object_key), 0, len(SOUND))) == SOUND
    assert complete(far, WORKSPACE, upload.id).object_key == done.object_key
    assert (_waiting(far, store), missing_parts(far, WORKSPACE, upload.id)) == ([], [])
    assert list((far.settings.data_dir / "uploads").iterdir()) == []


def test_a_crash_after_joining_is_made_good(far: Service) -> None:
    upload = _begun(far, "sound.wav", SOUND)
    for link in _links(far, upload):
        _put(link, SOUND)
    with far.database.reading() as session:
        row = session.get_one(Upload, upload.id)
    bucket.join(far, row, bucket.present(far, row))
    assert complete(far, WORKSPACE, upload.id).state == "complete"


def test_a_store_that_is_away_takes_no_upload_away(far: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = _begun(far, "sound.wav", SOUND)
    assert [_put(link, SOUND) for link in _links(far, upload)] == [200] * 3
    nowhere = far.settings.model_copy(
        update={"objects_options": SecretStr('{"endpoint": "http://127.0.0.1:9", "retry_config": {"max_retries": 0}}')}
    )
    away = Service(nowhere, far.database, open_objects(nowhere), far.queue)
    monkeypatch.setattr(bucket, "_WAIT_S", 1)
    assert _rule(lambda: complete(away, WORKSPACE, upload.id)) == "service.store_unreachable"
    assert complete(far, WORKSPACE, upload.id).state == "complete"


@pytest.mark.parametrize("moment", ["before joining", "before noting"])
def test_two_servers_complete_an_upload_at_once(far: Service, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    """Each with a data folder of its own, so that no lock keeps one of them out."""
    upload = _begun(far, "sound.wav", SOUND)
    assert [_put(link, SOUND) for link in _links(far, upload)] == [200] * 3
    elsewhere = far.settings.model_copy(update={"data_dir": far.settings.data_dir / "elsewhere"})
    other = Service(elsewhere, far.database, open_objects(elsewhere), far.queue)
    module, name = (bucket, "join") if moment == "before joining" else (completing, "look")
    own = getattr(module, name)

    def late(*given: Any) -> Any:
        monkeypatch.setattr(module, name, own)
        assert complete(other, WORKSPACE, upload.id).state == "complete"
        return own(*given)

    monkeypatch.setattr(module, name, late)
    done = complete(far, WORKSPACE, upload.id)
    assert (done.state, done.sha256) == ("complete", hashlib.sha256(SOUND).hexdigest())
    assert b"".join(far.objects.read(str(done.object_key), 0, len(SOUND))) == SOUND


def test_signed_urls_are_for_one_part_of_one_size(far: Service) -> None:
    upload = _begun(far, "sound.wav", SOUND)
    one, two, _ = _links(far, upload)
    for url, data in (
        (one.url, SOUND[:100]),
        (one.url, SOUND[: one.bytes + 1]),
        (one.url.replace("partNumber=1", "partNumber=2"), SOUND[: one.bytes]),
        (one.url.replace(upload.id, "u0000000000000000"), SOUND[: one.bytes]),
        (one.url.partition("?")[0], SOUND[: one.bytes]),
    ):
        assert requests.put(url, data=data, timeout=30).status_code in (400, 403)
    assert requests.get(two.url, timeout=30).status_code == 403
    assert missing_parts(far, WORKSPACE, upload.id) == [1, 2, 3]
    assert _rule(lambda: put_part(far, WORKSPACE, upload.id, 1, [SOUND])) == "service.upload_part_elsewhere"


@pytest.mark.parametrize(
    ("data", "sha256", "rule"),
    [
        (b"<!doctype html>", None, "service.upload_not_media"),
        (_wav(50_000), "0" * 64, "service.upload_changed"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(99), None, "media.unknown_format"),
    ],
)
def test_what_is_refused_is_deleted_there(far: Service, store: Any, data: bytes, sha256: str | None, rule: str) -> None:
    upload = _begun(far, "sound.wav", data, sha256)
    assert _put(_links(far, upload)[0], data) == 200
    assert _rule(lambda: complete(far, WORKSPACE, upload.id)) == rule
    assert (far.objects.list(""), _waiting(far, store)) == ([], [])


def test_what_is_given_up_or_forgotten_is_deleted_there(far: Service, store: Any) -> None:
    given_up, lapsed = _begun(far, "sound.wav", SOUND), _begun(far, "sound.wav", SOUND)
    for upload in (given_up, lapsed):
        assert _put(_links(far, upload)[0], SOUND) == 200
    assert len(_waiting(far, store)) == 2
    abort(far, WORKSPACE, given_up.id)
    with far.database.transaction() as session:
        session.execute(update(Upload).where(Upload.id == lapsed.id).values(expires_at=now() - timedelta(seconds=1)))
    assert (sweep(far), _waiting(far, store)) == (1, [])


def test_without_boto3_parts_come_here_and_the_whole_goes_there(
    far: Service, monkeypatch: pytest.MonkeyPatch, store: Any
) -> None:
    monkeypatch.setattr(bucket, "find_spec", lambda name: None)
    data = _wav(100_000)
    upload = _begun(far, "sound.wav", data)
    assert _links(far, upload)[0].url.startswith("https://api.example.com/v2/uploads/")
    put_part(far, WORKSPACE, upload.id, 1, [data])
    done = complete(far, WORKSPACE, upload.id)
    assert b"".join(far.objects.read(str(done.object_key), 0, len(data))) == data
