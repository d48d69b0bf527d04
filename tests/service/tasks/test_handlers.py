"""What goes into a task's folder, what is kept of what a child process made, and what follows from it.

The child's work itself is tested in tests/work; here its results lie in the folder as it leaves them.
"""

from __future__ import annotations

import json
import shutil
import threading
import wave
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from countenance.consent import register
from countenance.consent.claim_rules import LOOKS_LIKE
from countenance.consent.receipt_content import ReceiptContent
from countenance.consent.revoke import revoke
from countenance.errors import CountenanceError, Finding
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.credits import ledger
from countenance.service.credits.account import balance
from countenance.service.db.tables import Job, MediaSource, Replica, Upload, Video, Workspace
from countenance.service.jobs.dbos_queue import DbosQueue
from countenance.service.jobs.handlers import Done, Failed, Handler
from countenance.service.jobs.work_folder import work_folder
from countenance.service.jobs.workflow import finish
from countenance.service.objects.open import open_objects
from countenance.service.replicas import life, revocations
from countenance.service.replicas.wanted import NewReplica
from countenance.service.tasks import inputs, leftovers, outputs, sources
from countenance.service.tasks.check import CHECKING
from countenance.service.tasks.lipsync import DUBBING
from countenance.service.tasks.render import RENDERING
from countenance.service.tasks.sources import MediaRef
from countenance.service.tasks.train import TRAINING
from countenance.service.tasks.transcribe import TRANSCRIBING
from countenance.service.uploads.drop import unused
from countenance.service.videos import life as videos
from countenance.service.videos import lipsyncs, transcriptions
from countenance.service.videos.errors import TRANSCRIPTIONS_OPEN
from countenance.service.videos.wanted import NewVideo

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
FOOTAGE = b"\0\0\0\x18ftypisom" + bytes(5000)
DOUBT = Finding(LOOKS_LIKE).as_dict()


class _Site(BaseHTTPRequestHandler):
    asked: int = 0

    def do_GET(self) -> None:
        _Site.asked += 1
        self.send_response(200)
        self.send_header("Content-Length", str(len(FOOTAGE)))
        self.end_headers()
        self.wfile.write(FOOTAGE)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    """Where the footage lies, once."""
    _Site.asked = 0
    with HTTPServer(("127.0.0.1", 0), _Site) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/a.mp4"
        server.shutdown()
        thread.join()


@pytest.fixture
def studio(service: Service) -> Service:
    """An installation with a workspace, that may fetch from this machine."""
    settings = service.settings.model_copy(update={"fetch_allow": "127.0.0.1"})
    with service.database.transaction() as session:
        session.add(Workspace(id="w1", name="", created_at=now()))
        session.flush()
        ledger.grant(session, "w1", ledger.TRAINING, 3, "a gift")
        ledger.grant(session, "w1", ledger.VIDEO_SECOND, 30, "a gift")
    return Service(settings, service.database, open_objects(settings), service.queue)


def uploaded(service: Service, content: bytes, content_type: str, upload_id: str = "u1") -> MediaRef:
    path = service.settings.data_dir / "a"
    path.write_bytes(content)
    service.objects.put(f"uploads/{upload_id}", path)
    moment = now()
    row = Upload(
        id=upload_id,
        workspace_id="w1",
        filename="a",
        bytes=len(content),
        part_bytes=1,
        state="complete",
        object_key=f"uploads/{upload_id}",
        content_type=content_type,
        created_at=moment,
        expires_at=moment + timedelta(days=1),
    )
    with service.database.transaction() as session:
        session.add(row)
    return MediaRef(upload_id=upload_id)


class Task:
    """A task of a job, driven by hand as a worker would."""

    def __init__(self, service: Service, handler: Handler, job_id: str | None) -> None:
        assert job_id is not None
        self.service, self.handler, self.job_id = service, handler, job_id
        self.folder = work_folder(service.settings, job_id)

    def prepared(self) -> Mapping[str, Any] | None:
        return self.handler.prepare(self.service, self.job_id, self.folder)

    def write(self, **files: bytes) -> None:
        for name, content in files.items():
            path = self.folder / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def told(self, **event: Any) -> None:
        self.handler.on_event(self.service, self.job_id, self.folder, event)

    def done(self, result: Mapping[str, Any]) -> None:
        made = self.handler.publish(self.service, self.job_id, self.folder, result)
        assert self.handler.publish(self.service, self.job_id, self.folder, result) == made, "may be repeated"
        json.dumps(made)
        finish(self.service, self.handler, self.job_id, self.handler.task, Done(made))

    def failed(self, *findings: Mapping[str, Any]) -> None:
        finish(self.service, self.handler, self.job_id, self.handler.task, Failed(findings))


