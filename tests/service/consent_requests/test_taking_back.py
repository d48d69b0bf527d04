"""The person takes back what they agreed to by their link: at every point, once, free, and nothing of them is left."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from countenance.consent import register, rules
from countenance.consent.keys import trusted_keys
from countenance.consent.receipt import Receipt
from countenance.consent.register import Standing
from countenance.consent.revoke import read_record, revocation_of
from countenance.errors import Finding
from countenance.service.consent_requests import answer, ask, records, revoke, taken_back
from countenance.service.context import Service
from countenance.service.credits import ledger
from countenance.service.credits.account import balance
from countenance.service.credits.invariants import faults
from countenance.service.db.tables import (
    ConsentRequest,
    Delivery,
    Job,
    OutboxEvent,
    Replica,
    Upload,
    Video,
)
from countenance.service.notify.dispatch import dispatch
from countenance.service.notify.mail.letter import letter_for
from countenance.service.purge.purge import purge_replica
from countenance.service.replicas import life
from countenance.service.videos import life as videos
from countenance.service.videos.wanted import NewVideo

ADA = "Ada Lovelace"
RECORDING = "u0000000000000001"


@pytest.fixture
def backend() -> str:
    return "sqlite"


def check_free_and_over(service: Service, replica: str) -> None:
    with service.database.reading() as session:
        row = session.get_one(Replica, replica)
        assert not any(faults(session).values())
        assert row.deleted_at is not None
        assert session.get_one(Job, row.job_id or "").state == "cancelled"
        assert balance(session, "w1", ledger.TRAINING).available == 1


@pytest.mark.parametrize("point", ["queued", "checking", "training"])
@pytest.mark.parametrize("policy", ["release", "capture"])
def test_before_there_is_a_receipt_it_ends_free(
    service: Service, replica: str, ada: Any, point: str, policy: str
) -> None:
    service = Service(
        service.settings.model_copy(update={"cancelled_training": policy}),
        service.database,
        service.objects,
        service.queue,
    )
    if point != "queued":
        ada.begun("train" if point == "training" else "check")
    assert ada.standing() == "checking"
    with service.database.reading() as session:
        assert records.receipt_of(session, answer.find(session, ada.token)) is None
    assert ada.take_back()
    check_free_and_over(service, replica)
    with service.database.transaction() as session:
        late = life.Published("b", "r")
        assert not life.preview_ready(session, service, replica, late)
        assert not life.complete(session, service, replica, late)
    purge_replica(service, replica)
    assert not list(service.objects.list("uploads"))
    with service.database.reading() as session:
        request = session.scalars(select(ConsentRequest)).one()
        assert session.get_one(Upload, RECORDING).state == "deleted"
        assert (request.state, request.full_name) == ("recorded", None)
        assert request.revoked_at is not None
    assert ada.standing() == "revoked"


def test_under_a_receipt_all_of_it_goes(service: Service, replica: str, ada: Any, trained: str, tmp_path: Path) -> None:
    with service.database.transaction() as session:
        video = videos.create(session, service, "w1", NewVideo(replica, script="Good morning.")).id
    assert ada.standing() == "active"
    with service.database.reading() as session:
        request = answer.find(session, ada.token)
        assert revoke.words_of(service, request, session.get_one(Replica, replica)) == f"My name is {ADA}."
    assert ada.take_back()
    revocation = revocation_of(trained, service.settings)
    assert revocation is not None
    assert (revocation.event["entity_id"], revocation.reason) == ("principal", "The person took it back.")
    assert not (tmp_path / "footage.mp4").exists()
    assert ada.standing() == "revoked"
    purge_replica(service, replica)
    with service.database.reading() as session:
        assert session.get_one(Video, video).deleted_at is not None
        assert session.get_one(Replica, replica).purged_at is not None
        assert balance(session, "w1", ledger.VIDEO_SECOND).available == 600
        assert not any(faults(session).values())


def test_the_person_has_the_signed_records(service: Service, replica: str, ada: Any, trained: str) -> None:
    keys = trusted_keys(service.settings)
    agreed = read_record(ada.had(records.RECEIPT) or "", keys)
    assert isinstance(agreed, Receipt)
    assert agreed.content.person == ADA
    assert (ada.had(records.REVOCATION), ada.had("deletion.jws")) == (None, None)
    ada.take_back()
    purge_replica(service, replica)
    assert ada.had(records.RECEIPT) is None
    assert ADA not in str(read_record(ada.had(records.REVOCATION) or "", keys).as_dict())
    assert "PUBLIC KEY" in (ada.had(records.KEY) or "")


def test_the_record_names_the_person_whoever_is_first_to_write_it(
    service: Service, replica: str, ada: Any, trained: str
) -> None:
    with service.database.transaction() as session:
        revoked = revoke.revoke(session, ada.token, service)
    purge_replica(service, replica)
    revoke.carry_out(service, revoked)
    revocation = revocation_of(trained, service.settings)
    assert revocation is not None
    assert revocation.event["entity_id"] == "principal"


def test_it_may_be_said_twice(service: Service, replica: str, ada: Any) -> None:
    assert [ada.take_back() for _ in range(2)] == [True, False]
    purge_replica(service, replica)
    assert not ada.take_back()
    with service.database.reading() as session:
        assert len(session.scalars(select(OutboxEvent).where(OutboxEvent.type == revoke.REVOKED)).all()) == 1


def test_a_replica_that_was_only_deleted_is_erased_by_it(
    service: Service, replica: str, ada: Any, trained: str
) -> None:
    life.delete_and_cancel(service, "w1", replica)
    assert ada.standing() == "deleted"
    assert ada.take_back()
    assert register.standing(trained, service.settings) is Standing.REVOKED
    purge_replica(service, replica)
    assert not list(service.objects.list("uploads"))


def test_what_the_organisation_erased_stands_no_more(service: Service, replica: str, ada: Any, trained: str) -> None:
    life.delete_and_cancel(service, "w1", replica, hard=True)
    purge_replica(service, replica)
    assert ada.standing() == "ended"
    assert register.standing(trained, service.settings) is Standing.REVOKED
    assert not ada.take_back()


def test_of_a_replica_that_failed_the_recordings_go(service: Service, replica: str, ada: Any) -> None:
    with service.database.transaction() as session:
        life.fail(session, service, replica, [Finding(rules.NEGATED).as_dict()])
    assert ada.standing() == "unused"
    assert ada.take_back()
    purge_replica(service, replica)
    assert not list(service.objects.list("uploads"))


@pytest.mark.parametrize("state", ["open", "declined", "withdrawn", "expired"])
def test_where_nothing_was_agreed_to_nothing_is_taken_back(service: Service, replica: str, state: str) -> None:
    with service.database.transaction() as session:
        request, token = ask.create(session, service, "w1", replica, full_name=ADA)
        request.state = state
        revoked = revoke.revoke(session, token, service)
    assert not revoked.is_new
    with service.database.reading() as session:
        assert session.get_one(Replica, replica).deleted_at is None
        assert session.scalars(select(ConsentRequest)).one().revoked_at is None


def test_the_workspace_is_told_without_a_name(service: Service, replica: str, ada: Any, trained: str) -> None:
    ada.take_back()
    purge_replica(service, replica)
    dispatch(service)
    with service.database.reading() as session:
        event = session.scalars(select(OutboxEvent).where(OutboxEvent.type == revoke.REVOKED)).one()
        told = session.scalars(select(Delivery).where(Delivery.event_id == event.id)).all()
        assert {(each.channel, each.state) for each in told} == {("webhook", "pending"), ("email", "pending")}
        assert (event.payload["replica_id"], event.payload["receipt_id"]) == (replica, trained)
        assert (event.payload["status"], event.payload["error_type"]) == ("error", "consent.revoked")
        assert "Ada" not in str(event.payload)
        known = taken_back.of_replica(session, "w1", replica)
        assert known is not None
        assert (known.receipt_id, known.erased_at is not None) == (trained, True)
        assert taken_back.lately(session, "w1", timedelta(days=1)) == [known]
        assert taken_back.of_replica(session, "w2", replica) is None
        assert taken_back.of_replica(session, "w1", "r0") is None
    letter = letter_for(service, event)
    assert replica in letter.subject
    assert letter.url.endswith(f"/receipts/{trained}")
    assert "Ada" not in str(letter)
