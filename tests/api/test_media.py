"""Files in and out: uploads in parts, links to what is stored, and pictures that are only looked at."""

from __future__ import annotations

import base64
import hashlib
import io
import time
import wave
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from PIL import Image
from starlette.testclient import TestClient

from countenance.api.app import create_app
from countenance.api.browsers import COOKIE
from countenance.service.accounts import keys, sessions, workspaces
from countenance.service.accounts.scopes import OWNER, VIEWER
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import Replica, Upload


def _path(url: str) -> str:
    return url.removeprefix("http://testserver")


@pytest.fixture
def sound() -> bytes:
    """Six megabytes of silence: two parts."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(bytes(6 * 1024 * 1024))
    return out.getvalue()


def test_a_file_comes_in_parts(service: Service, key: str, sound: bytes) -> None:
    settings = service.settings.model_copy(update={"upload_part_bytes": 5 * 1024 * 1024})
    app = create_app(Service(settings, service.database, service.objects, service.queue))
    wanted = {"filename": "voice.wav", "bytes": len(sound), "sha256": hashlib.sha256(sound).hexdigest()}
    with TestClient(app, headers={"x-api-key": key}) as client, TestClient(app) as browser:
        made = client.post("/v2/uploads/", json=wanted, headers={"idempotency-key": "once"}).json()
        again = client.post("/v2/uploads/", json=wanted, headers={"idempotency-key": "once"}).json()
        assert again["upload_id"] == made["upload_id"]
        assert [part["bytes"] for part in made["parts"]] == [5 * 1024 * 1024, len(sound) - 5 * 1024 * 1024]
        path = f"/v2/uploads/{made['upload_id']}"
        second = made["parts"][1]
        sent = browser.put(_path(second["url"]), content=sound[-second["bytes"] :])
        assert sent.status_code == 204, sent.text
        early = client.post(f"{path}/complete")
        assert (early.status_code, early.json()["error_type"]) == (409, "service.upload_incomplete")
        missing = client.get(path).json()["parts"]
        assert [part["number"] for part in missing] == [1]
        short = browser.put(_path(missing[0]["url"]), content=b"short")
        assert (short.status_code, short.json()["error_type"]) == (400, "service.upload_part_size")
        forged = browser.put(_path(missing[0]["url"])[:-3] + "abc", content=sound[: 5 * 1024 * 1024])
        assert forged.status_code == 403
        assert browser.put(_path(missing[0]["url"]), content=sound[: 5 * 1024 * 1024]).status_code == 204
        done = client.post(f"{path}/complete").json()
        assert (done["state"], done["media"]["kind"], done["parts"]) == ("complete", "audio", [])
        used = {"upload_id": made["upload_id"], "transcription_name": "Silence"}
        assert client.post("/v2/transcriptions", json=used).json()["status"] == "started"
        assert client.delete(path).status_code == 409


@pytest.fixture
def thumbnail(client: TestClient, service: Service, tmp_path: Path) -> tuple[str, str, bytes]:
    """A replica's id, the URL of its picture, and the picture."""
    wanted = {"train_video_url": "https://example.org/a.mp4", "synthetic": True}
    made = client.post("/v2/replicas", json=wanted).json()["replica_id"]
    picture = bytes(range(256)) * 8
    (tmp_path / "thumbnail.jpg").write_bytes(picture)
    service.objects.put(f"replicas/{made}/thumbnail.jpg", tmp_path / "thumbnail.jpg", "image/jpeg")
    with service.database.transaction() as session:
        session.get_one(Replica, made).thumbnail_key = f"replicas/{made}/thumbnail.jpg"
    return made, client.get(f"/v2/replicas/{made}").json()["thumbnail_url"], picture