def new_replica(service: Service, footage: MediaRef) -> Replica:
    with service.database.transaction() as session:
        return life.create(session, service, "w1", NewReplica(footage=footage, full_name="Ada"))


def row(service: Service, replica: Replica) -> Replica:
    with service.database.transaction() as session:
        return session.get_one(Replica, replica.id)


def checked(service: Service, replica: Replica) -> None:
    """The check finds nothing."""
    task = Task(service, CHECKING, replica.job_id)
    task.prepared()
    task.write(warrant__warrant_json=b"{}")
    task.done({"ok": True, "findings": [], "clearance": {}, "evidence": []})


def bundle(task: Task, tier: str, receipt: str | None = None) -> dict[str, Any]:
    """A replica in the task's folder, as far as the service looks at it."""
    description = {"tier": tier, "hashes": {"atlas.bin": "-"}, "voice": {"used": True}, "metrics": {"sync": 0.9}}
    described = {**description, "consent": {"receipt": receipt}}
    task.write(replica__replica_json=json.dumps(described).encode(), replica__atlas_bin=tier.encode())
    task.write(thumbnail_jpg=b"a picture", thumbnail_mp4=b"a moving picture")
    pictures = {"thumbnail": "thumbnail.jpg", "thumbnail_video": "thumbnail.mp4"}
    return {"description": description, "receipt": receipt, **pictures}


def test_a_url_is_fetched_once(studio: Service, url: str) -> None:
    replica = new_replica(studio, MediaRef(url=url))
    task = Task(studio, CHECKING, replica.job_id)
    content = task.prepared()
    assert content is not None
    assert (content["footage"], content["consent"], content["name"]) == ("in/footage.mp4", None, "Ada")
    (task.folder / "in" / "footage.mp4").unlink()
    assert task.prepared() == content, "a crash begins it again"
    assert (task.folder / "in" / "footage.mp4").read_bytes() == FOOTAGE
    assert _Site.asked == 1
    with studio.database.transaction() as session:
        source = sources.of(session, "replica", replica.id)["footage"]
    assert source.object_key == f"replicas/{replica.id}/source/footage.mp4"
    assert (source.bytes, source.content_type) == (len(FOOTAGE), "video/mp4")


def test_what_cannot_be_fetched_is_told(studio: Service, url: str) -> None:
    nowhere = MediaRef(url="http://127.0.0.1:9/a.wav")
    replica = new_replica(studio, nowhere)
    with pytest.raises(CountenanceError) as error:
        Task(studio, CHECKING, replica.job_id).prepared()
    assert error.value.finding.rule.tavus_type == "download_link"
    with studio.database.transaction() as session:
        wanted = transcriptions.NewTranscription(nowhere)
        job_id = transcriptions.create(session, studio, "w1", wanted).job_id
    with pytest.raises(CountenanceError) as error:
        Task(studio, TRANSCRIBING, job_id).prepared()
    assert error.value.finding.rule.tavus_type == "audio_file_download_link"


def test_a_check_that_finds_something(studio: Service) -> None:
    replica = new_replica(studio, uploaded(studio, FOOTAGE, "video/mp4"))
    task = Task(studio, CHECKING, replica.job_id)
    task.prepared()
    task.write(report__face_jpg=b"a picture")
    where = str(task.folder / "in" / "footage.mp4")
    error = {**DOUBT, "severity": "error", "file": where, "evidence": "face.jpg", "message": "Too small.", "rule": "r"}
    cleared = {"a": [where], "b": f"Of {task.folder.resolve()}/in/footage.mp4 and {task.folder}/x."}
    task.done({"ok": False, "findings": [error, DOUBT], "clearance": cleared, "evidence": ["report/face.jpg"]})
    found = row(studio, replica)
    assert (found.status, found.error_type, found.error_message) == ("error", "r", "Too small.")
    assert found.findings is not None
    assert [each["file"] for each in found.findings] == ["footage.mp4", ""]
    assert found.clearance == {"a": ["footage.mp4"], "b": "Of footage.mp4 and x."}
    assert studio.objects.list(f"replicas/{replica.id}/report") == [f"replicas/{replica.id}/report/face.jpg"]
    with studio.database.transaction() as session:
        assert balance(session, "w1", ledger.TRAINING).available == 3


