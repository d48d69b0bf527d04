"""The person takes back what they agreed to by their link: at every point, once, free, and nothing of them is left."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from countenance.consent import register, rules
from countenance.consent.keys import trusted_keys
from countenance.consent.receipt import Receipt
from countenance.consent.receipt_content import ReceiptContent
from countenance.consent.register import HoldingKind, Standing
from countenance.consent.revoke import read_record, revocation_of
from countenance.errors import CountenanceError, Finding
from countenance.service.accounts import members
from countenance.service.clock import now
from countenance.service.consent_requests import answer, ask, records, revoke, taken_back
from countenance.service.context import Service
from countenance.service.credits import ledger
from countenance.service.credits.account import balance
from countenance.service.credits.invariants import faults
from countenance.service.db.tables import (
    AuditEntry,
    ConsentRequest,
    Delivery,
    Job,
    MediaSource,
    OutboxEvent,
    Replica,
    Upload,
    Video,
    Workspace,
)
from countenance.service.jobs.dbos_queue import DbosQueue
from countenance.service.jobs.queue import workflow_id
from countenance.service.notify.dispatch import dispatch
from countenance.service.notify.mail.letter import letter_for
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


@pytest.fixture
def replica(service: Service) -> str:
    """A replica that waits for Ada's consent."""
    with service.database.transaction() as session:
        session.add(Workspace(id="w1", name="", created_at=now()))
        session.flush()
        ledger.grant(session, "w1", ledger.TRAINING, 1, "a gift")
        ledger.grant(session, "w1", ledger.VIDEO_SECOND, 600, "a gift")
        members.add(session, "w1", "studio@example.org", "owner")
        hook = "https://hooks.example/countenance"
        wanted = NewReplica(footage=MediaRef(url="https://x.test/a.mp4"), consent_by_link=True, callback_url=hook)
        return life.create(session, service, "w1", wanted).id


@pytest.fixture
def token(service: Service, replica: str, tmp_path: Path) -> str:
    """Of the link by which Ada has sent the statement."""
    film = tmp_path / "me.webm"
    film.write_bytes(b"the face of Ada")
    service.objects.put(f"uploads/{RECORDING}/me.webm", film)
    with service.database.transaction() as session:
        request, token = ask.create(session, service, "w1", replica, full_name=ADA)
        kept = {"workspace_id": "w1", "filename": "me.webm", "bytes": 15, "part_bytes": 15, "state": "complete"}
        lies = {"object_key": f"uploads/{RECORDING}/me.webm", "consent_request_id": request.id}
        ends = {"created_at": now(), "expires_at": now() + timedelta(days=7)}
        session.add(Upload(id=RECORDING, **kept, **lies, **ends))
    answer.open_link(service, token)
    with service.database.transaction() as session:
        answer.record(session, service, token, RECORDING)
    return token


@pytest.fixture
def trained(
    service: Service, replica: str, token: str, agreement: Callable[..., ReceiptContent], tmp_path: Path
) -> str:
    """The receipt of the replica, which is complete."""
    receipt_id = register.issue(agreement(ADA), service.settings).id
    film = tmp_path / "footage.mp4"  # that `agreement` has made
    register.hold(receipt_id, HoldingKind.FOOTAGE, film, service.settings)
    begun(service, replica, "train")
    with service.database.transaction() as session:
        life.complete(session, service, replica, life.Published(f"replicas/{replica}/bundle", receipt_id))
    return receipt_id


def begun(service: Service, replica: str, task: str) -> None:
    with service.database.transaction() as session:
        assert life.begin(session, replica, "check")
        if task == "train":
            assert life.checked(session, service, replica, findings=[], clearance=None, ok=True)
            assert life.begin(session, replica, "train")


def take_back(service: Service, token: str) -> bool:
    """Whether it had not been before."""
    with service.database.transaction() as session:
        revoked = revoke.revoke(session, token, service)
    revoke.carry_out(service, revoked)
    return revoked.is_new


