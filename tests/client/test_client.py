"""Both clients against a server that listens on a socket, over lines that are good and bad."""

from __future__ import annotations

import errno
import hashlib
import stat
import threading
import time
from collections.abc import Callable
from operator import attrgetter
from pathlib import Path
from typing import Any

import anyio
import pytest

from countenance.client import (
    ApiError,
    AsyncClient,
    Client,
    ClientError,
    Retry,
    UnreachableError,
    UploadBrokenError,
    WorkFailedError,
)
from countenance.client.sink import Sink
from countenance.errors import CountenanceError, Finding
from countenance.footage.rules import RULES
from countenance.progress import Progress
from countenance.service.context import Service
from countenance.service.db.tables import Job, Replica, Video
from countenance.service.replicas import life
from countenance.service.replicas.life import Published
from countenance.service.uploads import report
from countenance.stock.clips import presenter_clip
from countenance.wire.dictionaries import CreateDictionary, Patch, RuleBody
from countenance.wire.replicas import CreateReplica
from countenance.wire.videos import CreateVideo
from countenance.wire.workspace import CreateKey

Ask = Callable[..., Any]
HASTE = Retry(attempts=4, first_s=0.01)
_BOOK = CreateDictionary(name="Names", rules=[RuleBody(text="Ada", pronunciation="Aida", type="alias")])
_SYNTHETIC = CreateReplica(train_video_url="https://example.org/a.mp4", synthetic=True, replica_name="Nobody")
_PUBLISHED = Published(bundle="replicas/r/1/bundle", receipt_id="x")


@pytest.fixture(params=["at once", "awaited"])
def ask(request: pytest.FixtureRequest, server: str, key: str) -> Ask:
    """Do an operation by its name with one client or the other."""

    def at_once(name: str, *given: Any, url: str = server, **named: Any) -> Any:
        with Client(url, key, retry=HASTE) as client:
            return attrgetter(name)(client)(*given, **named)

    def awaited(name: str, *given: Any, url: str = server, **named: Any) -> Any:
        async def doing() -> Any:
            async with AsyncClient(url, key, retry=HASTE) as client:
                return await attrgetter(name)(client)(*given, **named)

        return anyio.run(doing)

    return at_once if request.param == "at once" else awaited


def test_what_is_asked_is_answered_in_the_wire_s_own_shapes(ask: Ask) -> None:
    made = ask("dictionaries.create", _BOOK)
    assert (made.name, made.rules_count, made.rules) == ("Names", 1, _BOOK.rules)
    step = [{"op": "replace", "path": "/name", "value": "People"}]
    changed = ask("dictionaries.change", made.pronunciation_dictionary_id, Patch.model_validate(step))
    assert changed.name == "People"
    assert ask("dictionaries.change", made.pronunciation_dictionary_id, Patch.model_validate(step)) is None
    listed = ask("dictionaries.list", limit=5)
    assert (listed.total_count, listed.data[0].name, listed.data[0].rules) == (1, "People", None)
    assert ask("dictionaries.delete", made.pronunciation_dictionary_id) is None
    with pytest.raises(ApiError) as caught:
        ask("dictionaries.get", made.pronunciation_dictionary_id)
    assert (caught.value.status, caught.value.rule) == (404, "service.dictionary_unknown")


def test_a_refusal_says_all_that_the_server_says(ask: Ask) -> None:
    with pytest.raises(ApiError) as caught:
        ask("replicas.get", "r000000000000")
    error = caught.value
    assert (error.status, error.rule, error.error_type) == (404, "service.replica_unknown", "service.replica_unknown")
    assert error.request_id
    assert error.problem is not None
    assert error.problem.error == "Invalid replica_id"
    assert error.finding.rule.remedy in str(error)
    with pytest.raises(ApiError) as caught:
        ask("replicas.get", "..")
    assert caught.value.status == 404


