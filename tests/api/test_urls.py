"""URLs in requests: what would be refused when it is used is refused when it is given."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from countenance.api.asked import media
from countenance.service.context import Service
from countenance.service.credits import ledger
from countenance.service.db.tables import Replica
from countenance.service.errors import refused
from countenance.service.fetch.errors import URL_REFUSED

REPLICA = {"train_video_url": "https://films.example.org/a.mp4", "synthetic": True}
LIPSYNC = {
    "original_video_url": "https://films.example.org/a.mp4",
    "source_audio_url": "https://films.example.org/a.wav",
    "synthetic": True,
}


@pytest.fixture(autouse=True)
def credits(service: Service, workspace_id: str) -> None:
    with service.database.transaction() as session:
        ledger.grant(session, workspace_id, ledger.TRAINING, 5, "tests")
        ledger.grant(session, workspace_id, ledger.VIDEO_SECOND, 500, "tests")


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/v2/replicas", REPLICA, "train_video_url"),
        ("/v2/replicas", REPLICA, "callback_url"),
        ("/v2/faces", {"train_image_url": "https://films.example.org/a.png"}, "train_image_url"),
        ("/v2/lipsync", LIPSYNC, "source_audio_url"),
        ("/v2/lipsync", LIPSYNC, "original_video_url"),
        ("/v2/transcriptions", {"media_url": "https://films.example.org/a.wav"}, "media_url"),
        ("/v2/transcriptions", {"media_url": "https://films.example.org/a.wav"}, "callback_url"),
        ("/v2/videos", {"replica_id": "r0", "script": "Hello."}, "callback_url"),
        ("/v2/videos", {"replica_id": "r0", "audio_url": "https://films.example.org/a.wav"}, "audio_url"),
        ("/v2/videos", {"replica_id": "r0", "script": "Hello."}, "background_source_url"),
        ("/v2/videos", {"replica_id": "r0", "script": "Hello."}, "watermark_image_url"),
        ("/v2/webhook-endpoints", {"url": "https://films.example.org/"}, "url"),
    ],
)
@pytest.mark.parametrize("given", ["https://10.0.0.1/x", "http://films.example.org/x", "https://films.local/x"])
def test_what_nobody_would_go_to_is_refused_at_once(
    client: TestClient, path: str, body: dict[str, Any], field: str, given: str
) -> None:
    answer = client.post(path, json={**body, field: given})
    assert answer.status_code == 400, answer.text
    assert answer.json()["findings"][0]["rule"] == "service.url_refused"
    assert f"`{field}`" in answer.json()["detail"]
    assert all(each["held"] == 0 for each in client.get("/v2/credits").json()["data"])


def test_a_request_that_is_repeated_is_answered_whatever_the_operator_allows_by_now(
    client: TestClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = {"Idempotency-Key": "one"}
    body = {**REPLICA, "callback_url": "https://hooks.example.org/x"}
    made = client.post("/v2/replicas", json=body, headers=once)
    assert made.status_code == 200, made.text

    def nowhere(*_: object) -> None:
        raise refused(URL_REFUSED)

    monkeypatch.setattr(media, "check_postable", nowhere)
    again = client.post("/v2/replicas", json=body, headers=once)
    assert (again.status_code, again.json()) == (200, made.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert client.post("/v2/replicas", json=body, headers={"Idempotency-Key": "two"}).status_code == 400
    with service.database.reading() as session:
        assert len(session.scalars(select(Replica)).all()) == 1