def test_a_doubt_waits_for_a_human_and_the_training_knows_who_it_was(studio: Service) -> None:
    replica = new_replica(studio, uploaded(studio, FOOTAGE, "video/mp4"))
    task = Task(studio, CHECKING, replica.job_id)
    task.prepared()
    task.write(warrant__warrant_json=b"{}")
    task.done({"ok": False, "findings": [DOUBT], "clearance": {}, "evidence": []})
    assert row(studio, replica).status == "waiting"
    assert Task(studio, TRAINING, replica.job_id).prepared() is None
    with studio.database.transaction() as session:
        life.review(session, studio, "w1", replica.id, "somebody")
    (task.folder / "warrant" / "warrant.json").unlink()
    (task.folder / "warrant").rmdir()
    content = Task(studio, TRAINING, replica.job_id).prepared()
    assert content is not None
    assert (content["reviewed_by"], content["replica_id"]) == ("somebody", replica.id)
    assert (task.folder / "warrant" / "warrant.json").read_bytes() == b"{}", "also on another machine"


def test_a_training_publishes_its_preview_and_its_end(studio: Service) -> None:
    replica = new_replica(studio, uploaded(studio, FOOTAGE, "video/mp4"))
    with studio.database.transaction() as session:
        video = videos.create(session, studio, "w1", NewVideo(replica.id, script="Hello."))
    assert Task(studio, RENDERING, video.job_id).prepared() is None, "it waits"
    checked(studio, replica)
    task = Task(studio, TRAINING, replica.job_id)
    assert task.prepared() is not None
    told = bundle(task, "preview")
    task.told(event="preview", folder="replica", **{name: told[name] for name in ("receipt", "thumbnail")})
    shown = row(studio, replica)
    assert shown.status == "preview"
    rendering = Task(studio, RENDERING, video.job_id)
    assert rendering.prepared() is not None
    assert task.prepared() is not None, "a crash begins the training again"
    task.done(bundle(task, "final"))
    ready = row(studio, replica)
    metrics = {"sync": 0.9, "voice": {"used": True}}
    assert (ready.status, ready.has_voice, ready.metrics) == ("completed", True, metrics)
    assert ready.bundle != shown.bundle
    assert ready.bundle is not None
    assert {Path(key).name for key in studio.objects.list(ready.bundle)} == {"replica.json", "atlas.bin"}
    for key in (ready.thumbnail_key, ready.thumbnail_video_key):
        assert key is not None
        assert studio.objects.stat(key).bytes > 0
    studio.objects.delete(shown.bundle or "")
    assert (rendering.folder / "replica" / "atlas.bin").read_bytes() == b"preview", "it is still being read"
    with studio.database.transaction() as session:
        assert balance(session, "w1", ledger.TRAINING).spent == 1


def test_a_training_goes_on_under_its_receipt_in_a_new_folder(studio: Service) -> None:
    replica = new_replica(studio, uploaded(studio, FOOTAGE, "video/mp4"))
    checked(studio, replica)
    task = Task(studio, TRAINING, replica.job_id)
    task.prepared()
    task.write(receipt_jws=b"a receipt")
    task.told(event="receipt", file="receipt.jws")
    shutil.rmtree(task.folder)
    task.write(warrant__warrant_json=b"of another check here, of which nothing came")
    assert task.prepared() is not None
    assert (task.folder / "receipt.jws").read_bytes() == b"a receipt"
    assert (task.folder / "warrant" / "warrant.json").read_bytes() == b"{}"


