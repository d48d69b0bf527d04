"""What is deleted by itself, and when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from countenance.consent import phrase, register
from countenance.consent.language import ENGLISH, language_of
from countenance.consent.receipt_content import ReceiptContent
from countenance.consent.register import HoldingKind, Standing
from countenance.errors import Finding
from countenance.service import retention
from countenance.service.accounts import idempotency, workspaces
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import IdempotencyKey, Job, Lipsync, MediaSource, Replica, Transcription
from countenance.service.errors import INTERNAL
from countenance.service.purge import actions as purging
from countenance.service.purge.purge import purge_replica
from countenance.service.replicas import life as replicas
from countenance.service.replicas.wanted import NewReplica
from countenance.service.tasks.sources import MediaRef
from countenance.service.videos import lipsyncs, transcriptions
from countenance.service.videos.lipsyncs import NewLipsync
from countenance.service.videos.transcriptions import NewTranscription

_FOOTAGE, _CONSENT = MediaRef(url="https://films.example/footage.mp4"), MediaRef(url="https://films.example/yes.mp4")
_NOTHING = {"footage": 0, "answers": 0, "transcriptions": 0, "copies": 0, "words": 0}


@pytest.fixture
def workspace(service: Service) -> str:
    with service.database.transaction() as session:
        return workspaces.create(session, service.settings, "Harbour Films").id


@pytest.fixture
def trained(service: Service, workspace: str, tmp_path: Path) -> Callable[..., str]:
    """`trained(ended=10.0)`: the id of a replica whose training ended so many days ago, with its footage stored."""

    def make(ended: float | None = 10.0, *, footage: MediaRef = _FOOTAGE, consent: MediaRef = _CONSENT) -> str:
        with service.database.transaction() as session:
            wanted = NewReplica(full_name="Grace Hopper", footage=footage, consent=consent)
            replica = replicas.create(session, service, workspace, wanted)
            for source in session.query(MediaSource).where(MediaSource.subject_id == replica.id):
                source.object_key = f"sources/{source.id}/{source.role}.mp4"
                (tmp_path / "file").write_bytes(b"a face")
                service.objects.put(source.object_key, tmp_path / "file")
            if ended is not None:
                replicas.fail(session, service, replica.id, [Finding(INTERNAL).as_dict()])
                at = now() - timedelta(days=ended)
                session.execute(update(Job).where(Job.id == replica.job_id).values(finished_at=at))
            return replica.id

    return make


def _kept(service: Service) -> list[str]:
    return sorted(Path(key).name for key in service.objects.list("sources"))


def _keep(service: Service, workspace: str, days: float | None) -> None:
    with service.database.transaction() as session:
        workspaces.keep_footage(session, workspace, days)


@pytest.mark.parametrize(
    ("setting", "own", "ended", "goes"),
    [
        (None, None, 10.0, False),
        (10.0, None, 10.0, True),
        (10.5, None, 10.0, False),
        (None, 9.0, 10.0, True),
        (1.0, 30.0, 10.0, False),
        (30.0, 0.0, 0.0, True),
        (0.0, None, None, False),
        (1e12, None, 10.0, False),
    ],
)
@pytest.mark.parametrize("backend", ["sqlite"])
def test_footage_goes_when_its_days_are_over(
    service: Service,
    workspace: str,
    trained: Callable[..., str],
    setting: float | None,
    own: float | None,
    ended: float | None,
    goes: bool,
) -> None:
    replica = trained(ended)
    _keep(service, workspace, own)
    settings = service.settings.model_copy(update={"keep_footage_days": setting})
    service = Service(settings, service.database, service.objects, service.queue)
    assert retention.sweep(service, now()) == {**_NOTHING, "footage": int(goes)}
    assert _kept(service) == (["consent.mp4"] if goes else ["consent.mp4", "footage.mp4"])
    assert retention.sweep(service, now()) == _NOTHING
    with service.database.transaction() as session:
        assert session.get_one(Replica, replica).full_name == "Grace Hopper"
        footage = session.query(MediaSource).where(MediaSource.role == "footage").one()
        assert (footage.url is None, footage.deleted_at is not None) == (goes, goes)


def test_on_either_database(service: Service, workspace: str, trained: Callable[..., str]) -> None:
    trained(10.0)
    trained(None)
    assert retention.sweep(service, now()) == _NOTHING
    _keep(service, workspace, 5.0)
    assert retention.sweep(service, now()) == {**_NOTHING, "footage": 1}
    assert _kept(service) == ["consent.mp4", "consent.mp4", "footage.mp4"]


@pytest.mark.parametrize("backend", ["sqlite"])
def test_footage_that_holds_the_statement_goes_as_one(
    service: Service, workspace: str, trained: Callable[..., str]
) -> None:
    trained(10.0, consent=_FOOTAGE)
    _keep(service, workspace, 5.0)
    retention.sweep(service, now())
    assert _kept(service) == []


@pytest.mark.parametrize("backend", ["sqlite"])
def test_one_that_cannot_be_deleted_now_keeps_no_other(
    service: Service, workspace: str, trained: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck, _ = trained(10.0), trained(10.0)
    _keep(service, workspace, 5.0)
    with service.database.transaction() as session:
        rows = session.query(MediaSource).where(MediaSource.subject_id == stuck, MediaSource.role == "footage")
        key = rows.one().object_key
    delete = service.objects.delete

    def refuse(prefix: str) -> int:
        if prefix == key:
            raise PermissionError
        return delete(prefix)

    with monkeypatch.context() as patch:
        patch.setattr(service.objects, "delete", refuse)
        assert retention.sweep(service, now()) == {**_NOTHING, "footage": 1}
    assert service.objects.stat(str(key)).bytes
    assert retention.sweep(service, now()) == {**_NOTHING, "footage": 1}
    assert _kept(service) == ["consent.mp4", "consent.mp4"]


@pytest.mark.parametrize("backend", ["sqlite"])
def test_answers_go_after_seven_days_and_deleted_sound_at_once(
    service: Service, workspace: str, tmp_path: Path
) -> None:
    def age(by: timedelta) -> datetime:
        with service.database.transaction() as session:
            session.execute(update(IdempotencyKey).values(created_at=now() - by))
        return now()

    with service.database.transaction() as session:
        idempotency.claim(session, workspace, "k", "POST", "/", b"")
        made = transcriptions.create(session, service, workspace, NewTranscription(_FOOTAGE, name="Grace speaks"))
        source = session.query(MediaSource).one()
        source.object_key = f"sources/{source.id}/audio.mp4"
    (tmp_path / "file").write_bytes(b"a voice")
    service.objects.put(str(source.object_key), tmp_path / "file")
    assert retention.sweep(service, age(timedelta(days=6.9))) == _NOTHING
    assert retention.sweep(service, age(timedelta(days=7))) == {**_NOTHING, "answers": 1}
    transcriptions.delete_and_cancel(service, workspace, made.id)
    assert retention.sweep(service, now()) == {**_NOTHING, "transcriptions": 1}
    assert _kept(service) == []
    assert retention.sweep(service, now()) == _NOTHING
    with service.database.transaction() as session:
        assert session.get_one(Transcription, made.id).name == ""


@pytest.mark.parametrize("backend", ["sqlite"])
def test_what_was_deleted_softly_stays(service: Service, workspace: str, trained: Callable[..., str]) -> None:
    replica = trained(10.0)
    replicas.delete_and_cancel(service, workspace, replica)
    assert retention.sweep(service, now() + timedelta(days=1000)) == _NOTHING
    assert _kept(service) == ["consent.mp4", "footage.mp4"]


def test_what_was_to_be_erased_and_was_not_is_taken_up(
    service: Service, workspace: str, trained: Callable[..., str]
) -> None:
    """Nobody works here, as where the work was tried in vain until it was given up."""
    asked, softly = trained(10.0), trained(10.0)
    for replica in (asked, softly):
        replicas.delete_and_cancel(service, workspace, replica, hard=replica == asked)
    with service.database.transaction() as session:
        purging.ask(session, service, "replica", asked)
        film = lipsyncs.create(session, service, workspace, NewLipsync(_FOOTAGE, _CONSENT, full_name="Grace Hopper")).id
    lipsyncs.delete_and_cancel(service, workspace, film, hard=True)
    with service.database.transaction() as session:
        purging.ask(session, service, "lipsync", film)

    def purged() -> list[bool]:
        with service.database.reading() as session:
            rows = (session.get_one(Replica, asked), session.get_one(Replica, softly), session.get_one(Lipsync, film))
            return [row.purged_at is not None for row in rows]

    retention.sweep(service, now() + timedelta(hours=1))
    assert purged() == [False, False, False]
    retention.sweep(service, now() + timedelta(hours=3))
    assert purged() == [True, False, True]
    assert _kept(service) == ["consent.mp4", "footage.mp4"]


@pytest.mark.parametrize("backend", ["sqlite"])
def test_another_machine_has_no_copies_either(
    service: Service,
    trained: Callable[..., str],
    workspace: str,
    tmp_path: Path,
    agreement: Callable[..., ReceiptContent],
) -> None:
    gone, stays = trained(10.0), trained(10.0)
    replicas.delete_and_cancel(service, workspace, gone, hard=True)
    purge_replica(service, gone)
    elsewhere = service.settings.model_copy(update={"data_dir": tmp_path / "other machine"})
    with service.database.transaction() as session:
        jobs = {each: session.get_one(Replica, each).job_id for each in (gone, stays)}
    for path in ("cache/c1/{}-aa/atlas.bin", "cache/c1/.{}-bb/atlas.bin", "cache/{}/x.bin"):
        for replica in (gone, stays):
            file = elsewhere.data_dir / path.format(replica)
            file.parent.mkdir(parents=True)
            file.write_bytes(b"a face")
    for replica in (gone, stays):
        (elsewhere.data_dir / "work" / str(jobs[replica])).mkdir(parents=True)
    receipts = {}
    for replica in (gone, stays):
        receipts[replica] = register.issue(agreement(), elsewhere).id
        footage = elsewhere.data_dir / "work" / str(jobs[replica]) / "footage.mp4"
        footage.write_bytes(b"a face")
        register.hold(receipts[replica], HoldingKind.FOOTAGE, footage, elsewhere)
        (elsewhere.data_dir / "enrolled").mkdir(exist_ok=True)
        (elsewhere.data_dir / "enrolled" / f"{receipts[replica]}.json").write_text("a face")
    there = Service(elsewhere, service.database, service.objects, service.queue)
    assert retention.delete_leftovers(there) == 1
    assert register.standing(receipts[gone], elsewhere) is Standing.REVOKED
    assert register.standing(receipts[stays], elsewhere) is Standing.ACTIVE
    assert [path.stem for path in (elsewhere.data_dir / "enrolled").iterdir()] == [receipts[stays]]
    left = {path.name for path in elsewhere.data_dir.rglob("*")}
    assert not [name for name in left if gone in name or jobs[gone] == name]
    assert {f"{stays}-aa", f".{stays}-bb", stays, jobs[stays]} <= left
    assert retention.delete_leftovers(there) == 0


def test_words_stay_for_as_long_as_something_is_to_be_made_with_them(service: Service, workspace: str) -> None:
    settings, name = service.settings, "Grace Hopper"
    drawn = [phrase.draw(name, language_of(ENGLISH, settings), settings, account=workspace) for _ in range(4)]
    reviewed, failed, dubbed, unused = (each.id for each in drawn)
    with service.database.transaction() as session:
        for words in (reviewed, failed):
            wanted = NewReplica(full_name=name, footage=_FOOTAGE, phrase_id=words)
            replica = replicas.create(session, service, workspace, wanted)
            replicas.begin(session, replica.id, "check")
            doubt = {**Finding(INTERNAL).as_dict(), "severity": "warning" if words == reviewed else "error"}
            replicas.checked(session, service, replica.id, findings=[doubt], clearance={}, ok=False)
        lipsyncs.create(session, service, workspace, NewLipsync(_FOOTAGE, _FOOTAGE, full_name=name, phrase_id=dubbed))
    assert retention.sweep(service, now() + timedelta(hours=23))["words"] == 0
    assert retention.sweep(service, now() + timedelta(hours=25))["words"] == 2
    left = [phrase.known(each, settings) is not None for each in (reviewed, dubbed, failed, unused)]
    assert left == [True, True, False, False]
