"""A person is asked by a link to speak the statement, and needs no key for it."""

from __future__ import annotations

import io
import wave
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import AuditEntry, ConsentRequest, IdempotencyKey, Upload

Json = dict[str, Any]


@pytest.fixture
def replica_id(client: TestClient) -> str:
    wanted = {"train_video_url": "https://example.org/a.mp4", "consent_by_link": True}
    return str(client.post("/v2/replicas", json=wanted).json()["replica_id"])


@pytest.fixture
def link(client: TestClient, replica_id: str) -> str:
    """The path of the person's side."""
    wanted = {"full_name": "Ada Lovelace", "email": "ada@example.org"}
    made = client.post(f"/v2/replicas/{replica_id}/consent-requests", json=wanted)
    assert made.status_code == 201, made.text
    return f"/v2/consent-links/{made.json()['url'].rpartition('/')[2]}"


@pytest.fixture
def person(client: TestClient) -> Json:
    """Headers of somebody without a key."""
    return {"headers": {"x-api-key": ""}}


def uploaded(client: TestClient, link: str, person: Json) -> str:
    """A recording has come by the link, and was not sent yet."""
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(bytes(64_000))
    announced = {"filename": "Ada.wav", "bytes": len(sound.getvalue())}
    upload = client.post(f"{link}/uploads", json=announced, **person).json()
    client.put(upload["parts"][0]["url"], content=sound.getvalue(), **person)
    done = client.post(f"{link}/uploads/{upload['upload_id']}/complete", **person)
    assert done.json()["state"] == "complete", done.text
    return str(upload["upload_id"])


@pytest.mark.parametrize("hard", [False, True])
def test_what_was_not_sent_goes_with_the_replica(
    client: TestClient, service: Service, replica_id: str, link: str, person: Json, hard: bool
) -> None:
    upload_id = uploaded(client, link, person)
    begun = client.post(f"{link}/uploads", json={"filename": "b.wav", "bytes": 100}, **person).json()["upload_id"]
    assert service.objects.list("uploads") != []
    assert client.delete(f"/v2/replicas/{replica_id}", params={"hard": hard}).status_code == 204
    assert service.objects.list("uploads") == []
    assert [client.get(f"/v2/uploads/{each}").json()["state"] for each in (upload_id, begun)] == ["deleted"] * 2


def test_the_person_records_the_statement(
    client: TestClient, service: Service, replica_id: str, link: str, person: Json
) -> None:
    shown = client.get(link, **person).json()
    assert (shown["state"], shown["full_name"]) == ("open", "Ada Lovelace")
    assert all(word in shown["statement"]["text"] for word in ("Ada Lovelace", *shown["statement"]["words"]))
    upload_id = uploaded(client, link, person)
    spoken = {"upload_id": upload_id, "phrase_id": shown["statement"]["phrase_id"]}
    assert client.post(f"{link}/record", json=spoken, **person).json()["state"] == "recorded"
    body = client.get(f"/v2/replicas/{replica_id}").json()
    assert (body["status"], body["standing"]) == ("started", "waiting")
    assert body["consent"] == {"required": True, "verdict": "waiting", "request_state": "recorded"}
    again = client.post(f"{link}/record", json=spoken, **person)
    assert (again.status_code, again.json()["error_type"]) == (410, "service.consent_request_closed")
    closed = client.get(link, **person).json()
    assert (closed["state"], closed["full_name"], closed["statement"]) == ("recorded", "", None)
    assert client.post(f"{link}/uploads", json={"filename": "b.wav", "bytes": 9}, **person).status_code == 410
    with service.database.reading() as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "consent_request.record")).one()
        assert noted.actor == f"consent-link:{session.scalars(select(ConsentRequest)).one().id}"


