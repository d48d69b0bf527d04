"""What was purged is not told again, and words belong to the workspace that asked for them."""

from __future__ import annotations

from starlette.testclient import TestClient

from countenance.consent import phrase
from countenance.service.accounts import idempotency
from countenance.service.context import Service


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
