"""Who may call, how often, and what happens to a call that is made twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import select
from starlette.testclient import TestClient

from countenance.api.app import create_app
from countenance.api.metrics import Work
from countenance.service.accounts import keys, workspaces
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import AuditEntry, Job, Replica
from countenance.service.replicas import life

FOOTAGE = {"train_video_url": "https://example.org/footage.mp4", "full_name": "Ada Lovelace"}


def _key(service: Service, workspace_id: str, role: str, *scopes: str) -> dict[str, str]:
    with service.database.transaction() as session:
        return {"x-api-key": keys.create(session, workspace_id, role, role, scopes).text}


def test_a_key_does_what_its_role_allows(client: TestClient, service: Service, workspace_id: str) -> None:
    viewer = _key(service, workspace_id, "viewer")
    assert client.get("/v2/replicas", headers=viewer).status_code == 200
    refused = client.post("/v2/replicas", json=FOOTAGE, headers=viewer)
    assert refused.status_code == 403
    assert "replicas:write" in refused.json()["detail"]
    narrow = _key(service, workspace_id, "editor", "videos:read")
    assert client.get("/v2/replicas", headers=narrow).status_code == 403
    assert client.get("/v2/videos", headers=narrow).status_code == 200


def test_bearer_is_as_good(nobody: TestClient, key: str) -> None:
    assert nobody.get("/v2/replicas", headers={"authorization": f"Bearer {key}"}).status_code == 200


def test_workspaces_do_not_see_each_other(client: TestClient, service: Service) -> None:
    mine = client.post("/v2/replicas", json=FOOTAGE).json()["replica_id"]
    with service.database.transaction() as session:
        other = workspaces.create(session, service.settings, "Other").id
    stranger = _key(service, other, "owner")
    for path in (f"/v2/replicas/{mine}", f"/v2/faces/{mine}/report", f"/v2/replicas/{mine}/events"):
        assert client.get(path, headers=stranger).status_code == 404, path
    assert client.delete(f"/v2/replicas/{mine}", headers=stranger).status_code == 404
    assert client.get("/v2/replicas", headers=stranger).json()["data"] == []


def test_too_many_requests(service: Service, key: str) -> None:
    slow = service.settings.model_copy(update={"requests_per_minute": 3})
    app = create_app(Service(slow, service.database, service.objects, service.queue))
    with TestClient(app, headers={"x-api-key": key}) as client:
        statuses = [client.get("/v2/voices").status_code for _ in range(5)]
        refused = client.get("/v2/voices")
    assert statuses == [200, 200, 200, 429, 429]
    assert 1 <= int(refused.headers["retry-after"]) <= 60


def test_the_same_request_twice_is_one(client: TestClient, service: Service) -> None:
    again = {"idempotency-key": "3f0e"}
    answers = [client.post("/v2/replicas", json=FOOTAGE, headers=again) for _ in range(3)]
    assert {answer.json()["replica_id"] for answer in answers} == {answers[0].json()["replica_id"]}
    assert [answer.headers.get("idempotent-replayed") for answer in answers] == [None, "true", "true"]
    with service.database.reading() as session:
        assert len(session.scalars(select(Replica)).all()) == 1
    other = client.post("/v2/replicas", json={**FOOTAGE, "replica_name": "B"}, headers=again)
    assert other.status_code == 422
    assert client.post("/v2/replicas", json={}, headers={"idempotency-key": "bad"}).status_code == 400
    assert client.post("/v2/replicas", json=FOOTAGE, headers={"idempotency-key": "bad"}).status_code == 200
    assert client.post("/v2/replicas", json=FOOTAGE, headers={"idempotency-key": "a b"}).status_code == 400


def test_a_key_is_shown_once(client: TestClient) -> None:
    wanted = {"name": "second", "role": "viewer", "allowed_addresses": ["10.0.0.0/8"], "expires_in_days": 2}
    made = client.post("/v2/workspace/keys", json=wanted, headers={"idempotency-key": "k"})
    assert made.status_code == 201
    assert made.json()["api_key"].startswith("cnt_")
    replayed = client.post("/v2/workspace/keys", json=wanted, headers={"idempotency-key": "k"})
    assert replayed.json() == {**made.json(), "api_key": None}
    listed = client.get("/v2/workspace/keys").json()
    assert listed["total_count"] == 2
    assert "api_key" not in str(listed)
    from_elsewhere = client.get("/v2/replicas", headers={"x-api-key": made.json()["api_key"]})
    assert from_elsewhere.status_code == 403
    assert client.delete(f"/v2/workspace/keys/{made.json()['key_id']}").status_code == 204
    assert client.get("/v2/replicas", headers={"x-api-key": made.json()["api_key"]}).status_code == 401


def test_an_expired_key(client: TestClient, service: Service, workspace_id: str) -> None:
    with service.database.transaction() as session:
        made = keys.create(session, workspace_id, "old", "editor", expires_at=now() + timedelta(days=1))
        made.row.expires_at = now() - timedelta(seconds=1)
    assert client.get("/v2/replicas", headers={"x-api-key": made.text}).status_code == 401


def test_who_changed_what_is_noted(client: TestClient, service: Service) -> None:
    made = client.post("/v2/replicas", json=FOOTAGE, headers={"x-request-id": "request-0001"}).json()["replica_id"]
    client.get(f"/v2/replicas/{made}/report")
    client.delete(f"/v2/replicas/{made}")
    noted = client.get("/v2/workspace/audit", params={"subject_id": made}).json()["data"]
    assert [entry["action"] for entry in noted] == ["replica.delete", "replica.report.read", "replica.create"]
    assert noted[-1]["request_id"] == "request-0001"
    with service.database.reading() as session:
        assert not any("Ada" in str(vars(entry)) for entry in session.scalars(select(AuditEntry)))


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_needs_no_key(nobody: TestClient, path: str) -> None:
    assert nobody.get(path).json() == {"status": "ok"}


def test_metrics_are_for_the_operator(client: TestClient, service: Service, key: str) -> None:
    made = client.post("/v2/replicas", json=FOOTAGE).json()["replica_id"]
    client.get(f"/v2/replicas/{made}")
    assert client.get("/metrics").status_code == 401
    own = service.settings.model_copy(update={"metrics_token": SecretStr("t0ken")})
    app = create_app(Service(own, service.database, service.objects, service.queue))
    with TestClient(app, headers={"x-api-key": key}) as operated:
        operated.get(f"/v2/replicas/{made}")
        for path in ("/v2/videos/videos", "/v2/faces/v2/report", "/v2/faces", "/v2/nothing/here", "/healthz"):
            operated.get(path)
        told = operated.get("/metrics", headers={"authorization": "Bearer t0ken"}).text
    assert 'countenance_requests_total{method="GET",route="/v2/replicas/{replica_id}",status="200"} 1.0' in told
    for route in ("/v2/videos/{video_id}", "/v2/faces/{replica_id}/report", "/v2/faces", "", "/healthz"):
        assert f'countenance_requests_total{{method="GET",route="{route}",' in told
    assert 'countenance_jobs{state="queued",task="check"} 1.0' in told
    assert 'countenance_ledger_faults{invariant="balances_off"} 0.0' in told
    assert made not in told


def test_what_has_waited_for_a_person_has_not_waited_for_a_worker(client: TestClient, service: Service) -> None:
    made = client.post("/v2/replicas", json=FOOTAGE | {"consent_by_link": True}).json()["replica_id"]
    with service.database.transaction() as session:
        session.query(Job).where(Job.subject_id == made).one().created_at = now() - timedelta(days=6)
    with service.database.transaction() as session:
        assert life.consented(session, service, made)
    (oldest,) = [each for each in Work(service.database).collect() if each.name == "countenance_oldest_queued_seconds"]
    (sample,) = oldest.samples
    assert sample.labels == {"task": "check"}
    assert 0 <= sample.value < 3600


def test_the_workspace_and_its_people(client: TestClient) -> None:
    assert client.patch("/v2/workspace", json={"name": "Atelier"}).json()["keep_footage_days"] is None
    changed = client.patch("/v2/workspace", json={"keep_footage_days": 7}).json()
    assert (changed["name"], changed["keep_footage_days"]) == ("Atelier", 7)
    assert client.patch("/v2/workspace", json={"keep_footage_days": None}).json()["keep_footage_days"] is None
    for notified in (True, False):
        added = client.post("/v2/workspace/members", json={"email": "ada@example.org", "notified": notified})
        assert added.status_code == 201
    assert [row["notified"] for row in client.get("/v2/workspace/members").json()["data"]] == [False]
    path = f"/v2/workspace/members/{added.json()['member_id']}"
    assert [client.delete(path).status_code for _ in range(2)] == [204, 404]
    assert client.post("/v2/workspace/members", json={"email": "nobody"}).status_code == 400
