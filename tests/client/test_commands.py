"""The commands that ask a server, as somebody types them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from countenance.cli.exits import Exit
from countenance.cli.main import run
from countenance.client.errors import UNREACHABLE, UnreachableError
from countenance.client.groups import Replicas
from countenance.consent import register
from countenance.consent.declaration import declare
from countenance.consent.receipt_content import FileEvidence, Kind, Material, ReceiptContent
from countenance.errors import Finding
from countenance.footage.rules import RULES
from countenance.service.context import Service
from countenance.service.db.tables import Job, Replica, Upload, Video
from countenance.service.jobs import life as jobs
from countenance.service.replicas import life
from countenance.service.replicas.life import Published
from countenance.service.uploads import report
from countenance.stock.clips import presenter_clip

_PUBLISHED = Published(bundle="replicas/r/1/bundle", receipt_id="x")
_SYNTHETIC = ("https://example.org/a.mp4", "--synthetic", "--replica-name", "Nobody")


@dataclass(frozen=True, slots=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def result(self) -> dict[str, Any]:
        (line,) = self.out.splitlines()
        data = json.loads(line)
        assert isinstance(data, dict)
        return data


Command = Callable[..., Done]


@pytest.fixture
def command(server: str, key: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("COUNTENANCE_URL", server)
    monkeypatch.setenv("COUNTENANCE_API_KEY", key)

    def call(*arguments: object) -> Done:
        capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        return Done(code, captured.out.replace("\r", ""), captured.err)

    return call


@pytest.fixture(autouse=True, scope="module")
def _silent_log() -> Any:
    """What the server logs in the tests' own process does not mix with what a command says."""
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.reset_defaults()


def test_a_replica_from_its_beginning_to_its_end(command: Command, service: Service) -> None:
    done = command("replicas", "create", *_SYNTHETIC, "--json")
    assert done.code == Exit.OK, done.out
    made = done.result["replica"]["replica_id"]
    assert done.result["ok"] is True
    assert [row["replica_id"] for row in command("replicas", "list", "--json").result["replicas"]] == [made]
    assert "Nobody" in command("replicas", "list").out
    assert command("replicas", "rename", made, "Somebody").code == Exit.OK
    assert "Somebody" in command("replicas", "show", made).out
    assert command("replicas", "set-voice", made, "nobody's", "--json").code == Exit.INPUT
    assert command("replicas", "report", made, "--json").result["report"]["replica_id"] == made
    with service.database.transaction() as session:
        life.begin(session, made, "check")
        life.fail(session, service, made, [Finding(RULES[0], measured=3.0).as_dict()])
    failed = command("replicas", "wait", made, "--json")
    assert (failed.code, failed.result["error"]["rule"]) == (Exit.REFUSED, RULES[0].id)
    assert failed.result["replica"]["status"] == "error"
    assert RULES[0].title in command("replicas", "show", made).out.replace("\n", " ").replace("│", " ")
    assert command("replicas", "events", made, "--json").result["event"]["status"] == "error"
    assert command("replicas", "delete", made, "--hard", "--json").result["erased"] is True
    gone = command("replicas", "show", made, "--json")
    assert (gone.code, gone.result["error"]["rule"]) == (Exit.INPUT, "service.replica_unknown")


def _states(service: Service, workspace_id: str) -> list[str]:
    with service.database.reading() as session:
        return [row.state for row in session.query(Upload).filter_by(workspace_id=workspace_id)]


@pytest.mark.parametrize(
    ("arguments", "files"),
    [
        (("replicas", "create", "FILE", "--name", "Ada Lovelace", "--phrase", "p0", "--consent", "FILE"), 2),
        (("videos", "create", "r0", "--audio", "FILE"), 1),
        (("transcriptions", "create", "FILE", "--callback-url", "http://127.0.0.1/"), 1),
    ],
    ids=lambda each: each[0] if isinstance(each, tuple) else "",
)
def test_what_was_sent_for_nothing_is_taken_back(
    command: Command, service: Service, workspace_id: str, recording: Path, arguments: tuple[str, ...], files: int
) -> None:
    given = [recording if each == "FILE" else each for each in arguments]
    done = command(*given, "--json")
    assert (done.code in (Exit.REFUSED, Exit.INPUT), done.result["ok"]) == (True, False), done.out
    assert _states(service, workspace_id) == ["deleted"] * files