def test_half_a_warrant_is_none(studio: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    replica = new_replica(studio, uploaded(studio, FOOTAGE, "video/mp4"))
    check = Task(studio, CHECKING, replica.job_id)
    check.prepared()
    check.write(warrant__seen_safetensors=b"seen")
    checked(studio, replica)
    task = Task(studio, TRAINING, replica.job_id)
    shutil.rmtree(task.folder)
    linked = inputs.linked

    def power_cut(service: Service, key: str, path: Path) -> None:
        if key.endswith("warrant.json"):
            raise OSError("a power cut")
        linked(service, key, path)

    monkeypatch.setattr(inputs, "linked", power_cut)
    with pytest.raises(OSError, match="a power cut"):
        task.prepared()
    monkeypatch.setattr(inputs, "linked", linked)
    assert task.prepared() is not None
    assert {path.name for path in (task.folder / "warrant").iterdir()} == {"seen.safetensors", "warrant.json"}


def test_a_revocation_erases_what_is_really_stored(
    studio: Service, queue: DbosQueue, agreement: Callable[..., ReceiptContent]
) -> None:
    receipt = register.issue(agreement(), studio.settings).id
    replica = new_replica(studio, uploaded(studio, FOOTAGE, "video/mp4"))
    checked(studio, replica)
    task = Task(studio, TRAINING, replica.job_id)
    task.prepared()
    task.done(bundle(task, "final", receipt))
    kept = row(studio, replica)
    assert kept.bundle is not None
    source = f"replicas/{replica.id}/source/footage.mp4"
    assert studio.objects.list(kept.bundle)
    assert studio.objects.list(f"replicas/{replica.id}/source") == [source]
    assert revoke(receipt, studio.settings).complete
    assert studio.objects.list(f"replicas/{replica.id}") == []
    with pytest.raises(CountenanceError) as error:
        spoken(studio, replica, script="Hello.")
    assert error.value.finding.rule.id == "consent.revoked"
    assert revocations.sweep(studio) == 1
    assert row(studio, replica).deleted_at is not None
    assert [*queue.states([f"{replica.id}:purge_replica"]).values()] == ["ENQUEUED"]
    assert revocations.sweep(studio) == 0


@pytest.mark.parametrize("later", [timedelta(hours=1), timedelta(days=9)], ids=["soon", "after days off"])
def test_what_nobody_needs_any_more_goes(studio: Service, complete: Replica, later: timedelta) -> None:
    task = Task(studio, TRAINING, complete.job_id)
    bundle(task, "preview")
    left = outputs.bundle(studio, complete.id, task.folder / "replica")
    assert leftovers.sweep(studio, now()) == 0, "somebody may be about to read it"
    assert leftovers.sweep(studio, now() + later) == 2, "a bundle and the warrant"
    assert studio.objects.list(left) == []
    assert studio.objects.list(f"replicas/{complete.id}/warrant") == []
    assert studio.objects.list(complete.bundle or "")
    assert studio.objects.list(f"replicas/{complete.id}/source")
    studio.objects.put(f"replicas/{complete.id}/warrant/warrant.json", task.folder / "replica" / "replica.json")
    assert leftovers.sweep(studio, now() + later) == 0, "it was looked at"


def test_the_warrant_of_a_deleted_replica_goes(studio: Service) -> None:
    replica = new_replica(studio, uploaded(studio, FOOTAGE, "video/mp4"))
    checked(studio, replica)
    assert leftovers.sweep(studio, now() + timedelta(hours=1)) == 0, "the training needs it"
    life.delete_and_cancel(studio, "w1", replica.id)
    assert leftovers.sweep(studio, now() + timedelta(hours=1)) == 1
    assert studio.objects.list(f"replicas/{replica.id}/warrant") == []


def test_a_consent_that_is_taken_back_while_the_training_ends(
    studio: Service, agreement: Callable[..., ReceiptContent]
) -> None:
    receipt = register.issue(agreement(), studio.settings).id
    replica = new_replica(studio, uploaded(studio, FOOTAGE, "video/mp4"))
    checked(studio, replica)
    task = Task(studio, TRAINING, replica.job_id)
    task.prepared()
    result = bundle(task, "final", receipt)
    revoke(receipt, studio.settings)
    with pytest.raises(CountenanceError) as error:
        task.done(result)
    assert error.value.finding.rule.id == "consent.revoked"
    assert studio.objects.list(f"replicas/{replica.id}") == []


def recording(seconds: float, path: Path) -> bytes:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(int(seconds * 16000)))
    return path.read_bytes()


