"""What is told before anything is stored, and what a new replica holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from countenance.consent import phrase
from countenance.consent.language import language_of
from countenance.consent.policy import Subject
from countenance.consent.receipt_content import Material
from countenance.errors import CountenanceError
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.credits import ledger
from countenance.service.credits.account import balance
from countenance.service.credits.invariants import faults
from countenance.service.db.tables import CreditHold, Job, MediaSource, OutboxEvent, Replica, Upload, Video, Workspace
from countenance.service.jobs.dbos_queue import DbosQueue
from countenance.service.replicas import find, life
from countenance.service.replicas.wanted import NewReplica
from countenance.service.tasks.sources import MediaRef
from countenance.service.videos import life as videos
from countenance.service.videos.wanted import NewVideo

URL = MediaRef(url="https://x.test/a.mp4")
FILMED = NewReplica(footage=URL, full_name="Ada  Lovelace")
PICTURED = NewReplica(picture=URL, declarations=("picture-rights",), voice_name="HIBARI")
MADE = NewReplica(footage=URL, material=Material.SYNTHETIC, declarations=("ai-generated",))


@pytest.fixture
def workspace(service: Service) -> str:
    with service.database.transaction() as session:
        for workspace in ("w1", "w2"):
            session.add(Workspace(id=workspace, name="", created_at=now()))
            session.flush()
            ledger.grant(session, workspace, ledger.TRAINING, 3, "a gift")
    return "w1"


def created(service: Service, wanted: NewReplica, workspace: str = "w1") -> Replica:
    with service.database.transaction() as session:
        return life.create(session, service, workspace, wanted)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("wanted", "rule"),
    [
        (NewReplica(footage=URL), "consent.name_missing"),
        (replace(FILMED, full_name="..."), "consent.name_missing"),
        (replace(FILMED, full_name="123"), "consent.name_missing"),
        (replace(FILMED, full_name="李明", consent_by_link=True), "consent.name_missing"),
        (replace(FILMED, full_name="Ada 2"), "service.consent_name_odd"),
        (replace(FILMED, full_name="A" * 101), "service.consent_name_odd"),
        (NewReplica(full_name="Ada"), "service.request_invalid"),
        (replace(FILMED, picture=URL), "service.request_invalid"),
        (replace(FILMED, material=Material.IMAGE), "service.request_invalid"),
        (replace(MADE, consent=URL), "service.request_invalid"),
        (replace(FILMED, consent=URL, consent_by_link=True), "service.request_invalid"),
        (replace(FILMED, subject=Subject.PUBLIC_FIGURE), "consent.public_figure_real"),
        (replace(FILMED, subject=Subject.DECEASED), "consent.deceased_real"),
        (replace(MADE, declarations=()), "consent.declaration_missing"),
        (replace(MADE, subject=Subject.DECEASED), "consent.declaration_missing"),
        (replace(MADE, declarations=("whatever",)), "consent.declaration_unknown"),
        (replace(PICTURED, declarations=()), "consent.declaration_missing"),
        (replace(PICTURED, voice_name="nobody"), "voice.unknown_voice"),
        (replace(FILMED, language="xx"), "consent.unknown_language"),
        (replace(FILMED, language="xx", consent_by_link=True), "consent.unknown_language"),
        (replace(FILMED, language="de", consent_by_link=True), "service.consent_link_language"),
        (replace(FILMED, phrase_id="0123456789abcdef"), "consent.phrase_unknown"),
        (replace(FILMED, name="x" * 256), "service.request_invalid"),
        (replace(FILMED, footage=MediaRef(upload_id="u-of-nobody")), "service.request_invalid"),
        (replace(FILMED, footage=MediaRef()), "service.request_invalid"),
    ],
)
def test_what_cannot_be_is_told_at_once(service: Service, workspace: str, wanted: NewReplica, rule: str) -> None:
    with pytest.raises(CountenanceError) as error:
        created(service, wanted, workspace)
    assert error.value.finding.rule.id == rule
    with service.database.transaction() as session:
        for table in (Replica, Job, CreditHold, MediaSource):
            assert session.scalar(select(func.count()).select_from(table)) == 0
        assert balance(session, workspace, ledger.TRAINING).available == 3


@pytest.mark.parametrize(
    ("wanted", "material", "subject", "voice"),
    [
        (FILMED, "footage", "self", None),
        (MADE, "synthetic", "invented", None),
        (PICTURED, "image", "self", "hibari"),
    ],
)
def test_a_new_replica_holds_a_training_and_is_checked(
    service: Service, queue: DbosQueue, workspace: str, wanted: NewReplica, material: str, subject: str, voice: Any
) -> None:
    replica = created(service, wanted, workspace)
    assert (replica.status, replica.material, replica.subject, replica.voice_name) == (
        "queued", material, subject, voice
    )  # fmt: skip
    assert replica.full_name == ("Ada Lovelace" if wanted is FILMED else None)
    assert [each["id"] for each in replica.declarations] == [*wanted.declarations]
    assert all(each["who"] == workspace for each in replica.declarations)
    assert replica.name == replica.id
    task = f"{replica.job_id}:check"
    assert queue.states([task]) == {task: "ENQUEUED"}
    with service.database.transaction() as session:
        assert balance(session, workspace, ledger.TRAINING).held == 1


def test_without_a_credit_nothing_is_made(service: Service, workspace: str) -> None:
    for _ in range(3):
        created(service, FILMED)
    with pytest.raises(CountenanceError) as error:
        created(service, FILMED)
    assert error.value.finding.rule.id == "service.out_of_credits"
    with service.database.transaction() as session:
        assert find.listed(session, workspace).total == 3


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_words_that_were_shown_are_accepted(service: Service, workspace: str) -> None:
    words = phrase.draw("Ada Lovelace", language_of("en", service.settings), service.settings)
    assert created(service, replace(FILMED, phrase_id=words.id)).phrase_id == words.id


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("minutes", "is_good"), [(29, True), (31, False)])
def test_words_are_good_if_they_were_spoken_in_time(
    service: Service, workspace: str, minutes: int, is_good: bool
) -> None:
    """However long somebody takes over the footage once the statement is recorded and here."""
    long_ago = now() - timedelta(hours=3)
    words = phrase.draw("Ada Lovelace", language_of("en", service.settings), service.settings, now=long_ago)
    with service.database.transaction() as session:
        spoken = _upload(session, workspace, long_ago + timedelta(minutes=minutes))
    wanted = replace(FILMED, phrase_id=words.id, consent=MediaRef(upload_id=spoken))
    if is_good:
        assert created(service, wanted).phrase_id == words.id
    else:
        with pytest.raises(CountenanceError) as error:
            created(service, wanted)
        assert error.value.finding.rule.id == "consent.phrase_expired"


def _upload(session: Session, workspace: str, completed_at: datetime) -> str:
    row = Upload(
        id="u1",
        workspace_id=workspace,
        filename="consent.mp4",
        bytes=9,
        part_bytes=9,
        state="complete",
        object_key="uploads/u1/consent.mp4",
        content_type="video/mp4",
        media={"kind": "video"},
        created_at=completed_at,
        expires_at=now() + timedelta(hours=1),
        completed_at=completed_at,
    )
    session.add(row)
    return row.id


def test_lists_and_filters(service: Service, workspace: str) -> None:
    mine = [created(service, replace(FILMED, name=name)).id for name in ("a", "b")]
    other = created(service, replace(FILMED, model_name="phoenix-4"), "w2").id
    with service.database.transaction() as session:
        row = session.get_one(Replica, other)
        stock = dict.fromkeys(("workspace_id", "job_id")) | {"id": "rstock", "status": "completed"}
        same = {column.key: getattr(row, column.key) for column in Replica.__table__.columns}
        session.add(Replica(**{**same, **stock}))
    with service.database.transaction() as session:

        def ids(**filters: Any) -> list[str]:
            return [replica.id for replica in find.listed(session, workspace, **filters).rows]

        assert set(ids()) == {*mine, "rstock"}
        assert ids(replica_type="user") == mine[::-1]
        assert ids(replica_type="system") == ["rstock"]
        assert ids(replica_type="user", limit=1, offset=1) == [mine[0]]
        assert ids(ids=[mine[0], other]) == [mine[0]]
        assert ids(model_name="phoenix-4") == ["rstock"]
        assert ids(statuses=("completed",)) == ["rstock"]
        assert find.listed(session, workspace, limit=1).total == 3
        assert find.get(session, workspace, "rstock").workspace_id is None
        with pytest.raises(CountenanceError, match="no such replica"):
            find.get(session, workspace, other)
        with pytest.raises(CountenanceError, match="no such replica"):
            find.own(session, workspace, "rstock")


def test_a_name_can_be_changed(service: Service, workspace: str) -> None:
    replica = created(service, FILMED).id
    with service.database.transaction() as session:
        life.rename(session, workspace, replica, " Rio ")
        life.set_voice(session, service, workspace, replica, "hibari")
    with service.database.transaction() as session:
        found = find.get(session, workspace, replica)
        assert (found.name, found.voice_name) == ("Rio", "hibari")
        with pytest.raises(CountenanceError, match="no such replica"):
            life.rename(session, "w2", replica, "Mine")


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_consent_that_was_taken_back_ends_all_its_replicas(service: Service, workspace: str) -> None:
    one, two = created(service, FILMED).id, created(service, FILMED).id
    with service.database.transaction() as session:
        for replica, receipt in ((one, "c1"), (two, "c2")):
            life.begin(session, replica, "check")
            life.checked(session, service, replica, findings=[], clearance={}, ok=True)
            life.begin(session, replica, "train")
            life.preview_ready(session, service, replica, life.Published("b", receipt))
    with service.database.transaction() as session:
        assert len(life.revoked(session, service, "c1")) == 2
        assert [row.id for row in find.listed(session, workspace).rows] == [two]
        revoked = {"rule": "consent.revoked", "message": "It was revoked.", "severity": "error"}
        assert life.fail(session, service, two, [revoked])
    with service.database.transaction() as session:
        assert find.get(session, workspace, two).status == "error", "its preview cannot speak any more"
        assert balance(session, workspace, ledger.TRAINING).available == 3


@pytest.mark.parametrize("before", [False, True])
def test_with_a_replica_that_is_purged_its_videos_are_gone_at_once(
    service: Service, workspace: str, before: bool
) -> None:
    with service.database.transaction() as session:
        ledger.grant(session, workspace, ledger.VIDEO_SECOND, 60, "a gift")
    one, other = created(service, FILMED).id, created(service, FILMED).id
    with service.database.transaction() as session:
        for replica, receipt in ((one, "c1"), (other, "c2")):
            life.begin(session, replica, "check")
            life.checked(session, service, replica, findings=[], clearance={}, ok=True)
            life.begin(session, replica, "train")
            life.complete(session, service, replica, life.Published("b", receipt))
        ready, waits, stays = (
            videos.create(session, service, workspace, NewVideo(replica, script="Hello.")).id
            for replica in (one, one, other)
        )
        for video in (ready, stays):
            assert videos.begin(session, video)
            assert videos.complete(session, video, videos.Published("k", 1.0))
    if before:
        life.delete_and_cancel(service, workspace, one)
        with service.database.transaction() as session:
            assert session.get_one(Video, ready).deleted_at is None, "what was made before is kept"
        life.delete_and_cancel(service, workspace, one, hard=True)
    else:
        with service.database.transaction() as session:
            life.revoked(session, service, "c1")
    with service.database.transaction() as session:
        gone = [session.get_one(Video, video).deleted_at is not None for video in (ready, waits, stays)]
        assert gone == [True, True, False]
        ended = session.scalars(select(OutboxEvent.type).where(OutboxEvent.subject_id == waits)).all()
        assert ended == ["video.error"]
        assert balance(session, workspace, ledger.VIDEO_SECOND).held == 0


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("policy", "spent"), [("release", 0), ("capture", 1)])
def test_what_a_cancelled_training_costs_is_the_owners_choice(
    service: Service, workspace: str, policy: str, spent: int
) -> None:
    settings = service.settings.model_copy(update={"cancelled_training": policy})
    chosen = replace(service, settings=settings)
    waits, trains = created(chosen, FILMED).id, created(chosen, FILMED).id
    with service.database.transaction() as session:
        life.begin(session, trains, "check")
        life.checked(session, chosen, trains, findings=[], clearance={}, ok=True)
        life.begin(session, trains, "train")
    for replica in (waits, trains):
        life.delete_and_cancel(chosen, workspace, replica)
    with service.database.transaction() as session:
        assert balance(session, workspace, ledger.TRAINING).spent == spent
        assert balance(session, workspace, ledger.TRAINING).held == 0
        assert not any(faults(session).values())