def test_what_was_sent_stays_where_the_server_was_lost(
    command: Command, service: Service, workspace_id: str, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> None:
        raise UnreachableError(Finding(UNREACHABLE))

    monkeypatch.setattr(Replicas, "create", lost)
    done = command("replicas", "create", recording, "--synthetic", "--json")
    assert done.result["error"]["rule"] == UNREACHABLE.id
    assert _states(service, workspace_id) == ["complete"]


def test_what_contradicts_itself_is_told_before_anything_is_sent(command: Command, recording: Path) -> None:
    for arguments in (
        ("replicas", "create", recording, "--synthetic", "--subject", "nobody"),
        ("replicas", "create", recording, "--picture-rights"),
        ("replicas", "create", *_SYNTHETIC, "--wait", "--consent-by-link"),
        ("videos", "create", "r", "--script", "Hello.", "--audio", recording),
        ("videos", "create", "r", "--audio", recording, "--background", "no colour!"),
        ("media", "download", "/v2/media/x", "--out", "a.jpg"),
    ):
        assert command(*arguments, "--json").code == Exit.USAGE, arguments
    assert command("replicas", "create", "missing.mp4", "--synthetic", "--json").code == Exit.INPUT
    assert command("workspace", "show", "--url", "http://127.0.0.1:9/?x", "--json").code == Exit.INPUT


def test_a_file_is_uploaded_and_its_training_followed(command: Command, service: Service, recording: Path) -> None:
    def train() -> None:
        from time import sleep

        for _ in range(400):
            sleep(0.05)
            with service.database.transaction() as session:
                for replica in session.query(Replica).filter_by(name="Voice"):
                    if life.begin(session, replica.id, "check"):
                        life.checked(session, service, replica.id, findings=[], clearance=None, ok=True)
                        life.begin(session, replica.id, "train")
                        life.preview_ready(session, service, replica.id, _PUBLISHED)
                        life.complete(session, service, replica.id, _PUBLISHED)
                        return

    training = threading.Thread(target=train)
    training.start()
    # A sound is no film, but that is found by the training, which is not done here.
    done = command("replicas", "create", recording, "--synthetic", "--replica-name", "Voice", "--wait", "--json")
    training.join()
    assert done.code == Exit.OK, done.out
    assert done.result["replica"]["finetune_status"] == "completed"
    told = [json.loads(line) for line in done.err.splitlines()]
    assert told[0]["stage"] == "upload"
    assert told[-1]["fraction"] == 1.0
    assert [step["fraction"] for step in told] == sorted(step["fraction"] for step in told)


def test_a_video(command: Command, service: Service, tmp_path: Path) -> None:
    replica = command("replicas", "create", *_SYNTHETIC, "--json").result["replica"]["replica_id"]
    said = ("--script", "Hello.", "--name", "Greeting", "--background", "green", "--idempotency-key", "greeting")
    made = command("videos", "create", replica, *said, "--json").result["video"]["video_id"]
    assert command("videos", "create", replica, *said, "--json").result["video"]["video_id"] == made
    early = command("videos", "download", made, "--out", tmp_path / "a.mp4", "--json")
    assert (early.code, early.result["error"]["rule"]) == (Exit.INPUT, "client.not_there_yet")
    (tmp_path / "stored").write_bytes(b"film" * 100)
    service.objects.put(f"videos/{made}/video.mp4", tmp_path / "stored", "video/mp4")
    with service.database.transaction() as session:
        row = session.get_one(Video, made)
        row.status, row.video_key = "ready", f"videos/{made}/video.mp4"
    assert command("videos", "wait", made, "--json").result["video"]["status"] == "ready"
    assert command("videos", "download", made, "--out", tmp_path / "a.mp4", "--json").result["bytes"] == 400
    link = command("videos", "show", made, "--json").result["video"]["download_url"]
    assert command("media", "download", link, "--out", tmp_path / "b.mp4").code == Exit.OK
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes() == b"film" * 100
    assert command("videos", "rename", made, "Farewell").code == Exit.OK
    assert command("videos", "list", "--replica", replica, "--json").result["videos"][0]["video_name"] == "Farewell"
    assert command("videos", "list", "--search", "hello", "--json").result["total_count"] == 0
    link = command("videos", "share", made, "--hours", "2", "--hide-name", "--json").result["share"]
    assert ("/shared/" in link["url"], link["shows_name"]) == (True, False)
    assert command("videos", "unshare", made, link["share_id"]).code == Exit.OK
    assert command("videos", "shares", made, "--json").result["shares"][0]["state"] == "revoked"
    assert command("videos", "delete", made).code == Exit.OK
    assert command("videos", "list", "--json").result["total_count"] == 0


def test_what_belongs_to_a_workspace(command: Command, tmp_path: Path) -> None:
    rules = tmp_path / "rules.json"
    rules.write_text('[{"text": "Ada", "pronunciation": "Aida", "type": "alias"}]')
    book = command("dictionaries", "create", rules, "--name", "Names", "--json").result["dictionary"]
    book_id = book["pronunciation_dictionary_id"]
    assert "Aida" in command("dictionaries", "show", book_id).out
    patch = tmp_path / "patch.json"
    patch.write_text('[{"op": "replace", "path": "/name", "value": "People"}]')
    assert command("dictionaries", "change", book_id, patch, "--json").result["dictionary"]["name"] == "People"
    assert command("dictionaries", "change", book_id, patch, "--json").result["changed"] is False
    assert command("dictionaries", "change", book_id, rules, "--json").code == Exit.USAGE
    assert command("dictionaries", "delete", book_id).code == Exit.OK
    made = command("workspace", "create-key", "--name", "farm", "--role", "viewer", "--json").result["key"]
    assert command("workspace", "show", "--key", made["api_key"], "--json").result["workspace"]["role"] == "viewer"
    refused = command("dictionaries", "create", rules, "--name", "x", "--key", made["api_key"], "--json")
    assert (refused.code, refused.result["error"]["rule"]) == (Exit.INPUT, "service.scope_missing")
    assert command("workspace", "revoke-key", made["key_id"]).code == Exit.OK
    assert made["key_id"] in command("workspace", "keys", "--json").out
    assert "key.revoke" in command("workspace", "audit").out
    assert {row["unit"] for row in command("workspace", "credits", "--json").result["balances"]} == {
        "training", "video_second",
    }  # fmt: skip
    assert command("workspace", "statement", "--json").result["total_count"] == 2
    for more, days in ((("--keep-footage-days", 3), 3.0), (("--keep-footage-as-server",), None)):
        changed = command("workspace", "update", "--name", "Atelier", *more, "--json").result["workspace"]
        assert (changed["name"], changed["keep_footage_days"]) == ("Atelier", days)
    assert command("workspace", "update", "--json").code == Exit.USAGE
    person = command("members", "add", "ada@example.org", "--not-notified", "--json").result["member"]
    assert person["notified"] is False
    assert "ada@example.org" in command("members", "list").out
    assert command("members", "remove", person["member_id"]).code == Exit.OK
    voice = command("workspace", "voices", "--limit", 1, "--json").result["voices"][0]["voice_id"]
    assert command("workspace", "voice", voice, "--json").result["voice"]["voice_id"] == voice
    hook = command("webhooks", "create", "https://example.org/hook", "--type", "replica.completed", "--json")
    endpoint = hook.result["endpoint"]["endpoint_id"]
    assert command("webhooks", "enable", endpoint).code == Exit.OK
    assert endpoint in command("webhooks", "list", "--json").out
    assert command("webhooks", "delete", endpoint).code == Exit.OK
    assert command("webhooks", "show", endpoint, "--json").code == Exit.INPUT
    assert command("deliveries", "list", "--json").result["deliveries"] == []
    for group in ("lipsyncs", "transcriptions"):
        assert command(group, "list", "--json").result["total_count"] == 0
    for name in ("health", "ready"):
        assert command("server", name, "--json").result["health"] == {"status": "ok"}
    assert "countenance_" in command("server", "metrics").out


def test_a_person_is_asked_and_declines(command: Command) -> None:
    wanted = ("https://example.org/a.mp4", "--name", "Ada Lovelace", "--consent-by-link")
    replica = command("replicas", "create", *wanted, "--json").result["replica"]["replica_id"]
    asked = command("replicas", "ask-consent", replica, "--language", "en", "--json").result["consent_request"]
    assert command("consent-requests", "show", asked["request_id"], "--json").result["consent_request"]["url"] is None
    page = command("consent-links", "show", asked["url"])
    assert "Ada Lovelace" in page.out.replace("\n", " ")
    assert command("consent-links", "decline", asked["url"], "--json").result["consent_link"]["state"] == "declined"
    listed = command("replicas", "consent-requests", replica, "--json").result["consent_requests"]
    assert [row["state"] for row in listed] == ["declined"]
    drawn = command("consent-requests", "statement", "--name", "Ada Lovelace", "--json").result["statement"]
    assert len(drawn["words"]) > 2


def test_files_that_are_sent(command: Command, recording: Path) -> None:
    sent = command("uploads", "send", recording, "--json")
    upload = sent.result["upload"]["upload_id"]
    assert sent.result["upload"]["state"] == "complete"
    heard = command("transcriptions", "create", f"upload:{upload}", "--json").result["transcription"]
    assert command("transcriptions", "show", heard["transcription_id"], "--json").result["transcription"] == heard
    assert command("transcriptions", "delete", heard["transcription_id"]).code == Exit.OK
    assert command("uploads", "show", upload, "--json").result["upload"]["sha256"] == sent.result["upload"]["sha256"]
    other = command("uploads", "send", recording, "--resume", "u0", "--json")
    assert (other.code, other.result["error"]["rule"]) == (Exit.INPUT, "service.upload_unknown")


def test_footage_is_looked_at_before_anything_is_made_from_it(command: Command, service: Service) -> None:
    upload = command("uploads", "send", presenter_clip(), "--json").result["upload"]["upload_id"]
    early = command("uploads", "report", upload, "--json")
    assert (early.code, early.result["error"]["rule"]) == (Exit.INPUT, "service.report_unknown")
    asked = command("uploads", "check", upload, "--json")
    assert (asked.code, asked.result["ok"], asked.result["report"]["state"]) == (Exit.OK, True, "queued")
    found = {"ok": False, "findings": [Finding(RULES[0], measured=3.0).as_dict()], "usable": [[0.0, 4.0]]}
    with service.database.transaction() as session:
        job = session.query(Job).where(Job.subject_id == upload).one()
        report.complete(session, job, found)
    judged = command("uploads", "check", upload, "--wait", "--json")
    assert (judged.code, judged.result["ok"]) == (Exit.REFUSED, False)
    assert judged.result["report"]["findings"][0]["rule"] == RULES[0].id
    assert RULES[0].title in " ".join(command("uploads", "check", upload, "--wait").out.split())
    shown = command("uploads", "report", upload, "--json")
    assert (shown.code, shown.result["report"]["usable"]) == (Exit.OK, [[0.0, 4.0]])
    with service.database.transaction() as session:
        row = session.get_one(Upload, upload)
        job = jobs.create(session, row.workspace_id, "upload", upload, "report")
        row.report, row.report_job_id = None, job.id
        jobs.end(job, "failed", [Finding(RULES[0]).as_dict()])
        broken = job.id
    assert command("uploads", "report", upload, "--json").result["report"]["state"] == "failed"
    stopped = command("uploads", "check", upload, "--json").result["report"]
    assert (stopped["state"], stopped["findings"]) == ("queued", [])
    with service.database.transaction() as session:
        assert session.get_one(Upload, upload).report_job_id != broken


def test_an_upload_that_is_stopped_can_be_resumed(
    command: Command, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from countenance.client import sending

    with monkeypatch.context() as patched:

        def interrupted(*_: object) -> bytes:
            raise KeyboardInterrupt

        patched.setattr(sending, "_read", interrupted)
        stopped = command("uploads", "send", recording, "--json")
    assert stopped.code == Exit.INTERRUPTED
    rules = [found["rule"] for found in stopped.result["findings"]]
    assert rules == ["cli.interrupted", "client.upload_broken"]
    begun = stopped.result["findings"][1]["measured"]
    assert command("uploads", "send", recording, "--resume", begun, "--json").result["upload"]["upload_id"] == begun


def test_who_stops_waiting_does_not_stop_the_server(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    made = command("replicas", "create", *_SYNTHETIC, "--json").result["replica"]["replica_id"]

    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("countenance.client.client.time.sleep", interrupted)
    done = command("replicas", "wait", made, "--json")
    assert done.code == Exit.INTERRUPTED
    assert [found["rule"] for found in done.result["findings"]] == ["cli.interrupted", "client.server_goes_on"]
    assert done.result["findings"][1]["measured"] == made


def test_a_receipt_is_shown_written_and_taken_back(command: Command, service: Service, tmp_path: Path) -> None:
    made = command("replicas", "create", *_SYNTHETIC, "--json").result["replica"]["replica_id"]
    assert command("receipts", "show", made, "--json").result["error"]["rule"] == "service.no_receipt"
    files = {"footage": FileEvidence("a.mp4", 7, "0" * 64)}
    said = (declare("ai-generated", "studio"),)
    content = ReceiptContent(Kind.DECLARATION, Material.SYNTHETIC, "Countenance", files, declarations=said)
    receipt = register.issue(content, service.settings)
    with service.database.transaction() as session:
        replica = session.get_one(Replica, made)
        replica.receipt_id, replica.status = receipt.id, "completed"
    shown = command("receipts", "show", made, "--out", tmp_path / "records")
    assert (shown.code, receipt.id in shown.out) == (Exit.OK, True)
    assert (tmp_path / "records" / "receipt.jws").read_text() == receipt.text
    assert command("receipts", "revoke", made, "--json").result["error"]["rule"] == "consent.not_confirmed"
    assert command("receipts", "show", receipt.id, "--json").result["receipt"]["standing"] == "active"
    assert command("receipts", "revoke", made, "--yes", "--reason", "It was a test.").code == Exit.OK
    told = command("receipts", "show", receipt.id, "--json").result["receipt"]
    assert told["revocation"]["content"]["reason"] == "It was a test."
    assert told["deletion"]["content"]["complete"] is True


def test_a_picture_is_judged_under_its_own_name(command: Command, tmp_path: Path) -> None:
    """What the server calls it meanwhile is nobody's business, and what is no file is told as everywhere."""
    bad = tmp_path / "portrait of nobody.png"
    bad.write_bytes(b"no picture")
    refused = command("replicas", "check-picture", bad, "--json")
    assert refused.code == Exit.REFUSED
    assert refused.result["ok"] is False
    error = refused.result["error"]
    assert (error["rule"], error["file"]) == ("media.unknown_image", str(bad))
    assert error["message"].startswith("portrait of nobody.png: ")
    assert refused.result["findings"][0] == error
    (tmp_path / "empty.png").touch()
    for name, rule in (("none.png", "file_missing"), (".", "not_a_file"), ("empty.png", "empty_file")):
        done = command("replicas", "check-picture", tmp_path / name, "--json")
        assert (done.code, done.result["error"]["rule"]) == (Exit.INPUT, f"media.{rule}")


def test_who_is_shown_is_said_before_anything_is_sent(command: Command) -> None:
    """In the words of the command line, not of the API."""
    for asked in (
        ("replicas", "create", "http://x/a.mp4"),
        ("lipsyncs", "create", "http://x/a.mp4", "--audio", "x.wav"),
    ):
        for name in ((), ("--name", " ")):
            done = command(*asked, *name, "--json")
            assert done.code == Exit.USAGE
            assert "--name" in done.result["error"]["detail"]
