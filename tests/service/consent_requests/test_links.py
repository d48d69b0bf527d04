"""A person is asked by a link: shown the words, recorded, or declined; and links that nobody answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from countenance.errors import CountenanceError
from countenance.service.clock import now
from countenance.service.consent_requests import answer, ask, expiry
from countenance.service.context import Service
from countenance.service.credits import ledger
from countenance.service.credits.account import balance
from countenance.service.credits.invariants import faults
from countenance.service.db.tables import ConsentRequest, Job, OutboxEvent, Replica, Upload, Workspace
from countenance.service.replicas import life
from countenance.service.replicas.wanted import NewReplica
from countenance.service.tasks import sources
from countenance.service.tasks.sources import MediaRef
from countenance.service.uploads import begin
from countenance.service.uploads import expire as uploads
from countenance.service.uploads.drop import abort

WEEK = timedelta(days=7)
RECORDING = "u0000000000000001"


def _upload() -> dict[str, Any]:
    moment = now()
    kept = {"workspace_id": "w1", "filename": "a.webm", "bytes": 3, "part_bytes": 3, "state": "complete"}
    return {**kept, "created_at": moment, "expires_at": moment + WEEK}


@pytest.fixture
def replica(service: Service) -> str:
    """A replica that waits for Ada's consent."""
    with service.database.transaction() as session:
        session.add(Workspace(id="w1", name="", created_at=now()))
        session.flush()
        ledger.grant(session, "w1", ledger.TRAINING, 1, "a gift")
        session.add(Upload(id=RECORDING, **_upload()))
        wanted = NewReplica(footage=MediaRef(url="https://x.test/a.mp4"), consent_by_link=True)
        return life.create(session, service, "w1", wanted).id


def requested(service: Service, replica: str, **more: object) -> tuple[str, str]:
    with service.database.transaction() as session:
        request, token = ask.create(session, service, "w1", replica, full_name=" Ada  Lovelace ", **more)  # type: ignore[arg-type]
        session.get_one(Upload, RECORDING).consent_request_id = request.id  # the recording that comes by it
        return request.id, token


def recorded(service: Service, token: str) -> None:
    """The person opens the link and records what it shows."""
    answer.open_link(service, token)
    with service.database.transaction() as session:
        answer.record(session, service, token, RECORDING)


def standing(service: Service, replica: str) -> tuple[str, str, int]:
    """The replica's status, its job's state, and the trainings that are free."""
    with service.database.transaction() as session:
        row = session.get_one(Replica, replica)
        assert not any(faults(session).values())
        return (
            row.status,
            session.get_one(Job, row.job_id or "").state,
            balance(session, "w1", ledger.TRAINING).available,
        )


def test_a_recording_is_the_consent_and_begins_the_check(service: Service, replica: str) -> None:
    _, token = requested(service, replica, email="ada@example.org")
    shown = answer.open_link(service, token)
    assert answer.open_link(service, token).phrase == shown.phrase, "a page that is loaded again says the same"
    path = service.settings.data_dir / "phrases" / f"{shown.phrase.id}.json"
    earlier = (now() - timedelta(minutes=2)).isoformat()
    path.write_text(path.read_text().replace(shown.phrase.issued_at, earlier))
    again = answer.open_link(service, token)
    assert shown.phrase.words != again.phrase.words
    assert all(word in shown.statement.text for word in shown.phrase.words)
    assert "Ada Lovelace" in shown.statement.text
    with service.database.transaction() as session:
        answer.record(session, service, token, RECORDING, shown.phrase.id)
    assert standing(service, replica) == ("queued", "queued", 0)
    with service.database.transaction() as session:
        row = session.get_one(Replica, replica)
        assert (row.full_name, row.phrase_id) == ("Ada Lovelace", shown.phrase.id)
        assert sources.of(session, "replica", replica)["consent"].upload_id == RECORDING
        event = session.scalars(select(OutboxEvent)).one()
        assert event.type == "consent.requested"
        assert event.payload["url"] is None
        assert event.callback_url is None