def test_the_person_declines(client: TestClient, replica_id: str, link: str, person: Json) -> None:
    assert client.post(f"{link}/decline", **person).json()["state"] == "declined"
    body = client.get(f"/v2/faces/{replica_id}").json()
    assert (body["status"], body["error_type"]) == ("error", "consent_phrase_mismatch")
    assert client.get("/v2/credits").json()["data"][0]["held"] == 0


def test_the_person_takes_it_back(
    client: TestClient, service: Service, replica_id: str, link: str, person: Json
) -> None:
    shown = client.get(link, **person).json()
    with service.database.transaction() as session:
        request = session.scalars(select(ConsentRequest)).one()
        row = {"workspace_id": request.workspace_id, "filename": "a.webm", "bytes": 3, "part_bytes": 3}
        lasts = {"state": "complete", "created_at": now(), "expires_at": now() + timedelta(days=1)}
        session.add(Upload(id="u0000000000000001", consent_request_id=request.id, **row, **lasts))
    spoken = {"upload_id": "u0000000000000001", "phrase_id": shown["statement"]["phrase_id"]}
    sent = client.post(f"{link}/record", json=spoken, **person).json()
    assert (sent["state"], sent["agreed"]["standing"], sent["agreed"]["full_name"]) == (
        "recorded",
        "checking",
        "Ada Lovelace",
    )
    assert "My name is Ada Lovelace." in sent["agreed"]["statement"]
    assert client.post(f"{link}/revoke", **person).status_code == 400
    answers = [client.post(f"{link}/revoke", json={"confirm": "revoke"}, **person) for _ in range(2)]
    assert [(each.status_code, each.json()["state"]) for each in answers] == [(200, "revoked")] * 2
    assert answers[0].json() == answers[1].json() == client.get(link, **person).json()
    assert (answers[0].json()["agreed"], "Ada" in answers[0].text) == (None, False)
    assert client.get(f"/v2/replicas/{replica_id}").status_code == 404
    asked = client.get(f"/v2/consent-requests/{request.id}").json()
    assert (asked["state"], asked["revoked_at"]) == ("revoked", answers[0].json()["revoked_at"])
    assert client.get("/v2/credits").json()["data"][0]["held"] == 0
    with service.database.reading() as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "consent_request.revoke")).one()
        assert noted.actor == f"consent-link:{request.id}"


def test_taking_back_what_was_not_given_is_declining(client: TestClient, link: str, person: Json) -> None:
    for _ in range(2):
        answer = client.post(f"{link}/revoke", json={"confirm": "revoke"}, **person)
        assert (answer.status_code, answer.json()["state"]) == (200, "declined")


def test_whoever_asked_sees_what_became_of_it(client: TestClient, replica_id: str, link: str, person: Json) -> None:
    rows = client.get(f"/v2/faces/{replica_id}/consent-requests").json()["data"]
    assert [(row["state"], row["url"]) for row in rows] == [("open", None)]
    path = f"/v2/consent-requests/{rows[0]['request_id']}"
    assert client.delete(path).status_code == 204
    assert client.get(path).json()["state"] == "withdrawn"
    assert client.delete(path).status_code == 410
    described = client.get("/openapi.json").json()["paths"]["/v2/consent-requests/{request_id}"]["delete"]["responses"]
    assert {"204", "409", "410"} <= set(described)
    assert client.post(f"{link}/decline", **person).status_code == 410


def test_a_link_is_told_once(client: TestClient, service: Service, replica_id: str) -> None:
    path, wanted = f"/v2/replicas/{replica_id}/consent-requests", {"full_name": "Ada Lovelace"}
    again = {"idempotency-key": "ask"}
    first = client.post(path, json=wanted, headers=again).json()
    assert client.post(path, json=wanted, headers=again).json() == {**first, "url": None}
    token = first["url"].rpartition("/")[2]
    with service.database.reading() as session:
        assert token not in str([vars(row) for row in session.scalars(select(IdempotencyKey))])