def test_a_picture_is_served_whole_and_in_parts(client: TestClient, thumbnail: tuple[str, str, bytes]) -> None:
    made, url, picture = thumbnail
    bare = {"x-api-key": ""}
    whole = client.get(_path(url), headers=bare)
    assert (whole.status_code, whole.content) == (200, picture)
    assert whole.headers["content-type"] == "image/jpeg"
    part = client.get(_path(url), headers={**bare, "range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, picture[100:200])
    assert client.head(_path(url), headers=bare).headers["content-length"] == str(len(picture))
    assert client.get(_path(url), headers={**bare, "if-none-match": whole.headers["etag"]}).status_code == 304
    outside = client.get(_path(url), headers={**bare, "range": "bytes=9000-"})
    assert (outside.status_code, outside.headers["content-range"]) == (416, f"bytes */{len(picture)}")
    assert client.get(_path(url)[:-10] + "a" * 10, headers=bare).status_code == 403
    noted = client.get("/v2/workspace/audit", params={"subject_id": made}).json()["data"]
    assert [(entry["actor"], entry["action"]) for entry in noted].count(("link", "replica.media.read")) == 2


@pytest.mark.parametrize(
    "asked", ["bytes= 0-", "bytes=00-", "bytes=5-6,0-", "x", "bytes=1-", "bytes=-9999", "items=1-"]
)
def test_no_look_goes_unnoted_however_it_is_asked_for(
    client: TestClient, thumbnail: tuple[str, str, bytes], asked: str
) -> None:
    made, url, picture = thumbnail
    got = client.get(_path(url), headers={"range": asked})
    assert got.content in (picture, picture[1:])
    client.get(_path(url), headers={"range": "bytes=100-"})  # the same look goes on
    noted = client.get("/v2/workspace/audit", params={"subject_id": made}).json()["data"]
    assert [entry["action"] for entry in noted].count("replica.media.read") == 1


def _looks(client: TestClient, replica_id: str) -> list[str]:
    """Who looked, the first first."""
    noted = client.get("/v2/workspace/audit", params={"subject_id": replica_id}).json()["data"]
    return [entry["actor"] for entry in noted if entry["action"] == "replica.media.read"][::-1]


def test_whoever_is_signed_in_is_noted_by_their_key_and_once_for_a_page_loaded_anew(
    app: FastAPI, client: TestClient, service: Service, key: str, thumbnail: tuple[str, str, bytes]
) -> None:
    made, url, _ = thumbnail
    workspace_id = client.get("/v2/workspace").json()["workspace_id"]
    with service.database.transaction() as session:
        second = keys.create(session, workspace_id, "display", VIEWER)
        first_session = sessions.begin(session, key, "testclient")
        second_session = sessions.begin(session, second.text, "testclient")
    with TestClient(app) as browser, TestClient(app) as other, TestClient(app) as nobody:
        browser.cookies.set(COOKIE, first_session)
        other.cookies.set(COOKIE, second_session)
        for visitor in (browser, browser, other, browser, other, nobody, nobody):
            assert visitor.get(_path(url)).status_code == 200
        assert browser.get(_path(url), headers={"range": "bytes=100-"}).status_code == 206
    first = f"key:{key.split('_')[1]}"
    assert _looks(client, made) == [first, f"key:{second.row.id}", "link", "link"]


def test_a_session_that_is_not_good_here_says_nothing_of_who_looks(
    app: FastAPI, client: TestClient, service: Service, key: str, thumbnail: tuple[str, str, bytes]
) -> None:
    made, url, _ = thumbnail
    with service.database.transaction() as session:
        elsewhere = workspaces.create(session, service.settings, "Somebody else")
        stranger = sessions.begin(session, keys.create(session, elsewhere.id, "first key", OWNER).text, "testclient")
        over = sessions.begin(session, key, "testclient")
        sessions.end(session, over)
    for token in (stranger, over, "nonsense"):
        with TestClient(app, cookies={COOKIE: token}) as browser:
            assert browser.get(_path(url)).status_code == 200
    assert _looks(client, made) == ["link", "link", "link"]


def test_what_was_deleted_is_not_shown(client: TestClient, thumbnail: tuple[str, str, bytes]) -> None:
    made, url, _ = thumbnail
    client.delete(f"/v2/replicas/{made}")
    assert client.get(_path(url)).status_code == 404


def test_the_recordings_of_a_deleted_replica_are_not_shown(
    client: TestClient, service: Service, workspace_id: str, tmp_path: Path
) -> None:
    recording = "u0000000000000001"
    _uploaded(service, workspace_id, recording, tmp_path)
    wanted = {"train_upload_id": recording, "consent_upload_id": recording, "full_name": "Ada Lovelace"}
    one, two = (client.post("/v2/replicas", json=wanted).json()["replica_id"] for _ in range(2))
    first, second = (_recordings(client, each) for each in (one, two))
    assert len(first) == len(second) == 2
    assert [client.get(_path(url)).status_code for url in (*first, *second)] == [200] * 4
    client.delete(f"/v2/replicas/{one}")
    assert [client.get(_path(url)).status_code for url in (*first, *second)] == [404, 404, 200, 200]
    assert client.get(f"/v2/uploads/{recording}").json()["state"] == "complete"


def _recordings(client: TestClient, replica_id: str) -> list[str]:
    return [each["url"] for each in client.get(f"/v2/replicas/{replica_id}/recordings").json()["data"]]


def _uploaded(service: Service, workspace_id: str, upload_id: str, folder: Path) -> None:
    (folder / "ada.mp4").write_bytes(bytes(100))
    service.objects.put(f"uploads/{upload_id}/media", folder / "ada.mp4")
    kept = {"workspace_id": workspace_id, "filename": "ada.mp4", "bytes": 100, "part_bytes": 100, "state": "complete"}
    ends = {"created_at": now(), "completed_at": now(), "expires_at": now() + timedelta(days=1)}
    with service.database.transaction() as session:
        session.add(Upload(id=upload_id, object_key=f"uploads/{upload_id}/media", **kept, **ends))


def _asked(client: TestClient, path: str, text: str) -> dict[str, Any]:
    answer = client.post(f"{path}/image-validation", json={"imageBase64": text, "mimeType": "image/jpeg"})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


@pytest.mark.parametrize("path", ["/v2/faces", "/v2/replicas"])
def test_a_picture_is_looked_at_and_not_kept(client: TestClient, service: Service, path: str) -> None:
    data = base64.b64encode(_grey_png()).decode()
    body = _asked(client, path, f"data:image/png;base64,{data}")
    failed = {check["id"] for check in body["checks"] if not check["passed"]}
    assert body["passed"] is False
    assert "portrait.no_face" in failed
    assert "portrait.too_small" in {check["id"] for check in body["checks"]}
    assert body["details"]["pose_suitable_for_face"] is body["details"]["pose_suitable_for_replica"] is False
    assert not list((service.settings.data_dir / "looking").iterdir())
    assert client.post(f"{path}/image-validation", json={"imageBase64": "%%%"}).status_code == 400


def test_where_all_places_are_taken_nobody_waits_long(app: FastAPI, client: TestClient) -> None:
    picture = {"imageBase64": base64.b64encode(_grey_png()).decode()}
    upload = client.post("/v2/uploads", json={"filename": "a.wav", "bytes": 1}).json()["upload_id"]
    began = time.monotonic()
    with ExitStack() as taken:
        for slots in (app.state.looking, app.state.completing, app.state.completing):
            taken.enter_context(slots)
        looked = client.post("/v2/faces/image-validation", json=picture)
        completed = client.post(f"/v2/uploads/{upload}/complete")
    assert time.monotonic() - began < 5
    for answer in (looked, completed):
        assert (answer.status_code, answer.json()["error_type"]) == (503, "api.busy")
        assert int(answer.headers["Retry-After"]) > 0
    assert client.post(f"/v2/uploads/{upload}/complete").status_code == 409


def test_a_picture_that_a_killed_server_has_left_is_deleted(service: Service) -> None:
    left = service.settings.data_dir / "looking" / "0123456789abcdef"
    left.parent.mkdir()
    left.write_bytes(_grey_png())
    create_app(service)
    assert not left.exists()


def test_what_is_no_picture_fails_a_check(client: TestClient) -> None:
    body = _asked(client, "/v2/faces", base64.b64encode(b"GIF89a" + bytes(50)).decode())
    assert body["passed"] is False
    assert [(check["id"], check["passed"]) for check in body["checks"]] == [("media.readable", False)]
    assert body["findings"][0]["rule"].startswith("media.")


def _grey_png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 640), (128, 128, 128)).save(out, "PNG")
    return out.getvalue()