def test_who_may_ask_whom(server: str, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COUNTENANCE_API_KEY", raising=False)
    with Client(server) as nobody:
        assert nobody.server.alive().status == nobody.server.ready().status == "ok"
        assert "countenance_" in nobody.server.metrics()
        with pytest.raises(ClientError, match="No API key"):
            nobody.workspace.get()
    with Client(server, "cnt_wrong") as stranger, pytest.raises(ApiError) as caught:
        stranger.workspace.get()
    assert (caught.value.status, caught.value.rule) == (401, "service.key_invalid")
    monkeypatch.setenv("COUNTENANCE_URL", f"{server}/v2/")
    monkeypatch.setenv("COUNTENANCE_API_KEY", f" {key}\n")
    with Client() as known:
        assert known.workspace.get().role == "owner"
    for url in ("ftp://example.org", "http://", "nonsense", "http://example.org?key=1"):
        with pytest.raises(ClientError) as refused:
            Client(url)
        assert refused.value.finding.rule.id == "client.url_invalid", url
    with pytest.raises(ClientError) as refused:
        Client(server, "schlüssel")
    assert refused.value.finding.rule.id == "client.key_unsendable"


def test_a_server_that_is_not_there(ask: Ask) -> None:
    with pytest.raises(UnreachableError) as caught:
        ask("workspace.get", url="http://127.0.0.1:9")
    assert caught.value.finding.rule.id == "client.unreachable"


def test_what_passes_is_tried_again(ask: Ask, proxy: Any) -> None:
    proxy.faults.extend(["503", "drop", "429:0"])
    assert ask("workspace.get", url=proxy.url).role == "owner"
    assert len(proxy.seen) == 4
    proxy.faults.extend(["502"] * 4)
    with pytest.raises(ApiError) as caught:
        ask("workspace.get", url=proxy.url)
    assert (caught.value.status, caught.value.rule, len(proxy.seen)) == (502, "client.answer_unreadable", 8)
    proxy.faults.extend(["404"])
    with pytest.raises(ApiError):
        ask("workspace.get", url=proxy.url)
    assert len(proxy.seen) == 9


def test_what_is_created_is_created_once(ask: Ask, proxy: Any) -> None:
    proxy.faults.extend(["lose", "503"])
    made = ask("dictionaries.create", _BOOK, url=proxy.url)
    assert [method for method, _, _ in proxy.seen] == ["POST"] * 3
    assert len({headers["idempotency-key"] for _, _, headers in proxy.seen}) == 1
    listed = ask("dictionaries.list")
    assert [row.pronunciation_dictionary_id for row in listed.data] == [made.pronunciation_dictionary_id]


def test_what_might_be_done_twice_is_not_repeated(ask: Ask, proxy: Any) -> None:
    book = ask("dictionaries.create", _BOOK).pronunciation_dictionary_id
    rule = {"text": "Bo", "pronunciation": "Beau", "type": "alias"}
    patch = Patch.model_validate([{"op": "add", "path": "/rules/-", "value": rule}])
    proxy.faults.extend(["lose"])
    with pytest.raises(UnreachableError):
        ask("dictionaries.change", book, patch, url=proxy.url)
    assert (len(proxy.seen), ask("dictionaries.get", book).rules_count) == (1, 2)


def test_one_s_own_idempotency_key(ask: Ask) -> None:
    first = ask("dictionaries.create", _BOOK, idempotency_key="monday")
    assert ask("dictionaries.create", _BOOK, "monday") == first
    with pytest.raises(ApiError) as caught:
        ask("dictionaries.create", CreateDictionary(name="Others"), "monday")
    assert (caught.value.status, caught.value.rule) == (422, "service.idempotency_mismatch")
    made = ask("workspace.create_key", CreateKey(name="farm"), "tuesday")
    assert made.api_key
    assert ask("workspace.create_key", CreateKey(name="farm"), "tuesday").api_key is None


def test_a_server_that_asks_for_patience(through: Client, proxy: Any) -> None:
    proxy.faults.extend(["429:1"])
    began = time.monotonic()
    through.workspace.get()
    assert time.monotonic() - began >= 1.0
    proxy.faults.extend(["429:3600"])
    with pytest.raises(ApiError) as caught:
        through.workspace.get()
    assert (caught.value.status, len(proxy.seen)) == (429, 3)


def test_a_file_is_sent_in_parts(ask: Ask, recording: Path) -> None:
    told: list[Progress] = []
    made = ask("uploads.send", recording, progress=told.append)
    assert (made.state, made.filename, made.parts) == ("complete", "voice.wav", [])
    assert made.sha256 == hashlib.sha256(recording.read_bytes()).hexdigest()
    assert len(told) == 3
    assert [step.fraction for step in told] == sorted(step.fraction for step in told)
    assert told[-1].fraction == 1.0


def test_an_upload_that_breaks_off_is_resumed(ask: Ask, proxy: Any, recording: Path, tmp_path: Path) -> None:
    proxy.only = lambda method, path: method == "PUT" and "/parts/2" in path
    proxy.faults.extend(["drop", "ok", "drop", "drop", "drop", "drop"])
    assert ask("uploads.send", recording, url=proxy.url).state == "complete"
    assert [path[-1] for path in proxy.paths("PUT")] == ["1", "2", "2", "3"]
    proxy.seen.clear()
    with pytest.raises(UploadBrokenError) as caught:
        ask("uploads.send", recording, url=proxy.url)
    begun = caught.value.upload_id
    assert [path[-1] for path in proxy.paths("PUT")] == ["1", "2", "2", "2", "2"]
    assert all("x-api-key" not in headers for method, _, headers in proxy.seen if method == "PUT")
    other = tmp_path / "other.wav"
    other.write_bytes(recording.read_bytes()[:-1] + b"x")
    with pytest.raises(ClientError) as refused:
        ask("uploads.send", other, begun)
    assert refused.value.finding.rule.id == "client.upload_of_another"
    proxy.seen.clear()
    assert ask("uploads.send", recording, begun, url=proxy.url).state == "complete"
    assert [path[-1] for path in proxy.paths("PUT")] == ["2", "3"]


def test_a_file_that_changes_meanwhile(ask: Ask, recording: Path) -> None:
    def shorten(progress: Progress) -> None:
        with recording.open("r+b") as file:
            file.truncate(6 * 1024 * 1024)

    with pytest.raises(ClientError) as caught:
        ask("uploads.send", recording, progress=shorten)
    assert caught.value.finding.rule.id == "client.file_changed"


def test_files_that_cannot_be_sent(client: Client, tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    for path, rule in (("none.mp4", "file_missing"), (".", "not_a_file"), ("empty.mp4", "empty_file")):
        with pytest.raises(CountenanceError) as caught:
            client.uploads.send(tmp_path / path)
        assert caught.value.finding.rule.id == f"media.{rule}"
    (tmp_path / "no.mp4").write_text("this is no film")
    with pytest.raises(ApiError) as refused:
        client.uploads.send(tmp_path / "no.mp4")
    assert refused.value.rule == "service.upload_not_media"


def _trained(service: Service, replica_id: str, fraction: float | None = None) -> None:
    """One step on: a fraction of the training, or its end."""
    with service.database.transaction() as session:
        if fraction is None:
            life.preview_ready(session, service, replica_id, _PUBLISHED)
            life.complete(session, service, replica_id, _PUBLISHED)
            return
        job = session.get_one(Job, session.get_one(Replica, replica_id).job_id)
        job.state, job.fraction, job.stage = "running", fraction, "fit"


def _training(service: Service, client: Client) -> str:
    made = client.replicas.create(_SYNTHETIC).replica_id
    with service.database.transaction() as session:
        life.begin(session, made, "check")
        life.checked(session, service, made, findings=[], clearance=None, ok=True)
        life.begin(session, made, "train")
    _trained(service, made, 0.2)
    return made


def test_a_training_is_waited_for(ask: Ask, client: Client, service: Service) -> None:
    made = _training(service, client)
    told: list[Progress] = []

    def tell(progress: Progress) -> None:
        if not told:
            _trained(service, made)
        told.append(progress)

    done = ask("replicas.wait", made, every_s=0.05, progress=tell)
    assert (done.status, done.finetune_status) == ("completed", "completed")
    assert [(step.stage, step.fraction) for step in told] == [("fit", 0.2), ("done", 1.0)]


def test_waiting_ends_with_what_went_wrong_and_with_time(ask: Ask, client: Client, service: Service) -> None:
    made = _training(service, client)
    with pytest.raises(ClientError) as late:
        ask("replicas.wait", made, every_s=0.05, timeout_s=0.1)
    assert late.value.finding.rule.id == "client.waited_too_long"
    broken = Finding(RULES[0], measured=3.0)
    with service.database.transaction() as session:
        life.fail(session, service, made, [broken.as_dict()])
    with pytest.raises(WorkFailedError) as failed:
        ask("replicas.wait", made)
    assert failed.value.finding.rule.id == RULES[0].id
    assert failed.value.made.status == "error"
    with pytest.raises(ApiError):
        ask("replicas.wait", "r000000000000")


def test_waiting_goes_on_where_too_much_was_asked(ask: Ask, proxy: Any, client: Client, service: Service) -> None:
    made = _training(service, client)
    _trained(service, made)
    proxy.faults.extend(["429:0"] * HASTE.attempts)
    assert ask("replicas.wait", made, every_s=0.01, url=proxy.url).status == "completed"


def test_waiting_goes_on_while_a_proxy_says_that_the_server_is_away(
    ask: Ask, proxy: Any, client: Client, service: Service
) -> None:
    made = _training(service, client)
    _trained(service, made)
    proxy.faults.extend(["502"] * HASTE.attempts + ["503"] * HASTE.attempts)
    assert ask("replicas.wait", made, every_s=0.01, url=proxy.url).status == "completed"
    proxy.faults.extend(["502"] * HASTE.attempts)
    with pytest.raises(ClientError) as late:
        ask("replicas.wait", made, every_s=0.5, timeout_s=0.1, url=proxy.url)
    assert late.value.finding.rule.id == "client.waited_too_long"


def test_a_report_is_waited_for(ask: Ask, client: Client, service: Service) -> None:
    upload = client.uploads.send(presenter_clip()).upload_id
    assert ask("uploads.check", upload).state == "queued"
    fractions: list[float] = []

    def tell(progress: Progress) -> None:
        fractions.append(progress.fraction)
        with service.database.transaction() as session:
            report.complete(session, session.query(Job).where(Job.subject_id == upload).one(), {"ok": True})

    done = ask("uploads.wait", upload, every_s=0.05, progress=tell)
    assert (done.state, done.ok, fractions) == ("done", True, [0.0, 1.0])
    with service.database.transaction() as session:
        session.query(Job).where(Job.subject_id == upload).one().state = "failed"
    with pytest.raises(WorkFailedError) as failed:
        ask("uploads.wait", upload)
    assert failed.value.made.state == "failed"


@pytest.mark.parametrize("awaited", [False, True])
def test_a_training_is_watched_over_a_line_that_breaks(
    awaited: bool, proxy: Any, key: str, client: Client, service: Service
) -> None:
    made = _training(service, client)
    proxy.faults.extend(["cut", "503"])
    seen: list[str] = []

    def take(progress: str) -> None:
        seen.append(progress)
        if len(seen) == 1:
            threading.Timer(0.2, _trained, (service, made)).start()

    async def watching() -> None:
        async with AsyncClient(proxy.url, key, retry=HASTE) as watcher:
            async for event in watcher.replicas.events(made):
                take(event.training_progress)

    if awaited:
        anyio.run(watching)
    else:
        with Client(proxy.url, key, retry=HASTE) as watcher:
            for event in watcher.replicas.events(made):
                take(event.training_progress)
    assert (seen[0], seen[-1]) == ("20/100", "100/100")
    headers = [headers for _, path, headers in proxy.seen if path.endswith("/events")]
    assert len(headers) >= 3
    assert "last-event-id" not in headers[0]
    assert all(each["last-event-id"] for each in headers[1:])
    with Client(proxy.url, key, retry=HASTE) as watcher, pytest.raises(ApiError) as caught:
        next(watcher.replicas.events("r000000000000"))
    assert caught.value.status == 404


@pytest.fixture
def film(client: Client, service: Service, tmp_path: Path) -> tuple[str, bytes]:
    """A video that is ready, and its bytes."""
    made = _training(service, client)
    video = client.videos.create(CreateVideo(replica_id=made, script="Hello.")).video_id
    data = bytes(range(256)) * 8192
    (tmp_path / "stored.mp4").write_bytes(data)
    service.objects.put(f"videos/{video}/video.mp4", tmp_path / "stored.mp4", "video/mp4")
    with service.database.transaction() as session:
        row = session.get_one(Video, video)
        row.status, row.video_key, row.duration_s = "ready", f"videos/{video}/video.mp4", 2.0
    return video, data


def test_a_film_is_downloaded_whole(ask: Ask, proxy: Any, film: tuple[str, bytes], tmp_path: Path) -> None:
    video, data = film
    proxy.only = lambda method, path: "/media/" in path
    proxy.faults.extend(["cut", "503", "cut"])
    told: list[Progress] = []
    out = ask("videos.download", video, tmp_path / "out.mp4", url=proxy.url, progress=told.append)
    assert out.read_bytes() == data
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    asked = [headers for _, path, headers in proxy.seen if "/media/" in path]
    assert [each.get("range") for each in asked][:2] == [None, f"bytes={len(data) // 2}-"]
    assert all("x-api-key" not in each for each in asked)
    assert told[-1].fraction == 1.0


def test_what_cannot_be_downloaded_leaves_nothing(
    ask: Ask, server: str, client: Client, service: Service, film: tuple[str, bytes], tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(ApiError) as caught:
        ask("media.download", f"{server}/v2/media/forged", folder / "a.mp4")
    assert (caught.value.status, caught.value.rule) == (403, "service.link_invalid")
    waiting = client.videos.create(CreateVideo(replica_id=_training(service, client), script="Hello.")).video_id
    with pytest.raises(ClientError) as early:
        ask("videos.download", waiting, folder / "a.mp4")
    assert early.value.finding.rule.id == "client.not_there_yet"
    with pytest.raises(CountenanceError) as nowhere:
        ask("videos.download", film[0], folder / "missing" / "a.mp4")
    assert nowhere.value.finding.rule.id == "media.cannot_write"
    assert list(folder.iterdir()) == []


def test_a_disk_that_is_full_is_told_and_nothing_is_left_on_it(
    ask: Ask, film: tuple[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Sink, "write", full)
    (tmp_path / "out").mkdir()
    with pytest.raises(CountenanceError) as caught:
        ask("videos.download", film[0], tmp_path / "out" / "a.mp4")
    assert caught.value.finding.rule.id == "media.cannot_write"
    assert "No space left" in caught.value.finding.detail
    assert list((tmp_path / "out").iterdir()) == []


def test_many_things_at_once(server: str, key: str) -> None:
    async def doing() -> int:
        async with AsyncClient(server, key) as client, anyio.create_task_group() as group:
            for _ in range(8):
                group.start_soon(client.dictionaries.create, _BOOK)
        async with AsyncClient(server, key) as client:
            return (await client.dictionaries.list()).total_count

    assert anyio.run(doing) == 8
