"""E-mails: what they say, that they are well formed, and how they leave."""

from __future__ import annotations

import email
import re
import socket
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from pydantic import SecretStr

from countenance.errors import CountenanceError
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import OutboxEvent, Replica, Workspace
from countenance.service.notify.mail.form import formed
from countenance.service.notify.mail.letter import letter_for
from countenance.service.notify.mail.send import send
from countenance.service.outbox import emit
from countenance.service.replicas.events import COMPLETED, ERROR, PREVIEW_ONLY, REVIEW, tell

_PICTURE = b"\xff\xd8\xff\xe0 a picture of a face turned away"
_TURNED = {
    "rule": "footage.face_turned",
    "severity": "error",
    "title": "The face turns away from the camera.",
    "detail": "",
    "measured": 38.2,
    "limit": 30.0,
    "unit": "degrees",
    "spans": [[41.0, 47.2]],
    "evidence": "turned.jpg",
    "remedy": "Look into the camera all through.",
}


@pytest.fixture(params=["sqlite"])
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _event(service: Service, tmp_path: Path, type: str, **more: Any) -> OutboxEvent:
    """An event of a replica with one finding and its picture."""
    picture = tmp_path / "turned.jpg"
    picture.write_bytes(_PICTURE)
    service.objects.put("replicas/r1/report/turned.jpg", picture)
    with service.database.transaction() as session:
        session.add(Workspace(id="w1", name="", created_at=now()))
        session.flush()
        replica = Replica(
            id="r1",
            workspace_id="w1",
            name="Rio <&> Süd",
            status="error",
            material="footage",
            subject="self",
            declarations=[],
            model_name="phoenix-4",
            properties={},
            created_at=now(),
            updated_at=now(),
            findings=[_TURNED],
            error_message="The face turns away from the camera.",
        )
        for name, value in more.items():
            setattr(replica, name, value)
        session.add(replica)
        session.flush()
        tell(session, replica, type)
        session.flush()
        return session.query(OutboxEvent).one()


def _parts(message: EmailMessage) -> tuple[str, str, dict[str, bytes]]:
    """The plain text, the page, and the pictures by their content ids."""
    text = message.get_body(("plain",))
    page = message.get_body(("html",))
    assert text is not None
    assert page is not None
    pictures = {
        str(part["Content-ID"]): cast(bytes, part.get_payload(decode=True))
        for part in message.walk()
        if part.get_content_maintype() == "image"
    }
    return text.get_content(), page.get_content(), pictures


def test_a_failure_is_told_with_what_when_how_much_a_picture_and_what_to_do(service: Service, tmp_path: Path) -> None:
    event = _event(service, tmp_path, ERROR)
    send(service, event, "ada@example.org")
    (file,) = (service.settings.data_dir / "mail").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    message = email.message_from_bytes(file.read_bytes(), policy=default)
    assert message["Subject"] == "Rio <&> Süd could not be trained"
    assert message["To"] == "ada@example.org"
    assert event.id in message["Message-ID"]
    text, page, pictures = _parts(message)
    for said in (
        "The face turns away from the camera.",
        "Measured 38.2 degrees, limit 30 degrees.",
        "At 00:41 to 00:47.",
        "Look into the camera all through.",
        "Nothing was charged",
        "/replicas/r1",
    ):
        assert said in text
        assert said in page
    assert "Rio &lt;&amp;&gt; Süd" in page
    (content_id,) = pictures
    assert pictures[content_id] == _PICTURE
    assert f"cid:{content_id.strip('<>')}" in page
    assert not re.search(r'src="http', page)


@pytest.mark.parametrize(
    ("type", "said"),
    [(COMPLETED, "can speak"), (PREVIEW_ONLY, "Nothing was charged"), (REVIEW, "compare the recordings")],
)
def test_other_ends(service: Service, tmp_path: Path, type: str, said: str) -> None:
    letter = letter_for(service, _event(service, tmp_path, type, status="completed"))
    assert said in " ".join(letter.paragraphs)
    assert letter.url.endswith("/review/r1" if type == REVIEW else "/replicas/r1")


def test_a_doubt_about_what_nobody_agreed_to_asks_for_no_comparison(service: Service, tmp_path: Path) -> None:
    remedy = "Look at it, and confirm it (on the command line with --reviewed)."
    dim = {**_TURNED, "severity": "warning"}
    doubt = {**dim, "rule": "consent.claim_partly", "remedy": remedy}
    findings = [*7 * [dim], doubt]
    letter = letter_for(service, _event(service, tmp_path, REVIEW, material="synthetic", findings=findings))
    assert "agreed" not in " ".join(letter.paragraphs)
    assert letter.problems[0].remedy == "Look at it, and confirm it."