def spoken(service: Service, replica: Replica, **more: Any) -> Task:
    """A rendering of a replica that is complete."""
    with service.database.transaction() as session:
        video = videos.create(session, service, "w1", NewVideo(replica.id, **more))
    return Task(service, RENDERING, video.job_id)


@pytest.fixture
def complete(studio: Service) -> Replica:
    replica = new_replica(studio, uploaded(studio, FOOTAGE, "video/mp4"))
    checked(studio, replica)
    task = Task(studio, TRAINING, replica.job_id)
    task.prepared()
    task.done(bundle(task, "final"))
    return row(studio, replica)


def test_a_video_costs_the_seconds_that_it_has(studio: Service, complete: Replica) -> None:
    task = spoken(studio, complete, script="Hello.", transparent=True, voice_name="Hibari")
    content = task.prepared()
    assert content is not None
    assert (content["script"], content["voice"], content["out"]) == ("Hello.", "hibari", "video.webm")
    assert content["background"] == {"transparent": True}
    assert (task.folder / content["replica"] / "replica.json").is_file()
    task.write(video_webm=b"a video", video_c2pa=b"credentials", still_jpg=b"a picture", preview_gif=b"moves")
    task.write(captions_vtt=b"WEBVTT\n")
    made = {"video": "video.webm", "still": "still.jpg", "gif": "preview.gif", "captions": "captions.vtt"}
    task.done({**made, "report": {"duration_s": 1.2}})
    with studio.database.transaction() as session:
        job = session.get_one(Job, task.job_id)
        video = session.get_one(Video, job.subject_id)
        assert (video.status, video.duration_s, video.credits_used) == ("ready", 1.2, 2)
        assert balance(session, "w1", ledger.VIDEO_SECOND).available == 28
    assert video.video_key == f"videos/{video.id}/video.webm"
    assert video.captions_key == f"videos/{video.id}/captions.vtt"
    names = {Path(key).name for key in studio.objects.list(f"videos/{video.id}")}
    assert names == {"video.webm", "video.c2pa", "still.jpg", "preview.gif", "captions.vtt"}


@pytest.mark.parametrize(
    ("seconds", "rule"), [(20.0, None), (40.0, "service.out_of_credits"), (601.0, "service.audio_too_long")]
)
def test_a_recording_is_as_long_as_was_held(
    studio: Service, complete: Replica, tmp_path: Path, seconds: float, rule: str | None
) -> None:
    sound = uploaded(studio, recording(seconds, tmp_path / "a.wav"), "audio/wav", "u2")
    task = spoken(studio, complete, audio=sound)
    if rule is None:
        content = task.prepared()
        assert content is not None
        assert (content["audio"], content["voice"]) == ("in/audio.wav", None)
        return
    with pytest.raises(CountenanceError) as error:
        task.prepared()
    assert error.value.finding.rule.id == rule
    task.failed(error.value.finding.as_dict())
    with studio.database.transaction() as session:
        assert balance(session, "w1", ledger.VIDEO_SECOND).available == 30


def test_what_is_behind_and_upon_the_person(studio: Service, complete: Replica) -> None:
    picture = uploaded(studio, b"\xff\xd8\xff", "image/jpeg", "u2")
    content = spoken(studio, complete, script="Hello.", background=picture, watermark=picture).prepared()
    assert content is not None
    assert content["background"] == {"file": "in/background.jpg"}
    assert content["watermark"] == "in/watermark.png", "else its name would be written on the video"
    content = spoken(studio, complete, script="Hello.", colour="green").prepared()
    assert content is not None
    assert content["background"] == {"colour": "green"}
    own = {"colour": "/etc/hostname", "transparent": True, "countenance:look": {"colour": "/etc/hostname"}}
    content = spoken(studio, complete, script="Hello.", properties=own).prepared()
    assert content is not None
    assert (content["background"], content["out"]) == (None, "video.mp4")
    settings = studio.settings.model_copy(update={"visible_mark": "AI-generated"})
    marked = Service(settings, studio.database, studio.objects, studio.queue)
    with pytest.raises(CountenanceError, match="own mark"):
        spoken(marked, complete, script="Hello.", watermark=picture)


