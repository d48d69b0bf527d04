"""Replicas over HTTP: both vocabularies, both spellings of a path, and what Tavus's clients look for."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from countenance.errors import Finding, Span
from countenance.footage.face_rules import RULES
from countenance.service.context import Service
from countenance.service.replicas import life

FOOTAGE = {"train_video_url": "https://example.org/footage.mp4", "full_name": "Ada Lovelace"}


def _create(client: TestClient, **fields: object) -> dict[str, object]:
    answer = client.post("/v2/replicas", json={**FOOTAGE, **fields})
    assert answer.status_code == 200, answer.text
    body: dict[str, object] = answer.json()
    return body


@pytest.mark.parametrize("path", ["/v2/replicas", "/v2/replicas/", "/v2/faces", "/v2/faces/"])
def test_every_path_is_served_with_and_without_a_slash(client: TestClient, path: str) -> None:
    made = client.post(path, json={**FOOTAGE, "callback_url": ""}, follow_redirects=False)
    assert made.status_code == 200
    assert made.json()["replica_id"] == made.json()["face_id"]
    one = client.get(f"{path.rstrip('/')}/{made.json()['face_id']}/", follow_redirects=False)
    assert one.status_code == 200
    assert one.json()["status"] == "started"


def test_a_name_may_be_sent_in_either_vocabulary(client: TestClient) -> None:
    made = _create(client, face_name="Rio")
    path = f"/v2/replicas/{made['replica_id']}"
    body = client.get(path, params={"verbose": "true", "sort": "recommended"}).json()
    assert body["replica_name"] == body["face_name"] == "Rio"
    assert body["replica_type"] == body["face_type"] == "user"
    assert client.patch(f"{path}/name", json={"replica_name": "Lima"}).status_code == 204
    assert client.patch(f"{path}/name", json={"face_name": "Oslo"}).content == b""
    changed = client.patch(f"/v2/faces/{made['replica_id']}", json={"face_name": "Riga", "default_voice_id": "HIBARI"})
    assert changed.json()["face_name"] == "Riga", changed.text
    assert client.get(path).json()["default_voice_id"] == changed.json()["default_voice_id"]


def test_a_new_replica_is_shown_as_tavus_shows_it(client: TestClient) -> None:
    body = client.get(f"/v2/replicas/{_create(client)['replica_id']}").json()
    assert re.fullmatch(r"r[0-9a-f]{12}", body["replica_id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", body["created_at"])
    assert body["training_progress"] == "0/100"
    assert body["error_message"] is None
    assert body["finetune_status"] is None
    assert body["standing"] == "waiting"
    assert body["consent"] == {"required": True, "verdict": "waiting", "request_state": None}


@pytest.mark.parametrize(
    "body",
    [{}, {**FOOTAGE, "train_image_url": "https://example.org/a.png"}, {"train_video_url": "", "train_image_url": None}],
)
def test_exactly_one_origin(client: TestClient, body: dict[str, object]) -> None:
    answer = client.post("/v2/replicas", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"] == "Either train_video_url or train_image_url must be provided."


def test_a_picture_declares_the_right_to_it(client: TestClient, service: Service) -> None:
    wanted = {"train_image_url": "https://example.org/a.png", "voice_name": "Hibari", "auto_fix_training_image": True}
    made = client.post("/v2/replicas", json=wanted)
    assert made.status_code == 200, made.text
    body = client.get(f"/v2/replicas/{made.json()['replica_id']}").json()
    assert (body["material"], body["consent"]["verdict"]) == ("image", "not-needed")
    unknown = client.post("/v2/replicas", json={**wanted, "voice_name": "nobody"})
    assert unknown.status_code == 400
    assert unknown.json()["error_type"] == "voice.unknown_voice"


def test_footage_of_a_person_needs_the_name_that_is_spoken(client: TestClient) -> None:
    answer = client.post("/v2/replicas", json={"train_video_url": "https://example.org/a.mp4"})
    assert answer.status_code == 400
    assert "full_name" in answer.json()["error"]


@pytest.mark.parametrize("page", [0, 1])
def test_pages_0_and_1_are_the_first(client: TestClient, page: int) -> None:
    ids = [_create(client)["replica_id"] for _ in range(3)]
    first = client.get("/v2/faces", params={"limit": 2, "page": page, "face_type": "user"}).json()
    assert [row["replica_id"] for row in first["data"]] == ids[:0:-1]
    assert first["total_count"] == 3
    second = client.get("/v2/faces", params={"limit": 2, "page": 2}).json()
    assert [row["face_id"] for row in second["data"]] == ids[:1]


def test_a_list_is_filtered(client: TestClient) -> None:
    made = _create(client, replica_name="Ada")["replica_id"]
    _create(client, model_name="phoenix-3", replica_name="Übung 100 %")
    for query, count in (
        ({"replica_type": "system"}, 0),
        ({"replica_type": "user"}, 2),
        ({"replica_type": ""}, 2),
        ({"replica_type": "nonsense"}, 0),
        ({"face_type": "nonsense"}, 0),
        ({"replica_ids": f"{made}, r000000000000"}, 1),
        ({"model_name": "phoenix-3"}, 1),
        ({"status": "training"}, 2),
        ({"status": "error"}, 0),
        ({"status": "nonsense"}, 0),
        ({"search": " üBUNG "}, 1),
        ({"search": "0 %"}, 1),
        ({"search": "%"}, 1),
        ({"search": str(made)[:8]}, 1),
        ({"search": str(made)[3:]}, 0),
    ):
        assert client.get("/v2/replicas", params=query).json()["total_count"] == count, query


def test_a_failed_training_says_why(client: TestClient, service: Service) -> None:
    made = str(_create(client)["replica_id"])
    finding = Finding(RULES[0], measured=1.0, spans=(Span(1.0, 2.5),), evidence="face.jpg").as_dict()
    with service.database.transaction() as session:
        assert life.begin(session, made, "check")
        assert life.checked(session, service, made, findings=[finding], clearance=None, ok=False)
    body = client.get(f"/v2/replicas/{made}").json()
    assert (body["status"], body["training_progress"]) == ("error", "0/100")
    assert body["error_message"] == finding["message"]
    assert body["error_type"] == (RULES[0].tavus_type or RULES[0].id)
    assert body["findings"][0]["spans"] == [[1.0, 2.5]]
    assert "face.jpg" in body["findings"][0]["evidence"]
    assert client.get(f"/v2/replicas/{made}/report").json()["findings"][0]["rule"] == RULES[0].id
    assert client.get("/v2/credits").json()["data"][0]["held"] == 0


def test_what_was_deleted_is_gone(client: TestClient) -> None:
    made = _create(client)["replica_id"]
    assert client.delete(f"/v2/replicas/{made}").status_code == 204
    gone = client.get(f"/v2/replicas/{made}")
    assert gone.status_code == 404
    assert gone.json()["error"] == "Invalid replica_id"
    assert client.delete(f"/v2/replicas/{made}", params={"hard": "true"}).status_code == 204
    assert client.post("/v2/videos", json={"replica_id": made, "script": "Hello."}).status_code == 400
    assert client.get("/v2/credits").json()["data"][0]["available"] == 100
