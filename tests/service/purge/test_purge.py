"""After a purge nothing of the person is left: not in any file, not in the database file, not in its log."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from countenance.consent import gallery, phrase, register
from countenance.consent.language import ENGLISH, language_of
from countenance.consent.permission import carried
from countenance.consent.phrase import OneTimePhrase
from countenance.consent.receipt_content import ReceiptContent
from countenance.consent.register import HoldingKind, Standing
from countenance.consent.revoke import deletion_of, revocation_of
from countenance.errors import CountenanceError, Finding
from countenance.media.private import private_folder
from countenance.service import outbox
from countenance.service.accounts import idempotency, workspaces
from countenance.service.accounts.errors import IDEMPOTENCY_GONE
from countenance.service.clock import now
from countenance.service.consent_requests import ask
from countenance.service.context import Service
from countenance.service.credits.account import balance
from countenance.service.credits.ledger import TRAINING
from countenance.service.db.database import Database
from countenance.service.db.tables import (
    ConsentRequest,
    Delivery,
    DeliveryAttempt,
    Job,
    MediaSource,
    OutboxEvent,
    Replica,
    Upload,
    Video,
)
from countenance.service.errors import INTERNAL, REPLICA_UNKNOWN, VIDEO_UNKNOWN
from countenance.service.fetch.posting import Answer as Posted
from countenance.service.jobs import life as jobs
from countenance.service.jobs.dbos_queue import DbosQueue
from countenance.service.jobs.handlers import Action, registry
from countenance.service.jobs.work_folder import work_folder
from countenance.service.notify import deliver as delivering
from countenance.service.notify.mail.send import send
from countenance.service.purge import files, purge, receipts, rows
from countenance.service.purge.actions import ACTIONS
from countenance.service.purge.actions import ask as ask_to_purge
from countenance.service.purge.purge import purge_replica, purge_video
from countenance.service.purge.traces import of_replica
from countenance.service.replicas import life as replicas
from countenance.service.replicas.wanted import NewReplica
from countenance.service.retention import sweep
from countenance.service.tasks.sources import MediaRef
from countenance.service.uploads import drop
from countenance.service.videos import life as videos
from countenance.service.videos import lipsyncs
from countenance.service.videos.lipsyncs import NewLipsync
from countenance.service.videos.wanted import NewVideo
from countenance.voice.captions import vtt_of_sentences
from countenance.voice.speech import Sentence

NAME = "Grace Brewster Hopper"
SCRIPT = "The most dangerous phrase in the language is that we have always done it this way."
LINE = "we have always done it this way"
"""Of its captions."""
FACE = b"the very pixels of a face and the very waves of a voice "
EMAIL = "grace@navy.example"


@dataclass(frozen=True)
class World:
    """A replica that was trained and has spoken, and every place in which that has left something."""

    service: Service
    workspace: str
    replica: str
    video: str
    receipt: str
    hashes: tuple[str, ...]
    """of every file with the face in it"""

    @property
    def needles(self) -> dict[str, bytes]:
        texts = {"name": NAME, "script": SCRIPT, "line": LINE, "e-mail": EMAIL}
        texts |= {f"hash {each}": each for each in self.hashes}
        return {"face": FACE, **{what: told.encode() for what, told in texts.items()}}

    def found(self) -> dict[str, set[str]]:
        """Where each needle is: in which files of the data folder, and in which tables."""
        places: dict[str, set[str]] = {what: set() for what in self.needles}
        for place, content in (*_files(self.service.settings.data_dir), *_tables(self.service.database)):
            for what, needle in self.needles.items():
                if needle in content:
                    places[what].add(place)
        return places


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def _tables(database: Database) -> Iterator[tuple[str, bytes]]:
    """Also those of the queues."""
    inspector = inspect(database.engine)
    with database.reading() as session:
        for schema in (None,) if database.is_sqlite else (None, "dbos"):
            for table in inspector.get_table_names(schema):
                name = f"{schema}.{table}" if schema else table
                told = [[str(value) for value in row] for row in session.execute(text(f"SELECT * FROM {name}"))]  # noqa: S608
                yield f"table {table}", json.dumps(told, ensure_ascii=False).encode()


@pytest.fixture
def backend() -> str:
    """What differs between the databases says so itself."""
    return "sqlite"


@pytest.fixture
def media(tmp_path: Path) -> Callable[[str], Path]:
    """`media("a name")`: a file that shows the face, different for every name."""

    def make(name: str) -> Path:
        path = tmp_path / "made" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(name.encode() + FACE * 500)
        return path

    return make


@pytest.fixture
def world(service: Service, media: Callable[[str], Path], agreement: Callable[..., ReceiptContent]) -> World:
    return build(service, media, agreement)


def build(service: Service, media: Callable[[str], Path], agreement: Callable[..., ReceiptContent]) -> World:
    with service.database.transaction() as session:
        workspace = workspaces.create(session, service.settings, "Harbour Films").id
    words = _drawn(service, workspace)
    uploads = {role: _upload(service, workspace, media(f"{role}.mp4")) for role in ("footage", "consent")}
    for upload_id in uploads.values():
        _reported(service, workspace, upload_id, media)
    wanted = NewReplica(
        name=f"{NAME} in uniform",
        full_name=NAME,
        phrase_id=words.id,
        footage=MediaRef(upload_id=uploads["footage"]),
        consent=MediaRef(upload_id=uploads["consent"]),
        callback_url="https://hooks.example/countenance",
    )
    with service.database.transaction() as session:
        replica = replicas.create(session, service, workspace, wanted)
        idempotency.claim(session, workspace, "k1", "POST", "/v2/replicas", b"{}")
        answer = {"replica_id": replica.id, "replica_name": replica.name}
        idempotency.keep(session, workspace, "k1", 200, json.dumps(answer))
        idempotency.claim(session, workspace, "k2", "POST", "/v2/uploads", b"{}")
        answer = {"upload_id": uploads["footage"], "filename": f"{NAME}.mp4"}
        idempotency.keep(session, workspace, "k2", 201, json.dumps(answer))
    receipt = _trained(service, replica, media, agreement)
    phrase.use_up(words, service.settings, by=receipt)
    video = _spoken(service, workspace, replica.id, media)
    _told(service, workspace, replica.id, video)
    hashes = tuple(
        hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(media("footage.mp4").parent.iterdir())
    )
    return World(service, workspace, replica.id, video, receipt, hashes)


def _drawn(service: Service, workspace: str, name: str = NAME) -> OneTimePhrase:
    return phrase.draw(name, language_of(ENGLISH, service.settings), service.settings, account=workspace)


def _upload(service: Service, workspace: str, path: Path) -> str:
    upload_id = f"u{hashlib.sha256(path.name.encode() + workspace.encode()).hexdigest()[:16]}"
    key = f"uploads/{upload_id}/{path.name}"
    service.objects.put(key, path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    row = Upload(
        id=upload_id,
        workspace_id=workspace,
        filename=f"{NAME}.mp4",
        bytes=path.stat().st_size,
        sha256=digest,
        part_bytes=2**23,
        state="complete",
        object_key=key,
        media={"tags": {"artist": NAME}},
        created_at=now(),
        expires_at=now() + timedelta(days=1),
    )
    with service.database.transaction() as session:
        session.add(row)
    return upload_id


def _reported(service: Service, workspace: str, upload_id: str, media: Callable[[str], Path]) -> None:
    """What was found in it before anything was made from it, and a second look that is still at work."""
    service.objects.put(f"uploads/{upload_id}/report/eye.jpg", media("eye.jpg"))
    heard = {**Finding(INTERNAL, detail=f"They said: {NAME}.").as_dict(), "severity": "hint"}
    with service.database.transaction() as session:
        earlier, job = (jobs.create(session, workspace, "upload", upload_id, "report") for _ in range(2))
        for each in (earlier, job):
            jobs.hand_on(session, service.queue, each, "check", "report")
        jobs.end(earlier, "failed", [heard])
        upload = session.get_one(Upload, upload_id)
        upload.report_job_id, upload.report = job.id, {"findings": [heard]}
        _came_to(service, session, f"{earlier.id}:report", {"findings": [heard]})
    (work_folder(service.settings, job.id) / "footage.mp4").write_bytes(media("footage.mp4").read_bytes())


def _came_to(service: Service, session: Session, workflow: str, output: object) -> None:
    """What the queue remembers of it."""
    table = "operation_outputs" if service.database.is_sqlite else "dbos.operation_outputs"
    outcome = "INSERT INTO {} (workflow_uuid, function_id, function_name, output) VALUES (:id, 1, 'execute', :output)"
    session.execute(text(outcome.format(table)), {"id": workflow, "output": json.dumps(output)})


def _trained(
    service: Service, replica: Replica, media: Callable[[str], Path], agreement: Callable[..., ReceiptContent]
) -> str:
    """As the worker leaves it: the work folder, the receipt and what is held under it, the objects, the rows."""
    job, settings = str(replica.job_id), service.settings
    folder = work_folder(settings, job)
    for inner, name in (("in", "footage.mp4"), ("in", "consent.mp4"), ("replica", "atlas.bin"), ("report", "eye.jpg")):
        (folder / inner).mkdir(exist_ok=True)
        (folder / inner / name).write_bytes(media(name).read_bytes())
    (folder / "task.json").write_text(json.dumps({"name": NAME}))
    receipt = register.issue(agreement(NAME), settings)
    described = {"consent": carried(receipt), "hashes": {"atlas.bin": ""}, "person": NAME}
    (folder / "replica" / "replica.json").write_text(json.dumps(described))
    register.hold(receipt.id, HoldingKind.REPLICA, folder / "replica", settings)
    register.hold(receipt.id, HoldingKind.FOOTAGE, folder / "in" / "footage.mp4", settings)
    register.hold(receipt.id, HoldingKind.CONSENT, folder / "in" / "consent.mp4", settings)
    gallery.enrol(receipt.id, replica.workspace_id or "", [np.eye(1, 128, dtype=np.float32)[0]], settings)
    service.objects.put_folder(f"replicas/{replica.id}/bundle", folder / "replica")
    service.objects.put(f"replicas/{replica.id}/report/eye.jpg", media("eye.jpg"))
    service.objects.put(f"replicas/{replica.id}/thumbnail.jpg", media("thumbnail.jpg"))
    cache = settings.data_dir / "cache" / "replicas" / replica.id
    cache.mkdir(parents=True)
    (cache / "atlas.bin").write_bytes(media("atlas.bin").read_bytes())
    published = replicas.Published(
        bundle=f"replicas/{replica.id}/bundle",
        receipt_id=receipt.id,
        thumbnail_key=f"replicas/{replica.id}/thumbnail.jpg",
        metrics={"speaker": NAME},
    )
    with service.database.transaction() as session:
        for source in session.query(MediaSource).where(MediaSource.subject_id == replica.id):
            source.object_key = f"sources/{source.id}/{source.role}.mp4"
            source.sha256 = hashlib.sha256(media(f"{source.role}.mp4").read_bytes()).hexdigest()
            service.objects.put(source.object_key, media(f"{source.role}.mp4"))
        assert replicas.begin(session, replica.id, "check")
        heard = {**Finding(INTERNAL, detail=f"They said: {NAME}.").as_dict(), "severity": "hint"}
        clearance = {"consent": {"name": NAME}}
        assert replicas.checked(session, service, replica.id, findings=[heard], clearance=clearance, ok=True)
        assert replicas.begin(session, replica.id, "train")
        assert replicas.complete(session, service, replica.id, published)
        _came_to(service, session, f"{job}:check", {"name": NAME})
    return receipt.id


def _spoken(service: Service, workspace: str, replica_id: str, media: Callable[[str], Path]) -> str:
    """One video that is ready, and one that is still asked for."""
    with service.database.transaction() as session:
        video = videos.create(session, service, workspace, NewVideo(replica_id, script=SCRIPT, name=f"{NAME} speaks"))
        videos.create(session, service, workspace, NewVideo(replica_id, script=SCRIPT))
        assert videos.begin(session, video.id)
        key = f"videos/{video.id}/video.mp4"
        captions, still = (f"videos/{video.id}/{name}" for name in ("captions.vtt", "still.jpg"))
        published = videos.Published(key, 5.0, still_key=still, captions_key=captions)
        assert videos.complete(session, video.id, published)
    service.objects.put(key, media("video.mp4"))
    service.objects.put(still, media("still.jpg"))
    said = media("captions.vtt")
    said.write_text(vtt_of_sentences((Sentence(SCRIPT, 0.2, 4.8),)))
    service.objects.put(captions, said, "text/vtt")
    return video.id


def _told(service: Service, workspace: str, replica_id: str, video_id: str) -> None:
    """E-mails in files, encoded as mail programs do, and deliveries with what receivers answered."""
    for name, about in (("replica", f"Replica {replica_id}"), ("video", f"/v2/videos/{video_id}?x=1"), ("name", NAME)):
        _letter(service, workspace, name, f"{about}\n{SCRIPT} — é\n" + "é" * 200, encoded=name == "name")
    _letter(service, workspace, "other", "Somebody else.")
    with service.database.reading() as session:
        completed = session.query(OutboxEvent).where(OutboxEvent.type == "replica.completed").one()
    send(service, completed, "studio@example.org")
    with service.database.transaction() as session:
        for event in session.query(OutboxEvent).where(OutboxEvent.subject_id == video_id):
            for channel in ("webhook", "email"):
                delivery = Delivery(
                    id=f"{event.id}-{channel}",
                    event_id=event.id,
                    workspace_id=event.workspace_id,
                    channel=channel,
                    target="https://hooks.example" if channel == "webhook" else "studio@example.org",
                    state="pending",
                    attempts=1,
                    created_at=now(),
                    next_at=now(),
                )
                session.add(delivery)
                session.flush()
                tried = DeliveryAttempt(delivery_id=delivery.id, at=now(), status=500, answer=SCRIPT, duration_ms=9)
                session.add(tried)


def _letter(service: Service, workspace: str, name: str, text: str, *, encoded: bool = False) -> Path:
    """An e-mail of something else that happened in a workspace."""
    with service.database.transaction() as session:
        event = outbox.emit(session, workspace, "replica.error", "replica", "r1", {})
    message = EmailMessage()
    message["To"], message["Subject"] = "studio@example.org", "Your replica"
    message.set_content(text, cte="base64" if encoded else None)
    path = private_folder(service.settings.data_dir / "mail") / f"20261101T120000-{event.id}-{name}.eml"
    path.write_bytes(bytes(message))
    return path


def _letters(service: Service) -> list[str]:
    """The names of those that are left."""
    folder = service.settings.data_dir / "mail"
    return sorted(path.stem.rpartition("-")[2] for path in folder.iterdir()) if folder.exists() else []


def _deleted(world: World) -> None:
    replicas.delete_and_cancel(world.service, world.workspace, world.replica, hard=True)


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_nothing_is_left(world: World) -> None:
    before = world.found()
    for what in ("face", "name", "script", *(f"hash {each}" for each in world.hashes)):
        assert before[what] or what.startswith("hash "), f"{what} was nowhere: the test could not fail"
    assert {"table replicas", "table uploads", "table operation_outputs", "table outbox_events"} <= before["name"]
    assert any(place.startswith("phrases/") for place in before["name"])
    assert any(place.endswith("/captions.vtt") for place in before["line"])
    assert sum("/report/" in place and "/uploads/" in place for place in before["face"]) == 2
    assert sum(bool(before[f"hash {each}"]) for each in world.hashes) >= 3
    with world.service.database.reading() as session:
        known = {*of_replica(session, world.replica).objects}  # all that is deleted of a store on another machine
    assert {key.rpartition("/")[0] for key in world.service.objects.list("uploads") if "/report/" in key} <= known
    _deleted(world)
    purge_replica(world.service, world.replica)
    assert {what: places for what, places in world.found().items() if places} == {}
    left = {place.split("/")[0] for place, _ in _files(world.service.settings.data_dir)}
    assert left - {"countenance.sqlite", "countenance.sqlite-wal", "countenance.sqlite-shm"} == {
        "consents",
        "keys",
        "mail",
    }
    assert _letters(world.service) == ["other"]
    with world.service.database.transaction() as session:
        replica = session.get_one(Replica, world.replica)
        assert replica.purged_at is not None
        assert (replica.status, replica.credits_used, replica.name) == ("completed", 1, "")
        assert balance(session, world.workspace, TRAINING).spent == 1
        assert {video.purged_at is not None for video in session.query(Video)} == {True}
        reporting = session.query(Job).where(Job.subject_kind == "upload")
        assert sorted(job.state for job in reporting) == ["cancelled", "cancelled", "failed", "failed"]


def test_the_receipt_stays_revoked_and_the_deletion_is_signed(world: World) -> None:
    _deleted(world)
    purge_replica(world.service, world.replica)
    settings = world.service.settings
    assert register.standing(world.receipt, settings) is Standing.REVOKED
    assert register.held(world.receipt, settings).content.person == NAME
    revocation, deletion = revocation_of(world.receipt, settings), deletion_of(world.receipt, settings)
    assert revocation is not None
    assert revocation.reason == "The replica was deleted."
    assert deletion is not None
    assert deletion.complete
    assert {Path(file.path).name for file in deletion.files} >= {"atlas.bin", "footage.mp4", "consent.mp4"}


_STEPS = [(receipts, "let_go"), (files, "erase"), (rows, "empty"), (purge, "truncate_log"), (rows, "mark")]


@pytest.mark.parametrize(("room", "step"), _STEPS, ids=[step for _, step in _STEPS])
def test_a_purge_that_died_goes_on(world: World, monkeypatch: pytest.MonkeyPatch, room: object, step: str) -> None:
    _deleted(world)
    done = getattr(room, step)

    def die(*arguments: object) -> None:
        done(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(room, step, die)
        with pytest.raises(KeyboardInterrupt):
            purge_replica(world.service, world.replica)
    with world.service.database.transaction() as session:
        assert session.get_one(Replica, world.replica).purged_at is None
    purge_replica(world.service, world.replica)
    assert {what: places for what, places in world.found().items() if places} == {}
    with world.service.database.transaction() as session:
        assert session.get_one(Replica, world.replica).purged_at is not None


def test_what_is_written_too_late_goes_with_the_next_pass(world: World, media: Callable[[str], Path]) -> None:
    _deleted(world)
    purge_replica(world.service, world.replica)
    with world.service.database.transaction() as session:
        job = session.get_one(Replica, world.replica).job_id
        first = session.get_one(Replica, world.replica).purged_at
    world.service.objects.put(f"replicas/{world.replica}/bundle/atlas.bin", media("atlas.bin"))
    (work_folder(world.service.settings, str(job)) / "late.mp4").write_bytes(FACE)
    assert world.found()["face"]
    assert not any(sweep(world.service, now()).values())
    assert not world.found()["face"]
    with world.service.database.transaction() as session:
        assert session.get_one(Replica, world.replica).purged_at == first


@pytest.mark.parametrize("words", ["shown", "given"])
def test_who_was_forgotten_softly_is_purged_all_the_same(service: Service, words: str) -> None:
    """The row knows neither the name nor the address any more: words and e-mails have both."""
    with service.database.transaction() as session:
        workspace = workspaces.create(session, service.settings, "Harbour Films").id
    drawn = [_drawn(service, workspace) for _ in range(2)]
    footage = MediaRef(url="https://films.example/f.mp4")
    with service.database.transaction() as session:
        given = NewReplica(full_name=NAME, footage=footage, phrase_id=drawn[0].id)
        wanted = replace(given, phrase_id=None, consent_by_link=True) if words == "shown" else given
        replica = replicas.create(session, service, workspace, wanted)
        if words == "shown":
            request, _ = ask.create(session, service, workspace, replica.id, email=EMAIL)
            request.phrase_id = drawn[0].id
    _letter(service, workspace, "name", f"Dear {NAME}")
    replicas.delete_and_cancel(service, workspace, replica.id)
    replicas.delete_and_cancel(service, workspace, replica.id, hard=True)
    world = World(service, workspace, replica.id, "", "", ())
    assert any(place.startswith("phrases/") for place in world.found()["name"])
    purge_replica(service, replica.id)
    assert {what: places for what, places in world.found().items() if places} == {}


def test_a_lip_synced_film_leaves_no_name(service: Service) -> None:
    with service.database.transaction() as session:
        workspace = workspaces.create(session, service.settings, "Harbour Films").id
    film = MediaRef(url="https://films.example/f.mp4")
    world = World(service, workspace, "", "", "", ())
    for before in (False, True):
        words = [_drawn(service, workspace) for _ in range(2)]
        wanted = NewLipsync(film, film, full_name=NAME, phrase_id=words[0].id)
        with service.database.transaction() as session:
            lipsync = lipsyncs.create(session, service, workspace, wanted)
        _letter(service, workspace, "name", f"Dear {NAME}")
        if before:
            lipsyncs.delete_and_cancel(service, workspace, lipsync.id)
            assert "table lipsyncs" not in world.found()["name"]
        lipsyncs.delete_and_cancel(service, workspace, lipsync.id, hard=True)
        assert any(place.startswith("phrases/") for place in world.found()["name"])
        purge.purge(service, "lipsync", lipsync.id)
        assert {what: places for what, places in world.found().items() if places} == {}


def test_what_others_stand_on_stays(
    world: World, service: Service, media: Callable[[str], Path], agreement: Callable[..., ReceiptContent]
) -> None:
    """A second replica from the same upload, under the same receipt, whose words are still to be used."""
    words = _drawn(service, world.workspace)
    with service.database.transaction() as session:
        upload = session.query(MediaSource).where(MediaSource.role == "footage").one().upload_id
        same = MediaRef(upload_id=upload)
        wanted = NewReplica(full_name=NAME, phrase_id=words.id, footage=same, consent=same)
        second = replicas.create(session, service, world.workspace, wanted)
        second.receipt_id = world.receipt
    service.objects.put(f"replicas/{second.id}/bundle/atlas.bin", media("atlas.bin"))
    _deleted(world)
    purge_replica(service, world.replica)
    assert register.standing(world.receipt, service.settings) is Standing.ACTIVE
    assert register.holdings(world.receipt, service.settings) == ()
    assert (service.settings.data_dir / "enrolled" / f"{world.receipt}.json").exists()
    assert service.objects.list(f"replicas/{world.replica}") == []
    assert service.objects.list(f"replicas/{second.id}") != []
    assert [Path(key).name for key in service.objects.list("uploads")] == ["footage.mp4", "eye.jpg"]
    assert [path.name for path in (service.settings.data_dir / "phrases").iterdir()] == [f"{words.id}.json"]
    with service.database.transaction() as session:
        kept = session.get_one(Upload, upload)
        assert (kept.state, kept.report is None) == ("complete", False)
        assert session.get_one(Replica, second.id).full_name == NAME
    replicas.delete_and_cancel(service, world.workspace, second.id, hard=True)
    purge_replica(service, second.id)
    assert register.standing(world.receipt, service.settings) is Standing.REVOKED
    assert {what: places for what, places in world.found().items() if places} == {}


def test_a_video_alone(world: World) -> None:
    videos.delete_and_cancel(world.service, world.workspace, world.video, hard=True)
    purge_video(world.service, world.video)
    service = world.service
    assert service.objects.list(f"videos/{world.video}") == []
    assert service.objects.list(f"replicas/{world.replica}") != []
    assert register.standing(world.receipt, service.settings) is Standing.ACTIVE
    assert {*_letters(service)} >= {"replica", "name", "other"}
    assert "video" not in _letters(service)
    with service.database.transaction() as session:
        video = session.get_one(Video, world.video)
        assert (video.script, video.name) == (None, "")
        assert video.purged_at is not None
        assert session.get_one(Replica, world.replica).purged_at is None
        told = {delivery.channel: delivery for delivery in session.query(Delivery)}
        assert (told["webhook"].state, told["email"].state) == ("pending", "failed")
        event = session.query(OutboxEvent).where(OutboxEvent.subject_id == world.video).one()
        assert event.payload["video_id"] == world.video
        assert event.payload["status"] == "ready"
        assert event.payload["data"] == {"script": None}


def test_a_callback_that_has_been_told_is_not_known_any_more(world: World) -> None:
    """Its address may name somebody; until it has been told how things ended, it has to be known."""

    def target(state: str) -> str:
        with world.service.database.transaction() as session:
            told = session.query(Delivery).where(Delivery.channel == "webhook").one()
            told.target, told.state = told.target and f"https://hooks.example/{EMAIL}", state
        purge_replica(world.service, world.replica)
        with world.service.database.reading() as session:
            return session.query(Delivery).where(Delivery.channel == "webhook").one().target

    _deleted(world)
    assert target("pending") == f"https://hooks.example/{EMAIL}"
    assert target("delivered") == ""
    assert world.found()["e-mail"] == set()


@pytest.mark.parametrize("told", [True, False], ids=["told", "refused"])
def test_a_callback_that_is_told_long_after_a_purge_is_not_known_either(
    world: World, monkeypatch: pytest.MonkeyPatch, told: bool
) -> None:
    """Nothing deletes what is purged once more by then."""
    _deleted(world)
    with world.service.database.transaction() as session:
        pending = session.query(Delivery).where(Delivery.channel == "webhook").one()
        session.get_one(OutboxEvent, pending.event_id).callback_url = pending.target = f"https://hooks.example/{EMAIL}"
        delivery_id = pending.id
    purge_replica(world.service, world.replica)
    posted = []

    def post(_: Service, event: OutboxEvent, target: str, __: str | None) -> Posted:
        posted.append(target)
        return Posted(200 if told else 410, f"Thank you, {NAME}.", 1)

    monkeypatch.setattr(delivering, "post_webhook", post)
    assert delivering.deliver(world.service, delivery_id) is None
    assert posted == [f"https://hooks.example/{EMAIL}"]
    assert {what: places for what, places in world.found().items() if places} == {}


def test_a_link_that_asked_for_consent(service: Service) -> None:
    with service.database.transaction() as session:
        workspace = workspaces.create(session, service.settings, "Harbour Films").id
        wanted = NewReplica(full_name=NAME, footage=MediaRef(url="https://films.example/f.mp4"), consent_by_link=True)
        replica = replicas.create(session, service, workspace, wanted)
        request, token = ask.create(session, service, workspace, replica.id, email=EMAIL)
        asked = session.query(OutboxEvent).one()
    send(service, asked, EMAIL)
    words = _drawn(service, workspace)
    world = World(service, workspace, replica.id, "", "", ())
    assert any(place.startswith("mail/") for place in world.found()["e-mail"])
    assert {"table consent_requests", "table outbox_events"} <= world.found()["e-mail"]
    assert f"phrases/{words.id}.json" in world.found()["name"]
    _deleted(world)
    purge_replica(service, replica.id)
    assert {what: places for what, places in world.found().items() if places} == {}
    places = (*_files(service.settings.data_dir), *_tables(service.database))
    assert not [place for place, content in places if token.encode() in content]
    with service.database.transaction() as session:
        assert session.get_one(ConsentRequest, request.id).state == "withdrawn"
        assert session.query(OutboxEvent).one().dispatched_at is not None
        assert session.get_one(Job, replica.job_id).state == "cancelled"


@pytest.mark.parametrize("given_up", [False, True])
def test_what_came_by_a_link_and_was_not_sent(service: Service, media: Callable[[str], Path], given_up: bool) -> None:
    with service.database.transaction() as session:
        workspace = workspaces.create(session, service.settings, "Harbour Films").id
        wanted = NewReplica(footage=MediaRef(url="https://films.example/f.mp4"), consent_by_link=True)
        replica = replicas.create(session, service, workspace, wanted)
        request, _ = ask.create(session, service, workspace, replica.id, full_name=NAME)
    came, begun = (_upload(service, workspace, media(f"{each}.mp4")) for each in ("came", "begun"))
    service.objects.delete(f"uploads/{begun}")
    parts = private_folder(service.settings.data_dir / "uploads" / begun)
    (parts / "00001").write_bytes(FACE)
    with service.database.transaction() as session:
        for each in (came, begun):
            session.get_one(Upload, each).consent_request_id = request.id
        session.get_one(Upload, begun).state = "open"
        session.get_one(Upload, begun).object_key = None
        replicas.delete(session, service, workspace, replica.id, hard=True)
    if given_up:
        drop.abort_by_link(service, request.id)
    hashes = tuple(hashlib.sha256(media(f"{each}.mp4").read_bytes()).hexdigest() for each in ("came", "begun"))
    world = World(service, workspace, replica.id, "", "", hashes)
    assert all(world.found()[f"hash {each}"] for each in hashes)
    assert given_up or world.found()["face"]
    purge_replica(service, replica.id)
    assert {what: places for what, places in world.found().items() if places} == {}
    assert not parts.exists()


def test_it_is_asked_for_with_the_deletion(world: World, queue: DbosQueue) -> None:
    with world.service.database.transaction() as session:
        replicas.delete(session, world.service, world.workspace, world.replica, hard=True)
        ask_to_purge(session, world.service, "replica", world.replica)
    actions = registry(*ACTIONS)
    name, task = next(iter(queue.states([f"{world.replica}:purge_replica"]))).split(":")
    action = actions[task]
    assert isinstance(action, Action)
    assert action.run(world.service, name) is None
    assert not world.found()["face"]


def test_only_what_was_deleted_is_purged(world: World) -> None:
    with pytest.raises(ValueError, match="not deleted"):
        purge_replica(world.service, world.replica)
    with pytest.raises(CountenanceError) as caught:
        purge_replica(world.service, "r000000000000")
    assert caught.value.finding.rule is REPLICA_UNKNOWN
    with pytest.raises(CountenanceError) as caught:
        purge_video(world.service, "0000000000")
    assert caught.value.finding.rule is VIDEO_UNKNOWN
    assert world.found()["face"]


def test_links_are_not_followed(world: World, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept.txt").write_text("of somebody else")
    cache = world.service.settings.data_dir / "cache"
    (cache / f"{world.replica}-link").symlink_to(elsewhere)
    (cache / "others").symlink_to(elsewhere)
    (elsewhere / f"{world.replica}.bin").write_text("not ours")
    (cache / f"{world.replica}0.bin").write_text("of another replica")
    _deleted(world)
    purge_replica(world.service, world.replica)
    assert (elsewhere / "kept.txt").exists()
    assert (elsewhere / f"{world.replica}.bin").exists()
    assert {path.name for path in cache.iterdir()} == {"others", "replicas", f"{world.replica}0.bin"}


def test_others_are_untouched(world: World, service: Service, tmp_path: Path) -> None:
    """Events, answers, e-mails and one-time words of another workspace, even of somebody with the same name."""
    with service.database.transaction() as session:
        other = workspaces.create(session, service.settings, "Other").id
        payload = {"replica_id": "r1", "note": "kept"}
        event = outbox.emit(session, other, "replica.error", "replica", "r1", payload)
        idempotency.claim(session, other, "k", "POST", "/", b"")
        idempotency.keep(session, other, "k", 200, "kept")
    letter = _letter(service, other, "theirs", f"{NAME} agreed. Replica {world.replica}.")
    words = [_drawn(service, other), _drawn(service, ""), _drawn(service, world.workspace, "李明")]
    with service.database.transaction() as session:
        # Whoever knows the id of another workspace's words cannot have them deleted.
        ask_for = NewReplica(footage=MediaRef(url="https://x.example/f.mp4"), consent_by_link=True)
        claimed = replicas.create(session, service, world.workspace, ask_for)
        claimed.phrase_id = words[0].id
    replicas.delete_and_cancel(service, world.workspace, claimed.id, hard=True)
    purge_replica(service, claimed.id)
    ours = _drawn(service, world.workspace)
    _deleted(world)
    purge_replica(service, world.replica)
    assert letter.exists()
    assert [phrase.known(each.id, service.settings) for each in (*words, ours)] == [*words, None]
    with service.database.transaction() as session:
        assert session.get_one(OutboxEvent, event.id).payload == payload
        kept = idempotency.claim(session, other, "k", "POST", "/", b"")
    assert kept == idempotency.Answer(200, "kept")
    for key, path in (("k1", "/v2/replicas"), ("k2", "/v2/uploads")):
        with pytest.raises(CountenanceError) as caught, service.database.transaction() as session:
            idempotency.claim(session, world.workspace, key, "POST", path, b"{}")
        assert caught.value.finding.rule is IDEMPOTENCY_GONE
