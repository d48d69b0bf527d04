"""What was told is told again to those who are still to be told; and one secret signs on all machines."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from pydantic import SecretStr

from countenance.errors import CountenanceError
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import Delivery, Workspace
from countenance.service.notify import endpoints, log
from countenance.service.notify.dispatch import dispatch
from countenance.service.notify.errors import DELIVERY_OVER
from countenance.service.notify.signing import workspace_secret
from countenance.service.outbox import emit
from countenance.settings import Settings

CALLBACK, ENDPOINT = "https://hooks.example/callback", "https://hooks.example/endpoint"


@pytest.fixture
def backend() -> str:
    return "sqlite"


def test_an_endpoint_that_was_deleted_is_told_nothing_more(service: Service) -> None:
    with service.database.transaction() as session:
        session.add(Workspace(id="w1", name="", created_at=now()))
        session.flush()
        endpoint = endpoints.create(session, "w1", ENDPOINT)
        emit(session, "w1", "replica.error", "replica", "r1", {}, CALLBACK)
    dispatch(service)
    with service.database.transaction() as session:
        told = {delivery.target: delivery.id for delivery in session.query(Delivery)}
        log.resend(session, service, "w1", told[ENDPOINT])
        endpoints.remove(session, "w1", endpoint.id)
    with pytest.raises(CountenanceError) as caught, service.database.transaction() as session:
        log.resend(session, service, "w1", told[ENDPOINT])
    assert caught.value.finding.rule is DELIVERY_OVER
    with service.database.transaction() as session:
        assert log.resend(session, service, "w1", told[CALLBACK]).target == CALLBACK
        session.get_one(Delivery, told[CALLBACK]).target = ""
    with pytest.raises(CountenanceError) as caught, service.database.transaction() as session:
        log.resend(session, service, "w1", told[CALLBACK])
    assert caught.value.finding.rule is DELIVERY_OVER


def test_machines_with_one_link_key_sign_alike(tmp_path: Path) -> None:
    key = SecretStr(base64.b64encode(bytes(32)).decode())
    one, two = (Settings(data_dir=tmp_path / name, link_key=key) for name in "ab")
    assert workspace_secret("w1", one) == workspace_secret("w1", two)
    alone = Settings(data_dir=tmp_path / "c")
    secrets = {workspace_secret("w1", one), workspace_secret("w2", one), workspace_secret("w1", alone)}
    assert len(secrets) == 3
    assert workspace_secret("w1", alone) == workspace_secret("w1", alone)
    assert len(base64.b64decode(workspace_secret("w1", one).removeprefix("whsec_"))) == 32