@pytest.mark.parametrize("token", ["x", "a" * 43, "a" * 128])
def test_a_guess_opens_nothing(client: TestClient, person: Json, token: str) -> None:
    for method, path in (("GET", ""), ("POST", "/decline")):
        assert client.request(method, f"/v2/consent-links/{token}{path}", **person).status_code == 404


def test_only_a_replica_that_waits_asks(client: TestClient) -> None:
    wanted = {"train_video_url": "https://example.org/a.mp4", "full_name": "Ada Lovelace"}
    made = client.post("/v2/replicas", json=wanted).json()["replica_id"]
    asked = client.post(f"/v2/replicas/{made}/consent-requests", json={"full_name": "Ada"})
    assert (asked.status_code, asked.json()["error_type"]) == (409, "service.consent_not_awaited")


def test_a_statement_with_words_that_are_good_once(client: TestClient) -> None:
    one, two = (client.post("/v2/consent-statements", json={"full_name": "Ada  Lovelace"}) for _ in range(2))
    assert one.status_code == 201
    assert "Ada Lovelace" in one.json()["text"]
    assert one.json()["words"] != two.json()["words"]
    used = {
        "train_video_url": "https://example.org/a.mp4",
        "full_name": "Ada Lovelace",
        "phrase_id": one.json()["phrase_id"],
    }
    assert client.post("/v2/replicas", json=used).status_code == 200
    other = client.post("/v2/replicas", json={**used, "full_name": "Grace Hopper"})
    assert (other.status_code, other.json()["findings"][0]["rule"]) == (400, "consent.phrase_unknown")
    for name in ("123", "李明", "Ada/Bob"):
        asked = client.post("/v2/consent-statements", json={"full_name": name})
        assert asked.status_code == 400, name
    for language in ("xx", "de"):  # unknown; known, but without words to draw
        asked = client.post("/v2/consent-statements", json={"full_name": "A", "language": language})
        assert asked.status_code == 400, language


def test_by_a_link_only_its_own_uploads_are_reached(client: TestClient, link: str, person: Json) -> None:
    announced = {"filename": "consent.wav", "bytes": 100}
    own = client.post("/v2/uploads", json=announced).json()["upload_id"]
    assert client.post(f"{link}/uploads/{own}/complete", **person).status_code == 404
    assert client.post(f"{link}/record", json={"upload_id": own}, **person).status_code in (400, 404)
    came = [client.post(f"{link}/uploads", json=announced, **person).json()["upload_id"] for _ in range(5)]
    assert client.post(f"{link}/uploads", json=announced, **person).json()["error_type"] == "service.link_uploads"
    too_large = {"filename": "consent.mp4", "bytes": 200_000_001}
    assert client.post(f"{link}/uploads", json=too_large, **person).status_code == 413
    assert client.post(f"{link}/decline", **person).status_code == 200
    assert client.get(f"/v2/uploads/{came[4]}").json()["state"] == "deleted"
    assert client.get(f"/v2/uploads/{own}").json()["state"] == "open"


def test_a_link_is_not_asked_for_faster_than_a_person_does(client: TestClient, link: str, person: Json) -> None:
    client.post(f"{link}/decline", **person)
    answers = [client.get(link, **person) for _ in range(60)]
    assert [each.status_code for each in answers] == [200] * 59 + [429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60


def test_a_recording_that_is_being_sent_can_be_asked_for_and_given_up(
    client: TestClient, link: str, person: Json
) -> None:
    begun = client.post(f"{link}/uploads", json={"filename": "me.mp4", "bytes": 9}, **person).json()
    at = f"{link}/uploads/{begun['upload_id']}"
    asked = client.get(at, **person)
    assert (asked.status_code, [part["number"] for part in asked.json()["parts"]]) == (200, [1])
    assert client.delete(at, **person).status_code == 204
    assert client.get(at, **person).json()["state"] == "deleted"
    assert client.get(f"{link}/uploads/u123", **person).status_code == 404