def test_a_replica_that_was_deleted_speaks_no_more(studio: Service, complete: Replica) -> None:
    task = spoken(studio, complete, script="Hello.")
    life.delete_and_cancel(studio, "w1", complete.id)
    assert task.prepared() is None
    with studio.database.transaction() as session:
        video = session.get_one(Video, session.get_one(Job, task.job_id).subject_id)
        assert (video.status, video.error_type) == ("error", "replica_in_error_state")


def test_a_lip_synced_film(studio: Service, tmp_path: Path) -> None:
    film = uploaded(studio, FOOTAGE, "video/mp4")
    sound = uploaded(studio, recording(3.0, tmp_path / "a.wav"), "audio/wav", "u2")
    made = {"video": "video.mp4", "still": "still.jpg", "gif": "preview.gif", "report": {"duration_s": 3.0}}
    for refused in (False, True):
        with studio.database.transaction() as session:
            wanted = lipsyncs.NewLipsync(film, sound, full_name="Ada")
            lipsync = lipsyncs.create(session, studio, "w1", wanted)
        task = Task(studio, DUBBING, lipsync.job_id)
        content = task.prepared()
        assert content is not None
        assert (content["video"], content["audio"], content["name"]) == ("in/video.mp4", "in/audio.wav", "Ada")
        task.write(video_mp4=b"a film", receipt_jws=b"a receipt", warrant__warrant_json=b"{}")
        if not refused:
            task.told(event="receipt", file="receipt.jws")
            shutil.rmtree(task.folder)
            assert task.prepared() == content, "in a new folder"
            assert (task.folder / "receipt.jws").read_bytes() == b"a receipt", "its words are used up"
            assert (task.folder / "warrant" / "warrant.json").is_file()
            task.write(video_mp4=b"a film")
        found = {"ok": False, "findings": [DOUBT], "clearance": {}, "evidence": []}
        task.done(found if refused else {**made, "receipt": None})
        with studio.database.transaction() as session:
            session.add(lipsync)
            session.refresh(lipsync)
            assert lipsync.status == ("error" if refused else "ready")
            assert lipsync.credits_used == (0 if refused else 3)


def test_a_transcription_costs_nothing(studio: Service, tmp_path: Path) -> None:
    sound = uploaded(studio, recording(1.0, tmp_path / "a.wav"), "audio/wav")
    with studio.database.transaction() as session:
        made = transcriptions.create(session, studio, "w1", transcriptions.NewTranscription(sound))
    task = Task(studio, TRANSCRIBING, made.job_id)
    assert task.prepared() == {"media": "in/audio.wav"}
    words = {"text": "Hello.", "language": "en", "words": [], "duration_s": 1.0}
    kept = f"transcriptions/{made.id}"
    assert studio.objects.list(kept) == [f"{kept}/source/audio.wav"]
    task.done(words)
    assert studio.objects.list(kept) == [], "what was heard is kept no longer than that"
    with studio.database.transaction() as session:
        session.add(made)
        session.refresh(made)
        assert (made.status, made.transcript) == ("ready", words)
        assert balance(session, "w1", ledger.VIDEO_SECOND).available == 30
        assert sources.of(session, "transcription", made.id) == {}
        assert session.scalars(select(Upload.id).where(unused())).all() == ["u1"], "it ends as any that nobody needs"


def test_transcriptions_under_way_are_few(studio: Service) -> None:
    wanted = transcriptions.NewTranscription(MediaRef(url="https://x.test/a.wav"))
    with studio.database.transaction() as session:
        made = [transcriptions.create(session, studio, "w1", wanted).id for _ in range(20)]
        with pytest.raises(CountenanceError) as error:
            transcriptions.create(session, studio, "w1", wanted)
        assert error.value.finding.rule is TRANSCRIPTIONS_OPEN
        transcriptions.delete(session, "w1", made[0])
        transcriptions.create(session, studio, "w1", wanted)


def test_what_was_deleted_is_begun_no_more(studio: Service) -> None:
    replica = new_replica(studio, uploaded(studio, FOOTAGE, "video/mp4"))
    life.delete_and_cancel(studio, "w1", replica.id)
    assert Task(studio, CHECKING, replica.job_id).prepared() is None
    with studio.database.transaction() as session:
        assert session.query(MediaSource).one().object_key is None