def test_of_something_that_was_deleted_for_good_nothing_is_told(service: Service, tmp_path: Path) -> None:
    event = _event(service, tmp_path, ERROR, purged_at=now(), deleted_at=now())
    letter = letter_for(service, event)
    assert not letter.problems
    assert "Rio" not in letter.subject


def test_a_missing_picture_keeps_no_letter_back(service: Service, tmp_path: Path) -> None:
    event = _event(service, tmp_path, ERROR)
    service.objects.delete("replicas/r1")
    letter = letter_for(service, event)
    assert letter.problems[0].picture is None
    assert formed(letter, service.settings.mail_from, "ada@example.org", "e1")["Subject"]


def test_characters_that_no_page_can_hold_keep_no_letter_back(service: Service, tmp_path: Path) -> None:
    told = [{**_TURNED, "detail": "Its last lines: \x1b[31mout of memory\x1b[0m\x0c\ufffe"}]
    event = _event(service, tmp_path, ERROR, name="Rio\x01\x1b]0;mine\x07\uffff", findings=told)
    send(service, event, "ada@example.org")
    (file,) = (service.settings.data_dir / "mail").iterdir()
    message = email.message_from_bytes(file.read_bytes(), policy=default)
    assert message["Subject"] == "Rio]0;mine could not be trained"
    text, page, _ = _parts(message)
    for form in (text, page):
        assert "Rio]0;mine could not be trained" in form
        assert "Its last lines: [31mout of memory[0m" in form
        assert not re.search(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", form)


def test_who_is_asked_for_consent_gets_the_link_alone(service: Service) -> None:
    with service.database.transaction() as session:
        session.add(Workspace(id="w1", name="", created_at=now()))
        session.flush()
        payload = {
            "full_name": "Ada Winter",
            "organisation": "Harbour Films",
            "email": "ada@example.org",
            "url": "http://localhost/consent/token",
            "expires_at": "2026-12-01T00:00:00+00:00",
        }
        event = emit(session, "w1", "consent.requested", "consent_request", "cr1", payload)
    letter = letter_for(service, event)
    assert letter.url == payload["url"]
    assert "Ada Winter" in letter.paragraphs[0]
    assert "decline" in " ".join(letter.paragraphs)
    assert "until 2026-12-01, 00:00 UTC." in " ".join(letter.paragraphs)
    assert "ask Harbour Films, or whoever told you of this letter" in " ".join(letter.paragraphs)
    settings = service.settings.model_copy(update={"contact": "privacy@harbour.example"})
    reachable = Service(settings, service.database, service.objects, service.queue)
    text, page, _ = _parts(formed(letter_for(reachable, event), settings.mail_from, "ada@example.org", "e1"))
    for form in (text, page):
        assert "Harbour Films (privacy@harbour.example)" in " ".join(form.split())
        assert "take it back, at any time" in " ".join(form.split())


class _Received:
    def __init__(self, answer: str) -> None:
        self.answer = answer
        self.messages: list[EmailMessage] = []

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        self.messages.append(email.message_from_bytes(envelope.content, policy=default))
        return self.answer


class _MailServer(Controller):
    """At a port that is its own from the beginning: one that was free a moment ago, another process may have."""

    def __init__(self, received: _Received) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        super().__init__(received, hostname="127.0.0.1", port=self._listener.getsockname()[1], ready_timeout=60)

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._listener)


def _with_smtp(service: Service, url: str) -> Service:
    settings = service.settings.model_copy(update={"smtp_url": SecretStr(url)})
    return Service(settings, service.database, service.objects, service.queue)


def test_a_mail_server_is_given_the_letter(service: Service, tmp_path: Path) -> None:
    event = _event(service, tmp_path, ERROR)
    received = _Received("250 OK")
    server = _MailServer(received)
    server.start()
    try:
        send(_with_smtp(service, f"smtp://127.0.0.1:{server.port}"), event, "ada@example.org")
    finally:
        server.stop()
    (message,) = received.messages
    assert "could not be trained" in message["Subject"]
    assert not (service.settings.data_dir / "mail").exists()


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("smtp://127.0.0.1:1", "service.mail_failed"),
        ("http://127.0.0.1:25", "service.mail_setting"),
        ("smtp://", "service.mail_setting"),
        ("smtp://127.0.0.1:port", "service.mail_setting"),
    ],
)
def test_a_mail_server_that_is_not_there_is_a_typed_error(
    service: Service, tmp_path: Path, url: str, rule: str
) -> None:
    event = _event(service, tmp_path, ERROR)
    with pytest.raises(CountenanceError) as caught:
        send(_with_smtp(service, url), event, "ada@example.org")
    assert caught.value.finding.rule.id == rule