def test_a_link_is_answered_once(service: Service, replica: str) -> None:
    _, token = requested(service, replica)
    recorded(service, token)
    for late in (
        lambda session: answer.record(session, service, token, RECORDING),
        lambda _: answer.open_link(service, token),
        lambda session: answer.decline(session, service, token),
    ):
        with pytest.raises(CountenanceError, match="closed"), service.database.transaction() as session:
            late(session)
    assert standing(service, replica) == ("queued", "queued", 0)


def test_only_the_hash_of_the_token_is_kept(service: Service, replica: str) -> None:
    request_id, token = requested(service, replica)
    with service.database.transaction() as session:
        request = session.get_one(ConsentRequest, request_id)
        assert token not in {getattr(request, column.key) for column in ConsentRequest.__table__.columns}
        assert answer.find(session, token).id == request_id
        with pytest.raises(CountenanceError) as error:
            answer.find(session, request.token_sha256)
    assert error.value.finding.rule.id == "service.consent_request_unknown"


def test_words_of_somebody_else_or_none_do_not_count(service: Service, replica: str) -> None:
    _, token = requested(service, replica)
    for words in ("0123456789abcdef", None):
        with pytest.raises(CountenanceError) as error, service.database.transaction() as session:
            answer.record(session, service, token, RECORDING, words)
        assert error.value.finding.rule.id == "consent.phrase_unknown"
    assert standing(service, replica) == ("waiting", "waiting", 0)


def test_whoever_declines_ends_it_and_nothing_is_charged(service: Service, replica: str) -> None:
    request_id, token = requested(service, replica)
    requested(service, replica)
    with service.database.transaction() as session:
        answer.decline(session, service, token)
    assert standing(service, replica) == ("error", "failed", 1)
    with service.database.transaction() as session:
        assert "does not agree" in (session.get_one(Replica, replica).error_message or "")
        states = [request.state for request in ask.of_replica(session, "w1", replica)]
        assert session.get_one(ConsentRequest, request_id).state == "declined"
    assert sorted(states) == ["declined", "withdrawn"]


def test_nobody_answers(service: Service, replica: str) -> None:
    requested(service, replica, expires_in=timedelta(seconds=-1))
    _, token = requested(service, replica)
    assert expiry.sweep(service) == 1
    assert standing(service, replica) == ("waiting", "waiting", 0), "another link may still be answered"
    with service.database.transaction() as session:
        answer.find(session, token).expires_at = now() - timedelta(seconds=1)
    with pytest.raises(CountenanceError) as error:
        answer.open_link(service, token)
    assert error.value.finding.rule.id == "consent.request_expired"
    assert expiry.sweep(service) == 1
    assert standing(service, replica) == ("error", "failed", 1)
    assert expiry.sweep(service) == 0


@pytest.mark.parametrize("end", ["expires", "is declined"])
def test_an_older_link_does_not_end_what_another_has_begun(service: Service, replica: str, end: str) -> None:
    older, token = requested(service, replica)
    _, used = requested(service, replica)
    recorded(service, used)
    with service.database.transaction() as session:
        request = session.get_one(ConsentRequest, older)
        assert request.state == "withdrawn"
        request.state = "open"  # as one that was left open by an earlier version
    if end == "is declined":
        with service.database.transaction() as session:
            answer.decline(session, service, token)
    with service.database.transaction() as session:
        session.get_one(ConsentRequest, older).expires_at = now() - timedelta(seconds=1)
    expiry.sweep(service)
    assert standing(service, replica) == ("queued", "queued", 0)


def test_a_replica_at_which_nobody_looks_ends(service: Service, replica: str) -> None:
    _, token = requested(service, replica)
    recorded(service, token)
    with service.database.transaction() as session:
        life.begin(session, replica, "check")
        life.checked(session, service, replica, findings=[{"severity": "warning"}], clearance=None, ok=False)
    for days, ends in ((29, ("waiting", "waiting", 0)), (31, ("error", "failed", 1))):
        with service.database.transaction() as session:
            session.get_one(Replica, replica).updated_at = now() - timedelta(days=days)
        expiry.sweep(service)
        assert standing(service, replica) == ends
    with service.database.reading() as session:
        assert session.get_one(Replica, replica).error_type == "service.review_missed"