def standing(service: Service, token: str) -> str:
    with service.database.reading() as session:
        request = answer.find(session, token)
        return revoke.standing(service, request, session.get_one(Replica, request.replica_id))


def had(service: Service, token: str, name: str) -> str | None:
    """What the person is given of a signed record."""
    with service.database.reading() as session, suppress(CountenanceError):
        return records.text_of(session, service, answer.find(session, token), name)
    return None


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
    service: Service, replica: str, token: str, point: str, policy: str
) -> None:
    service = Service(
        service.settings.model_copy(update={"cancelled_training": policy}),
        service.database,
        service.objects,
        service.queue,
    )
    if point != "queued":
        begun(service, replica, "train" if point == "training" else "check")
    assert standing(service, token) == "checking"
    with service.database.reading() as session:
        assert records.receipt_of(session, answer.find(session, token)) is None
    assert take_back(service, token)
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
    assert standing(service, token) == "revoked"


def test_under_a_receipt_all_of_it_goes(
    service: Service, replica: str, token: str, trained: str, tmp_path: Path
) -> None:
    with service.database.transaction() as session:
        video = videos.create(session, service, "w1", NewVideo(replica, script="Good morning.")).id
    assert standing(service, token) == "active"
    with service.database.reading() as session:
        request = answer.find(session, token)
        assert revoke.words_of(service, request, session.get_one(Replica, replica)) == f"My name is {ADA}."
    assert take_back(service, token)
    revocation = revocation_of(trained, service.settings)
    assert revocation is not None
    assert (revocation.event["entity_id"], revocation.reason) == ("principal", "The person took it back.")
    assert not (tmp_path / "footage.mp4").exists()
    assert standing(service, token) == "revoked"
    purge_replica(service, replica)
    with service.database.reading() as session:
        assert session.get_one(Video, video).deleted_at is not None
        assert session.get_one(Replica, replica).purged_at is not None
        assert balance(session, "w1", ledger.VIDEO_SECOND).available == 600
        assert not any(faults(session).values())


def test_the_person_has_the_signed_records(service: Service, replica: str, token: str, trained: str) -> None:
    keys = trusted_keys(service.settings)
    agreed = read_record(had(service, token, records.RECEIPT) or "", keys)
    assert isinstance(agreed, Receipt)
    assert agreed.content.person == ADA
    assert (had(service, token, records.REVOCATION), had(service, token, "deletion.jws")) == (None, None)
    take_back(service, token)
    purge_replica(service, replica)
    assert had(service, token, records.RECEIPT) is None
    assert ADA not in str(read_record(had(service, token, records.REVOCATION) or "", keys).as_dict())
    assert "PUBLIC KEY" in (had(service, token, records.KEY) or "")


def test_the_record_names_the_person_whoever_is_first_to_write_it(
    service: Service, replica: str, token: str, trained: str
) -> None:
    with service.database.transaction() as session:
        revoked = revoke.revoke(session, token, service)
    purge_replica(service, replica)
    revoke.carry_out(service, revoked)
    revocation = revocation_of(trained, service.settings)
    assert revocation is not None
    assert revocation.event["entity_id"] == "principal"


def test_it_may_be_said_twice(service: Service, replica: str, token: str) -> None:
    assert [take_back(service, token) for _ in range(2)] == [True, False]
    purge_replica(service, replica)
    assert not take_back(service, token)
    with service.database.reading() as session:
        assert len(session.scalars(select(OutboxEvent).where(OutboxEvent.type == revoke.REVOKED)).all()) == 1


def test_a_replica_that_was_only_deleted_is_erased_by_it(
    service: Service, replica: str, token: str, trained: str
) -> None:
    life.delete_and_cancel(service, "w1", replica)
    assert standing(service, token) == "deleted"
    assert take_back(service, token)
    assert register.standing(trained, service.settings) is Standing.REVOKED
    purge_replica(service, replica)
    assert not list(service.objects.list("uploads"))


