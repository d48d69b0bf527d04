"""Reviews over HTTP: where the recordings are, who asked for them, and both decisions; and what became of credits."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from countenance.consent.claim_rules import CLAIM_PARTLY
from countenance.errors import Finding
from countenance.service.accounts import keys
from countenance.service.accounts.scopes import VIEWER
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import Upload
from countenance.service.replicas import life


@pytest.fixture
def doubted(client: TestClient, service: Service, workspace_id: str) -> str:
    """A replica from an upload, which waits for a human."""
    with service.database.transaction() as session:
        session.add(
            Upload(
                id="u1",
                workspace_id=workspace_id,
                filename="a.mp4",
                bytes=9,
                part_bytes=9,
                state="complete",
                object_key="uploads/u1",
                content_type="video/mp4",
                created_at=now(),
                expires_at=now(),
            )
        )
    made = client.post("/v2/replicas", json={"train_upload_id": "u1", "synthetic": True})
    assert made.status_code == 200, made.text
    replica_id: str = made.json()["replica_id"]
    with service.database.transaction() as session:
        life.begin(session, replica_id, "check")
        doubt = Finding(CLAIM_PARTLY).as_dict()
        life.checked(session, service, replica_id, findings=[doubt], clearance={"claim": {}}, ok=False)
    return replica_id


def test_recordings_are_found_and_it_is_noted_who_asked(
    client: TestClient, service: Service, workspace_id: str, doubted: str
) -> None:
    found = client.get(f"/v2/replicas/{doubted}/recordings").json()
    assert [(each["role"], each["content_type"], each["bytes"]) for each in found["data"]] == [
        ("footage", "video/mp4", 9)
    ]
    assert "/v2/media/" in found["data"][0]["url"]
    entries = client.get("/v2/workspace/audit", params={"subject_id": doubted}).json()["data"]
    assert entries[0]["action"] == "replica.footage.read"
    with service.database.transaction() as session:
        viewer = keys.create(session, workspace_id, "display", VIEWER).text
    assert client.get(f"/v2/replicas/{doubted}/recordings", headers={"x-api-key": viewer}).status_code == 403


def test_a_review_may_refuse(client: TestClient, doubted: str) -> None:
    body = {"reviewed_by": "Ines", "decision": "refuse", "reason": "A camera filmed it."}
    refused = client.post(f"/v2/replicas/{doubted}/review", json=body).json()
    assert (refused["status"], refused["error_type"]) == ("error", "service.review_refused")
    assert "Ines: A camera filmed it." in refused["error_message"]
    training = client.get("/v2/credits").json()["data"][0]
    assert (training["unit"], training["held"], training["holds"]) == ("training", 0, [])
    assert client.post(f"/v2/replicas/{doubted}/review", json={"reviewed_by": "Ines"}).status_code == 409


def test_a_review_confirms_if_nothing_else_is_said(client: TestClient, doubted: str) -> None:
    confirmed = client.post(f"/v2/replicas/{doubted}/review", json={"reviewed_by": "Ines"}).json()
    assert (confirmed["status"], confirmed["standing"]) == ("started", "waiting")
    training = client.get("/v2/credits").json()["data"][0]
    assert [hold["subject_id"] for hold in training["holds"]] == [doubted]
    lines = client.get("/v2/credits/statement", params={"unit": "training", "month": f"{now():%Y-%m}"}).json()
    assert [(line["kind"], line["after"]) for line in lines["data"]] == [
        ("hold", training["available"]),
        ("grant", training["granted"]),
    ]
    assert client.get("/v2/credits/statement", params={"month": "1999-12"}).json()["total_count"] == 0
    for month in ("0000-01", "0001-01", "9999-12"):
        assert client.get("/v2/credits/statement", params={"month": month}).json()["total_count"] == 0
    assert client.get("/v2/credits/statement", params={"month": "soon"}).status_code == 400