def test_a_replica_that_was_never_asked_for_does_not_hold_a_credit_for_ever(service: Service, replica: str) -> None:
    assert expiry.sweep(service) == 0
    with service.database.transaction() as session:
        session.get_one(Replica, replica).updated_at = now() - timedelta(days=8)
    assert expiry.sweep(service) == 1
    assert standing(service, replica) == ("error", "failed", 1)


def test_a_link_that_was_taken_back(service: Service, replica: str) -> None:
    request_id, token = requested(service, replica)
    with service.database.transaction() as session:
        ask.withdraw(session, "w1", request_id)
    with pytest.raises(CountenanceError, match="closed"):
        answer.open_link(service, token)
    assert standing(service, replica) == ("waiting", "waiting", 0)
    requested(service, replica)


def test_a_deleted_replica_forgets_who_was_asked(service: Service, replica: str) -> None:
    request_id, token = requested(service, replica, email="ada@example.org")
    life.delete_and_cancel(service, "w1", replica)
    with service.database.transaction() as session:
        request = session.get_one(ConsentRequest, request_id)
        assert (request.state, request.full_name, request.email) == ("withdrawn", None, None)
    with pytest.raises(CountenanceError, match="closed"), service.database.transaction() as session:
        answer.record(session, service, token, RECORDING)


def test_only_a_replica_that_waits_for_consent_asks_for_it(service: Service, replica: str) -> None:
    _, token = requested(service, replica)
    recorded(service, token)
    with pytest.raises(CountenanceError) as error:
        requested(service, replica)
    assert error.value.finding.rule.id == "service.consent_not_awaited"
    with pytest.raises(CountenanceError) as error, service.database.transaction() as session:
        ask.create(session, service, "w2", replica, full_name="Ada")
    assert error.value.finding.rule.id == "service.replica_unknown"


def test_only_what_came_by_the_link_is_its_recording(service: Service, replica: str) -> None:
    _, token = requested(service, replica)
    answer.open_link(service, token)
    with service.database.transaction() as session:
        session.add(Upload(id="u0000000000000002", **_upload()))
        session.add(Upload(id="u0000000000000003", consent_request_id="cr-another", **_upload()))
    for upload_id in ("u0000000000000002", "u0000000000000003", "u0000000000000004"):
        with pytest.raises(CountenanceError) as error, service.database.transaction() as session:
            answer.record(session, service, token, upload_id)
        assert error.value.finding.rule.id == "service.upload_unknown"
    assert standing(service, replica) == ("waiting", "waiting", 0)


def test_by_a_link_comes_little_and_it_goes_with_it(service: Service, replica: str) -> None:
    request_id, _ = requested(service, replica)
    with service.database.transaction() as session:
        session.get_one(Upload, RECORDING).consent_request_id = None

    def announce(size: int, link: str | None = request_id) -> str:
        with service.database.transaction() as session:
            return begin.create(session, service, "w1", "a.webm", size, consent_request_id=link).id

    with pytest.raises(CountenanceError) as error:
        announce(200_000_001)
    assert (error.value.finding.rule.id, error.value.finding.limit) == ("service.upload_too_large", 200)
    came = [announce(200_000_000) for _ in range(5)]
    abort(service, "w1", came[0])
    with pytest.raises(CountenanceError) as error:
        announce(1)
    assert error.value.finding.rule.id == "service.link_uploads"
    for _ in range(50):
        announce(1, None)
    with service.database.transaction() as session:
        session.get_one(Upload, came[1]).state = "complete"
    assert uploads.sweep(service) == 0
    with service.database.transaction() as session:
        ask.withdraw(session, "w1", request_id)
    assert uploads.sweep(service) == 4
    with service.database.reading() as session:
        assert {session.get_one(Upload, upload_id).state for upload_id in came} == {"deleted"}
        assert session.get_one(Upload, RECORDING).state == "complete"


def test_what_came_by_a_link_that_nobody_answers_in_time_is_deleted(service: Service, replica: str) -> None:
    _, token = requested(service, replica)
    with service.database.transaction() as session:
        answer.find(session, token).expires_at = now() - timedelta(seconds=1)
    assert expiry.sweep(service) == 1
    with service.database.reading() as session:
        assert session.get_one(Upload, RECORDING).state == "deleted"
