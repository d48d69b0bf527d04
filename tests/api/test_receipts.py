"""Receipts over HTTP: signed for real, verified without us, seen by their workspace alone, and taken back."""

from __future__ import annotations

import json
from pathlib import Path

import jwt
import pytest
from starlette.testclient import TestClient

from countenance.consent import register
from countenance.consent.receipt_content import (
    FileEvidence,
    Kind,
    Material,
    ReceiptContent,
    ScoreRecord,
    SpokenStatement,
    VerdictRecord,
)
from countenance.service.accounts import keys, workspaces
from countenance.service.context import Service
from countenance.service.db.tables import Replica
from countenance.service.purge import purge
from countenance.service.replicas import life
from countenance.service.replicas.life import Published
from countenance.service.tasks import outputs

_FOOTAGE = {"train_video_url": "https://example.org/footage.mp4", "full_name": "Ada Winter"}


def _content(service: Service) -> ReceiptContent:
    files = {role: FileEvidence(f"{role}.mp4", 7, "0" * 64) for role in ("consent", "footage")}
    return ReceiptContent(
        kind=Kind.CONSENT,
        material=Material.FOOTAGE,
        organisation=service.settings.organisation,
        files=files,
        person="Ada Winter",
        statement=SpokenStatement("en-1", "en", "I, Ada Winter, agree.", "i ada winter agree"),
        verdict=VerdictRecord("accepted", {"face": ScoreRecord(0.99, 0.62, 0.42, "accepted")}),
    )


@pytest.fixture
def trained(client: TestClient, service: Service, tmp_path: Path) -> tuple[str, str]:
    """A replica that was trained under a consent, and that consent's receipt."""
    replica_id = client.post("/v2/replicas", json=_FOOTAGE).json()["replica_id"]
    receipt = register.issue(_content(service), service.settings)
    receipt_id = receipt.id
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "replica.json").write_text(json.dumps({"consent": {"jws": receipt.text}}))
    key = outputs.bundle(service, replica_id, bundle)
    outputs.held(service, receipt_id, "replica", replica_id, key)
    with service.database.transaction() as session:
        life.begin(session, replica_id, "check")
        life.checked(session, service, replica_id, findings=[], clearance={"consent": {}}, ok=True)
        life.begin(session, replica_id, "train")
        life.complete(session, service, replica_id, Published(bundle=key, receipt_id=receipt_id))
    return replica_id, receipt_id


def test_a_receipt_is_verified_by_us_and_by_anybody(client: TestClient, trained: tuple[str, str]) -> None:
    replica_id, receipt_id = trained
    body = client.get(f"/v2/replicas/{replica_id}/receipt").json()
    assert (body["receipt_id"], body["verified"], body["standing"]) == (receipt_id, True, "active")
    assert (body["content"]["person"], body["revocation"], body["deletion"]) == ("Ada Winter", None, None)
    payload = json.loads(jwt.PyJWS(["EdDSA"]).decode(body["text"], body["public_key"], ["EdDSA"]))
    assert payload["record_id"] == receipt_id
    assert client.get(f"/v2/faces/{replica_id}/receipt").json() == body
    assert client.get(f"/v2/receipts/{receipt_id}").json() == body


def test_a_receipt_that_was_changed_is_not_believed(
    client: TestClient, service: Service, trained: tuple[str, str]
) -> None:
    replica_id, receipt_id = trained
    path = register.folder_of(receipt_id, service.settings) / register.RECEIPT
    text = path.read_text()
    path.chmod(0o600)
    path.write_text(text[:-8] + ("AAAA" if text[-8:-4] != "AAAA" else "BBBB") + text[-4:])
    body = client.get(f"/v2/replicas/{replica_id}/receipt").json()
    assert (body["verified"], body["standing"]) == (False, "active")
    assert "changed" in body["problem"]


def test_nobody_else_sees_a_receipt_or_takes_it_back(
    client: TestClient, service: Service, trained: tuple[str, str]
) -> None:
    replica_id, receipt_id = trained
    with service.database.transaction() as session:
        others = workspaces.create(session, service.settings, "Others").id
        other = keys.create(session, others, "k", "owner").text
        viewer = keys.create(session, session.get_one(Replica, replica_id).workspace_id or "", "v", "viewer").text
    confirmed = {"confirm": "revoke"}
    foreign, looks = {"x-api-key": other}, {"x-api-key": viewer}
    assert client.get(f"/v2/replicas/{replica_id}/receipt", headers=foreign).status_code == 404
    assert client.get(f"/v2/receipts/{receipt_id}", headers=foreign).status_code == 404
    assert client.get("/v2/receipts/..%2f..%2fkeys").status_code == 404
    revoke = f"/v2/replicas/{replica_id}/receipt/revoke"
    assert client.post(revoke, json=confirmed, headers=foreign).status_code == 404
    assert client.post(revoke, json=confirmed, headers=looks).status_code == 403
    assert client.post(revoke, json={"confirm": "yes"}).status_code == 400
    assert client.get(f"/v2/replicas/{replica_id}/receipt", headers=looks).json()["standing"] == "active"


def test_what_is_taken_back_is_erased_and_its_records_stay(
    client: TestClient, service: Service, trained: tuple[str, str]
) -> None:
    replica_id, receipt_id = trained
    revoke, wanted = f"/v2/replicas/{replica_id}/receipt/revoke", {"confirm": "revoke", "reason": "She asked for it."}
    body = client.post(revoke, json=wanted).json()
    assert body["standing"] == "revoked"
    assert body["revocation"]["content"]["reason"] == "She asked for it."
    assert body["deletion"]["content"]["complete"] is True
    told = {(Path(file["path"]).name, file["outcome"]) for file in body["deletion"]["content"]["files"]}
    assert ("replica.json", "deleted") in told
    assert not any(path.name == "replica.json" for path in service.settings.data_dir.rglob("*"))
    assert client.get(f"/v2/replicas/{replica_id}").status_code == 404
    assert client.post(revoke, json=wanted).json() == body
    purge.purge(service, "replica", replica_id)
    assert client.get(f"/v2/replicas/{replica_id}/receipt").status_code == 404
    stays = client.get(f"/v2/receipts/{receipt_id}").json()
    assert stays["revocation"] == body["revocation"]
    assert stays["deletion"]["content"]["complete"] is True
    entries = client.get("/v2/workspace/audit").json()["data"]
    assert {(entry["action"], entry["subject_id"]) for entry in entries} >= {
        ("replica.receipt.revoke", replica_id),
        ("receipt.revoke", receipt_id),
    }


def test_there_is_none_before_a_preview(client: TestClient) -> None:
    replica_id = client.post("/v2/replicas", json=_FOOTAGE).json()["replica_id"]
    answer = client.get(f"/v2/replicas/{replica_id}/receipt")
    assert (answer.status_code, answer.json()["error_type"]) == (404, "service.no_receipt")
