"""What was purged is not told again, and words belong to the workspace that asked for them."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from countenance.consent import phrase
from countenance.service.accounts import idempotency
from countenance.service.context import Service
from countenance.service.db.tables import IdempotencyKey


def test_a_request_whose_answer_was_purged_is_told_so(client: TestClient, service: Service, workspace_id: str) -> None:
    asked = {"filename": "Ada.mp4", "bytes": 10}
    key = {"Idempotency-Key": "k1"}
    made = client.post("/v2/uploads", json=asked, headers=key)
    assert client.post("/v2/uploads", json=asked, headers=key).json() == made.json()
    with service.database.transaction() as session:
        idempotency.forget(session, workspace_id, [made.json()["upload_id"]])
    again = client.post("/v2/uploads", json=asked, headers=key)
    assert again.status_code == 410
    assert "service.idempotency_gone" in again.text


def test_words_belong_to_the_workspace_that_asked_for_them(
    client: TestClient, service: Service, workspace_id: str
) -> None:
    made = client.post("/v2/consent-statements", json={"full_name": "Ada Lovelace"}).json()
    drawn = phrase.known(made["phrase_id"], service.settings)
    assert drawn is not None
    assert drawn.account == workspace_id


_MADE = {
    "/v2/uploads": ({"filename": "Grace Hopper.mp4", "bytes": 10}, "upload_id"),
    "/v2/workspace/members": ({"email": "grace@hopper.example"}, "member_id"),
    "/v2/pronunciation-dictionaries": ({"name": "Grace Hopper"}, "id"),
    "/v2/webhook-endpoints": ({"url": "https://hooks.example/grace-hopper"}, "endpoint_id"),
}


@pytest.mark.parametrize("path", _MADE)
def test_an_answer_goes_with_what_it_was_of(client: TestClient, service: Service, path: str) -> None:
    asked, id_field = _MADE[path]
    key = {"Idempotency-Key": "k1"}
    made = client.post(path, json=asked, headers=key)
    assert made.status_code == 201, made.text
    assert client.delete(f"{path}/{made.json()[id_field]}").status_code == 204
    with service.database.reading() as session:
        kept = [row.body or "" for row in session.scalars(select(IdempotencyKey))]
    assert kept == [""]
    again = client.post(path, json=asked, headers=key)
    assert (again.status_code, "service.idempotency_gone" in again.text) == (410, True)


def test_an_answer_goes_with_an_upload_that_is_refused(client: TestClient, service: Service) -> None:
    asked = {"filename": "Grace Hopper.wav", "bytes": 10}
    made = client.post("/v2/uploads", json=asked, headers={"Idempotency-Key": "k1"}).json()
    url = made["parts"][0]["url"]
    assert client.put(url, content=b"no sound..").status_code in (200, 204)
    assert client.post(f"/v2/uploads/{made['upload_id']}/complete").status_code == 400
    with service.database.reading() as session:
        assert [row.body or "" for row in session.scalars(select(IdempotencyKey))] == [""]
