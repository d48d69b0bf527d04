"""A speech service over HTTP, against a real server on this machine."""

from __future__ import annotations

import io
import json
import threading
import time
import wave
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest
from pydantic import SecretStr

from countenance.errors import CountenanceError
from countenance.settings import Settings
from countenance.voice import service
from countenance.voice.catalogue import speak, voices
from countenance.voice.errors import NOTHING_TO_SAY, SERVICE_FAILED


class Server(ThreadingHTTPServer):
    """Answers as its `answer` says, and keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        self.answer: Any = lambda handler: handler.send_sound(_wav())

    def handle_error(self, *_: object) -> None:
        """Clients that hang up are what is tested."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/speak?voice=7"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path, dict(self.headers), body))
        self.server.answer(self)

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers), b""))
        self.send_sound(_wav())

    def send_sound(self, content: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


def _wav(loudness: float = 0.3) -> bytes:
    times = np.arange(24_000) / 24_000
    sound = (loudness * 32_767 * np.sin(2 * np.pi * 220 * times)).astype("<i2")
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(24_000)
        file.writeframes(sound.tobytes())
    return buffer.getvalue()


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def _settings(server: Server, **more: Any) -> Settings:
    return Settings(threads=1, speech_service_url=server.url, **more)


def test_without_a_url_there_is_no_service() -> None:
    assert service.voices(Settings()) == ()
    assert "service" not in {listing.id for listing in voices(Settings())}


def test_a_text_becomes_sound(server: Server) -> None:
    headers = SecretStr(json.dumps({"Authorization": "Bearer abc"}))
    body = '{"input": {text}, "model": "m"}'
    settings = _settings(server, speech_service_headers=headers, speech_service_body=body)
    text = 'She said "yes",\nthen {left}.'
    speech = speak(text, settings, "service")
    assert (speech.sample_rate, speech.phones) == (48_000, ())
    assert speech.duration_s == pytest.approx(1.0, abs=0.01)
    assert np.abs(speech.samples).max() == pytest.approx(0.3, abs=0.02)
    (path, asked, sent), *others = server.asked
    assert not others
    assert path == "/speak?voice=7"
    assert json.loads(sent) == {"input": text, "model": "m"}
    assert asked["Authorization"] == "Bearer abc"
    assert asked["Content-Type"] == "application/json"


def test_plain_text_is_sent_as_it_is(server: Server) -> None:
    speak("Zoë speaks.", _settings(server, speech_service_body="{text}"), "service")
    assert server.asked[0][2].decode() == "Zoë speaks."
    assert server.asked[0][1]["Content-Type"].startswith("text/plain")


def test_listing_asks_nothing(server: Server) -> None:
    listing = {listing.id: listing for listing in voices(_settings(server))}["service"]
    assert listing.problem is None
    assert not server.asked


def _redirect(handler: _Handler) -> None:
    handler.send_sound(b"", 302, Location=f"http://127.0.0.1:{handler.server.server_port}/elsewhere")


def _slow(handler: _Handler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(40):
        handler.wfile.write(b"RIFF")
        handler.wfile.flush()
        time.sleep(0.03)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (_redirect, "302"),
        (lambda handler: handler.send_sound(b"quota", 429), "429"),
        (lambda handler: handler.send_sound(b"<html>Welcome</html>"), "no sound file"),
        (lambda handler: handler.send_sound(b""), "no sound file"),
        (lambda handler: handler.send_sound(_wav(0.0)), "silence"),
        (lambda handler: handler.send_sound(_wav()[:2000], **{"Content-Length": "50000"}), "broke off"),
        (lambda handler: handler.wfile.write(b"\0nonsense\r\n\r\n"), "BadStatusLine"),
        (_slow, "longer than 0.3 s"),
    ],
)
def test_what_a_service_may_do_wrong(answer: Any, told: str, server: Server) -> None:
    server.answer = answer
    timeout_s = 0.3 if answer is _slow else 20.0
    with pytest.raises(CountenanceError, match=told) as caught:
        speak("Hello.", _settings(server, speech_service_timeout_s=timeout_s), "service")
    assert caught.value.finding.rule is SERVICE_FAILED
    assert "voice=7" not in str(caught.value)
    assert len(server.asked) == 1


def test_an_endless_answer_is_cut_off(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "_MOST_BYTES", 1_000_000)
    server.answer = lambda handler: handler.send_sound(b"\0" * 3_000_000)
    with pytest.raises(CountenanceError, match="larger than 1 MB"):
        speak("Hello.", _settings(server), "service")


@pytest.mark.parametrize(
    "settings",
    [
        {"speech_service_url": "ftp://example.org/a"},
        {"speech_service_url": "file:///etc/passwd"},
        {"speech_service_url": "http:///nowhere"},
        {"speech_service_url": "http://example.org:99999/"},
        {"speech_service_url": "https://ada:secret@example.org/"},
        {"speech_service_url": "http://[example/"},
        {"speech_service_url": "http://127.0.0.1:1/", "speech_service_headers": SecretStr("Authorization: x")},
        {"speech_service_url": "http://127.0.0.1:1/", "speech_service_headers": SecretStr('{"a": 1}')},
        {"speech_service_url": "http://127.0.0.1:1/", "speech_service_body": "{}"},
    ],
)
def test_settings_that_cannot_work_are_told_before_anything_is_sent(settings: dict[str, Any]) -> None:
    listing = voices(Settings(**settings))[-1]
    assert listing.id == "service"
    assert listing.problem is not None
    assert listing.problem.rule is SERVICE_FAILED
    assert "secret" not in listing.problem.message()
    with pytest.raises(CountenanceError) as caught:
        speak("Hello.", Settings(**settings), "service")
    assert caught.value.finding.rule is SERVICE_FAILED


def test_a_header_with_a_line_break_is_refused(server: Server) -> None:
    headers = SecretStr(json.dumps({"X-Key": "a\r\nX-Other: b"}))
    with pytest.raises(CountenanceError) as caught:
        speak("Hello.", _settings(server, speech_service_headers=headers), "service")
    assert caught.value.finding.rule is SERVICE_FAILED
    assert not server.asked


def test_a_service_that_is_not_there() -> None:
    with pytest.raises(CountenanceError, match="refused") as caught:
        speak("Hello.", Settings(speech_service_url="http://127.0.0.1:9/"), "service")
    assert caught.value.finding.rule is SERVICE_FAILED


def test_nothing_to_say_is_not_sent(server: Server) -> None:
    with pytest.raises(CountenanceError) as caught:
        speak(" ... ", _settings(server), "service")
    assert caught.value.finding.rule is NOTHING_TO_SAY
    assert not server.asked
