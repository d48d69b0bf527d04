"""What taking a consent back reaches beside the replica, who may have been first, and what the person sees of it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from countenance.consent import register, rules
from countenance.consent.keys import trusted_keys
from countenance.consent.receipt_content import ReceiptContent
from countenance.consent.register import HoldingKind, Standing
from countenance.consent.revoke import read_record, revocation_of
from countenance.errors import CountenanceError, Finding
from countenance.service import retention
from countenance.service.clock import now
from countenance.service.consent_requests import answer, records, revoke, taken_back
from countenance.service.context import Service
from countenance.service.credits import ledger
from countenance.service.credits.account import balance
from countenance.service.credits.invariants import faults
from countenance.service.db.tables import (
    AuditEntry,
    CreditHold,
    MediaSource,
    OutboxEvent,
    Replica,
    Upload,
)
from countenance.service.jobs.dbos_queue import DbosQueue
from countenance.service.jobs.queue import workflow_id
from countenance.service.purge.purge import purge_replica
from countenance.service.replicas import life, receipts
from countenance.service.replicas.wanted import NewReplica
from countenance.service.tasks.sources import MediaRef
from countenance.service.uploads import report
from countenance.service.videos import life as videos
from countenance.service.videos import lipsyncs, transcriptions
from countenance.service.videos.lipsyncs import NewLipsync
from countenance.service.videos.transcriptions import NewTranscription
from countenance.service.videos.wanted import NewVideo

ADA = "Ada Lovelace"
RECORDING = "u0000000000000001"


@pytest.fixture
def backend() -> str:
    return "sqlite"


def test_what_was_given_by_a_link_is_used_for_nothing_else(service: Service, replica: str, ada: Any) -> None:
    given, footage = MediaRef(upload_id=RECORDING), MediaRef(url="https://x.test/a.mp4")
    with service.database.transaction() as session:
        ledger.grant(session, "w1", ledger.TRAINING, 1, "a gift")

    def other_replica(session: Session) -> object:
        return life.create(session, service, "w1", NewReplica(footage=footage, consent=given, full_name=ADA))

    def film(session: Session) -> object:
        return lipsyncs.create(session, service, "w1", NewLipsync(footage, given, full_name=ADA))

    def text(session: Session) -> object:
        return transcriptions.create(session, service, "w1", NewTranscription(given))

    def video(session: Session) -> object:
        life.begin(session, replica, "check")
        return videos.create(session, service, "w1", NewVideo(replica, audio=given))

    for use in (other_replica, film, text, video):
        with pytest.raises(CountenanceError, match="given by a link"), service.database.transaction() as session:
            use(session)
    with service.database.transaction() as session:
        session.get_one(Upload, RECORDING).media = {"kind": "video"}
    with pytest.raises(CountenanceError, match="given by a link"), service.database.transaction() as session:
        report.ask(session, service, "w1", RECORDING)


@pytest.mark.parametrize("end", ["failed", "deleted", "waits"])
def test_the_footage_goes_unless_something_else_was_made_from_it(
    service: Service, queue: DbosQueue, replica: str, ada: Any, tmp_path: Path, end: str
) -> None:
    service.objects.put("uploads/u1/f.mp4", tmp_path / "me.webm")
    row = {"workspace_id": "w1", "filename": "f.mp4", "bytes": 15, "part_bytes": 15, "state": "complete"}
    with service.database.transaction() as session:
        ends = {"created_at": now(), "expires_at": now() + timedelta(days=7)}
        session.add(Upload(id="u1", object_key="uploads/u1/f.mp4", **row, **ends))
        ledger.grant(session, "w1", ledger.TRAINING, 2, "a gift")
        footage = session.query(MediaSource).filter_by(subject_id=replica, role="footage").one()
        footage.url, footage.upload_id = None, "u1"
        session.flush()
        wanted = NewReplica(footage=MediaRef(upload_id="u1"), consent_by_link=True)
        other = life.create(session, service, "w1", wanted).id
        life.create(session, service, "w1", NewReplica(footage=MediaRef(url="https://x.test/b.mp4"), full_name=ADA))
        if end == "failed":
            life.fail(session, service, other, [Finding(rules.NEGATED).as_dict()])
    if end == "deleted":
        life.delete_and_cancel(service, "w1", other)
    ada.take_back()
    purge_replica(service, replica)
    with service.database.reading() as session:
        still = session.scalars(select(Replica.status).where(Replica.deleted_at.is_(None))).all()
    if end == "waits":
        assert (list(service.objects.list("uploads")), sorted(still)) == (["uploads/u1/f.mp4"], ["queued", "waiting"])
    else:
        assert queue.states([workflow_id(other, "purge_replica")])
        purge_replica(service, other)
        assert (list(service.objects.list("uploads")), still) == ([], ["queued"])


def test_what_the_organisation_has_ended_is_not_taken_back(
    service: Service, replica: str, ada: Any, trained: str
) -> None:
    receipts.revoke(service, trained, "Ada Lovelace asked us on the telephone.")
    assert ada.standing() == "ended"
    assert not ada.take_back()
    with service.database.reading() as session:
        request = answer.find(session, ada.token)
        assert request.revoked_at is None
        assert records.offered(session, service, request) is None
        assert not session.scalars(select(OutboxEvent).where(OutboxEvent.type == revoke.REVOKED)).all()
    assert (ada.had(records.RECEIPT), ada.had(records.REVOCATION)) == (None, None)


def test_a_reason_of_the_organisation_is_not_for_the_person(
    service: Service, replica: str, ada: Any, trained: str
) -> None:
    with service.database.transaction() as session:
        revoked = revoke.revoke(session, ada.token, service)
    receipts.revoke(service, trained, "Ada Lovelace asked us on the telephone.")
    revoke.carry_out(service, revoked)
    assert ada.standing() == "revoked"
    assert ada.had(records.REVOCATION) is None
    with service.database.reading() as session:
        assert records.offered(session, service, answer.find(session, ada.token)) is None


def test_a_receipt_that_no_row_names_yet_is_found_again(
    service: Service, replica: str, ada: Any, agreement: Callable[..., ReceiptContent]
) -> None:
    ada.begun("train")
    receipt_id = register.issue(agreement(ADA), service.settings).id
    with service.database.reading() as session:
        work = service.settings.data_dir / "work" / str(session.get_one(Replica, replica).job_id)
    work.mkdir(parents=True)
    (work / "footage.mp4").write_bytes(b"the face of Ada")
    register.hold(receipt_id, HoldingKind.FOOTAGE, work / "footage.mp4", service.settings)
    ada.take_back()
    for _ in range(2):
        purge_replica(service, replica)
    record = read_record(ada.had(records.REVOCATION) or "", trusted_keys(service.settings))
    assert "principal" in str(record.as_dict())
    with service.database.reading() as session:
        assert records.offered(session, service, answer.find(session, ada.token)) == receipt_id
        known = taken_back.of_replica(session, "w1", replica)
        assert known is not None
        assert known.receipt_id == receipt_id
        receipts.check_seen_by(session, "w1", receipt_id)
        noted = session.scalars(select(AuditEntry).where(AuditEntry.subject_id == receipt_id)).all()
        assert [entry.actor for entry in noted] == [f"consent-link:{answer.find(session, ada.token).id}"]


def test_the_record_is_written_also_where_no_queue_answers(
    service: Service, ada: Any, trained: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(workflows: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(service.queue, "cancel", away)
        with pytest.raises(ConnectionError):
            ada.take_back()
    assert register.standing(trained, service.settings) is Standing.REVOKED
    assert ada.had(records.REVOCATION) is not None


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_a_training_that_was_complete_a_moment_before_is_paid_for_and_erased(
    service: Service, replica: str, ada: Any, agreement: Callable[..., ReceiptContent]
) -> None:
    receipt_id = register.issue(agreement(ADA), service.settings).id
    ada.begun("train")
    with ThreadPoolExecutor(1) as pool:
        with service.database.transaction() as session:
            assert life.complete(session, service, replica, life.Published(f"replicas/{replica}/bundle", receipt_id))
            taking = pool.submit(ada.take_back)
            with pytest.raises(TimeoutError):
                taking.result(timeout=0.3)
        assert taking.result(timeout=30)
    revocation = revocation_of(receipt_id, service.settings)
    assert revocation is not None
    assert revocation.event["entity_id"] == "principal"
    purge_replica(service, replica)
    assert ada.standing() == "revoked"
    with service.database.reading() as session:
        assert not any(faults(session).values())
        assert session.get_one(CreditHold, session.get_one(Replica, replica).job_id or "").state == "captured"
        assert balance(session, "w1", ledger.TRAINING).available == 0
        assert records.offered(session, service, answer.find(session, ada.token)) == receipt_id


def test_an_erasure_that_nobody_tries_any_more_is_taken_up_by_the_sweep(
    service: Service, replica: str, ada: Any
) -> None:
    ada.take_back()
    retention.sweep(service, now() + timedelta(hours=1))
    with service.database.reading() as session:
        assert session.get_one(Replica, replica).purged_at is None
    retention.sweep(service, now() + timedelta(days=10))
    with service.database.reading() as session:
        assert session.get_one(Replica, replica).purged_at is not None
    assert not list(service.objects.list("uploads"))


def test_no_words_are_made_up_for_somebody_who_was_forgotten(service: Service, replica: str, ada: Any) -> None:
    def words() -> str:
        with service.database.reading() as session:
            return revoke.words_of(service, answer.find(session, ada.token), session.get_one(Replica, replica))

    assert ADA in words()
    life.delete_and_cancel(service, "w1", replica)
    assert words() == ""