def test_what_the_organisation_erased_stands_no_more(service: Service, replica: str, token: str, trained: str) -> None:
    life.delete_and_cancel(service, "w1", replica, hard=True)
    purge_replica(service, replica)
    assert standing(service, token) == "ended"
    assert register.standing(trained, service.settings) is Standing.REVOKED
    assert not take_back(service, token)


def test_of_a_replica_that_failed_the_recordings_go(service: Service, replica: str, token: str) -> None:
    with service.database.transaction() as session:
        life.fail(session, service, replica, [Finding(rules.NEGATED).as_dict()])
    assert standing(service, token) == "unused"
    assert take_back(service, token)
    purge_replica(service, replica)
    assert not list(service.objects.list("uploads"))


@pytest.mark.parametrize("state", ["open", "declined", "withdrawn", "expired"])
def test_where_nothing_was_agreed_to_nothing_is_taken_back(service: Service, replica: str, state: str) -> None:
    with service.database.transaction() as session:
        request, token = ask.create(session, service, "w1", replica, full_name=ADA)
        request.state = state
    assert not take_back(service, token)
    with service.database.reading() as session:
        assert session.get_one(Replica, replica).deleted_at is None
        assert session.scalars(select(ConsentRequest)).one().revoked_at is None


def test_the_workspace_is_told_without_a_name(service: Service, replica: str, token: str, trained: str) -> None:
    take_back(service, token)
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


def test_what_was_given_by_a_link_is_used_for_nothing_else(service: Service, replica: str, token: str) -> None:
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
    service: Service, queue: DbosQueue, replica: str, token: str, tmp_path: Path, end: str
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
    take_back(service, token)
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
    service: Service, replica: str, token: str, trained: str
) -> None:
    receipts.revoke(service, trained, "Ada Lovelace asked us on the telephone.")
    assert standing(service, token) == "ended"
    assert not take_back(service, token)
    with service.database.reading() as session:
        request = answer.find(session, token)
        assert request.revoked_at is None
        assert records.offered(session, service, request) is None
        assert not session.scalars(select(OutboxEvent).where(OutboxEvent.type == revoke.REVOKED)).all()
    assert (had(service, token, records.RECEIPT), had(service, token, records.REVOCATION)) == (None, None)


def test_a_reason_of_the_organisation_is_not_for_the_person(
    service: Service, replica: str, token: str, trained: str
) -> None:
    with service.database.transaction() as session:
        revoked = revoke.revoke(session, token, service)
    receipts.revoke(service, trained, "Ada Lovelace asked us on the telephone.")
    revoke.carry_out(service, revoked)
    assert standing(service, token) == "revoked"
    assert had(service, token, records.REVOCATION) is None
    with service.database.reading() as session:
        assert records.offered(session, service, answer.find(session, token)) is None


def test_a_receipt_that_no_row_names_yet_is_found_again(
    service: Service, replica: str, token: str, agreement: Callable[..., ReceiptContent]
) -> None:
    begun(service, replica, "train")
    receipt_id = register.issue(agreement(ADA), service.settings).id
    with service.database.reading() as session:
        work = service.settings.data_dir / "work" / str(session.get_one(Replica, replica).job_id)
    work.mkdir(parents=True)
    (work / "footage.mp4").write_bytes(b"the face of Ada")
    register.hold(receipt_id, HoldingKind.FOOTAGE, work / "footage.mp4", service.settings)
    take_back(service, token)
    for _ in range(2):
        purge_replica(service, replica)
    record = read_record(had(service, token, records.REVOCATION) or "", trusted_keys(service.settings))
    assert "principal" in str(record.as_dict())
    with service.database.reading() as session:
        assert records.offered(session, service, answer.find(session, token)) == receipt_id
        known = taken_back.of_replica(session, "w1", replica)
        assert known is not None
        assert known.receipt_id == receipt_id
        receipts.check_seen_by(session, "w1", receipt_id)
        noted = session.scalars(select(AuditEntry).where(AuditEntry.subject_id == receipt_id)).all()
        assert [entry.actor for entry in noted] == [f"consent-link:{answer.find(session, token).id}"]
