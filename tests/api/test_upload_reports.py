"""What is found in footage before anything is made from it: asked for, followed, looked at, gone with the upload."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from starlette.testclient import TestClient

from countenance.media.read import frames
from countenance.media.write import VideoWriter
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import CreditHold, Job
from countenance.service.jobs.handlers import Done, Failed
from countenance.service.jobs.work_folder import work_folder
from countenance.service.jobs.workflow import finish
from countenance.service.tasks.report import REPORTING
from countenance.stock.clips import presenter_clip
from countenance.work.line import Line
from countenance.work.report import run


class _Silent(Line):
    """A line in the tests' own process."""

    def __init__(self) -> None:
        pass

    def progress(self, progress: object) -> None:
        pass


def _path(url: str) -> str:
    return url.removeprefix("http://testserver")


@pytest.fixture
def send(client: TestClient) -> Callable[[str, bytes], str]:
    """Uploads a file; the path of the upload."""

    def sent(name: str, data: bytes) -> str:
        made = client.post("/v2/uploads", json={"filename": name, "bytes": len(data)}).json()
        for part in made["parts"]:
            assert client.put(_path(part["url"]), content=data).status_code == 204
        done = client.post(f"/v2/uploads/{made['upload_id']}/complete")
        assert done.status_code == 200, done.text
        return f"/v2/uploads/{made['upload_id']}"

    return sent


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A second of the presenter, without sound."""
    path = tmp_path_factory.mktemp("clip") / "a.mp4"
    pictures = [frame.image for frame in frames(presenter_clip(), end_s=1.0, max_side=640)]
    height, width = pictures[0].shape[:2]
    with VideoWriter(path, width, height) as writer:
        for picture in pictures:
            writer.write(picture)
    return path.read_bytes()


def _job(service: Service) -> Job:
    with service.database.transaction() as session:
        return session.query(Job).order_by(Job.created_at.desc()).first()  # type: ignore[return-value]


def _worked(service: Service, job: Job) -> None:
    """What a worker does, without its queue."""
    folder = work_folder(service.settings, job.id)
    content = REPORTING.prepare(service, job.id, folder)
    (folder / "task.json").write_text(json.dumps(content))
    result = run(folder, service.settings, _Silent())
    assert finish(service, REPORTING, job.id, "report", Done(REPORTING.publish(service, job.id, folder, result)))


def test_what_speaks_against_footage(
    client: TestClient, service: Service, send: Callable[[str, bytes], str], clip: bytes
) -> None:
    upload = send("Me, at sea.mp4", clip)
    before = client.get(f"{upload}/report")
    assert (before.status_code, before.json()["error_type"]) == (404, "service.report_unknown")
    asked = client.post(f"{upload}/report")
    assert asked.status_code == 202
    body = asked.json()
    assert (body["kind"], body["state"], body["standing"], body["stage"]) == ("footage", "queued", "waiting", "queued")
    assert (body["ok"], body["findings"], body["fraction"], body["best"]) == (None, [], 0.0, None)
    assert body["duration_s"] == pytest.approx(1.0, abs=0.1)
    assert client.get(f"{upload}/report").json() == body == client.post(f"{upload}/report").json()
    job = _job(service)
    with service.database.transaction() as session:
        row = session.get_one(Job, job.id)
        row.state, row.stage, row.fraction, row.seconds_left = "running", "check footage", 0.42, 8.5
        row.heartbeat_at = row.started_at = now()
    going = client.get(f"{upload}/report").json()
    assert (going["state"], going["standing"], going["stage"]) == ("running", "working", "check footage")
    assert (going["fraction"], going["seconds_left"]) == (0.42, 8.5)

    _worked(service, job)
    done = client.post(f"{upload}/report").json()
    again = client.get(f"{upload}/report").json()
    assert {**done, "findings": [], "best": None} == {**again, "findings": [], "best": None}, "but for its links"
    assert (done["state"], done["standing"], done["stage"], done["fraction"]) == ("done", "done", "", 1.0)
    assert done["ok"] is False, "a second without sound"
    found = {finding["rule"]: finding for finding in done["findings"]}
    assert found["footage.too_short"]["severity"] == "error"
    assert {finding["file"] for finding in found.values()} == {"Me, at sea.mp4"}
    assert all(finding["message"].startswith("Me, at sea.mp4: ") for finding in found.values())
    assert done["usable_s"] is not None
    assert all(0 <= start <= end <= done["duration_s"] + 0.2 for start, end in done["usable"])
    with service.database.transaction() as session:
        assert session.query(CreditHold).count() == 0


def test_links_to_its_pictures_are_noted_and_end_with_it(
    client: TestClient, nobody: TestClient, service: Service, send: Callable[[str, bytes], str], clip: bytes
) -> None:
    picture = next(frames(presenter_clip(), start_s=2.0)).image
    upload = send("me.png", _png(picture))
    assert client.post(f"{upload}/report").json()["kind"] == "picture"
    _worked(service, _job(service))
    done = client.get(f"{upload}/report").json()
    assert (done["state"], done["duration_s"], done["usable"], done["best"]) == ("done", None, [], None)
    shown = nobody.get(_path(done["evidence_url"]), headers={"x-api-key": ""})
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert len(shown.content) > 1000
    noted = client.get("/v2/workspace/audit", params={"subject_id": done["upload_id"]}).json()["data"]
    assert [(entry["actor"] == "link", entry["action"]) for entry in noted] == [
        (True, "upload.media.read"),
        (False, "upload.report"),
    ]
    assert client.delete(upload).status_code == 204
    assert nobody.get(_path(done["evidence_url"])).status_code == 404
    assert client.get(f"{upload}/report").json()["error_type"] == "service.upload_unknown"
    assert service.objects.list("uploads") == []


def test_a_link_is_no_better_than_the_upload(
    client: TestClient, service: Service, send: Callable[[str, bytes], str], clip: bytes, tmp_path: Path
) -> None:
    """Also where the picture could not be deleted yet."""
    upload = send("me.mp4", clip)
    client.post(f"{upload}/report")
    _made(service, _job(service), tmp_path)
    url = client.get(f"{upload}/report").json()["findings"][0]["evidence_url"]
    assert client.get(_path(url)).content == b"a picture"
    client.delete(upload)
    service.objects.put(f"uploads/{upload.rpartition('/')[2]}/report/face.jpg", tmp_path / "face.jpg")
    assert client.get(_path(url)).status_code == 404


def test_why_there_is_none(
    client: TestClient, service: Service, send: Callable[[str, bytes], str], clip: bytes, key: str
) -> None:
    early = client.post("/v2/uploads", json={"filename": "a.mp4", "bytes": 10}).json()["upload_id"]
    refused = client.post(f"/v2/uploads/{early}/report")
    assert (refused.status_code, refused.json()["error_type"]) == (409, "service.upload_incomplete")
    assert client.post("/v2/uploads/u0/report").status_code == 404
    upload = send("me.mp4", clip)
    client.post(f"{upload}/report")
    first = _job(service)
    why = {"rule": "media.no_video", "severity": "error", "title": "T.", "file": "/x/in/footage.mp4", "message": "M."}
    assert finish(service, REPORTING, first.id, "report", Failed((why,)))
    failed = client.get(f"{upload}/report").json()
    assert (failed["state"], failed["standing"], failed["ok"]) == ("failed", "done", None)
    assert (failed["error_type"], failed["error_message"]) == ("media.no_video", "M.")
    assert [(finding["rule"], finding["file"]) for finding in failed["findings"]] == [("media.no_video", "me.mp4")]
    assert client.post(f"{upload}/report").json()["state"] == "queued"
    assert _job(service).id != first.id


def _made(service: Service, job: Job, tmp_path: Path) -> None:
    folder = work_folder(service.settings, job.id)
    (folder / "report").mkdir()
    for place in (folder / "report", tmp_path):
        (place / "face.jpg").write_bytes(b"a picture")
    finding = {"rule": "r", "severity": "error", "title": "T.", "message": "M.", "evidence": "face.jpg"}
    result: dict[str, Any] = {"ok": False, "findings": [finding], "report": {}, "evidence": ["report/face.jpg"]}
    assert finish(service, REPORTING, job.id, "report", Done(REPORTING.publish(service, job.id, folder, result)))


def _png(picture: Any) -> bytes:
    out = BytesIO()
    Image.fromarray(picture).save(out, "PNG")
    return out.getvalue()
