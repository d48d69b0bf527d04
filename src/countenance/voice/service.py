"""A speech service over HTTP as a voice: text there, a sound file back.

Off unless the owner names a URL in the settings; without it no socket is ever opened. The text of a script then
leaves this machine, to that address and to no other: redirects and proxies are not followed.
"""

from __future__ import annotations

import json
import re
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from countenance.errors import CountenanceError, Finding
from countenance.media.limits import limits_from
from countenance.media.read import audio
from countenance.settings import Settings
from countenance.voice.check import flaw_of
from countenance.voice.errors import NOTHING_TO_SAY, SCRIPT_TOO_LONG, SERVICE_FAILED
from countenance.voice.speech import Speech
from countenance.voice.voice import VoiceInfo

_RATE = 48_000
_MOST_BYTES = 200_000_000
_CHUNK_BYTES = 1 << 16
_TEXT = "{text}"
_OK = 200
_URL = re.compile(r"[!-~]+")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t -~\xa0-\xff]*")
"""A header's name and value, RFC 9110, 5.1 and 5.5"""


@dataclass(frozen=True, slots=True)
class Service:
    """The speech service that the settings name."""

    info: VoiceInfo

    def speak(self, text: str, settings: Settings) -> Speech:
        """Speak through the service; samples are at 48 kHz, phones are not known.

        Raises:
            CountenanceError: voice.service_failed, voice.nothing_to_say, voice.script_too_long.
        """
        if not any(character.isalnum() for character in text):
            raise CountenanceError(Finding(NOTHING_TO_SAY))
        if SCRIPT_TOO_LONG.limit is not None and len(text) > SCRIPT_TOO_LONG.limit:
            raise CountenanceError(Finding(SCRIPT_TOO_LONG, measured=len(text)))
        content = _fetched(text, settings)
        with tempfile.TemporaryDirectory(prefix="countenance-") as folder:
            sound = Path(folder) / "answer"
            sound.write_bytes(content)
            try:
                samples = audio(sound, rate=_RATE, limits=limits_from(settings))
            except CountenanceError as error:
                raise _failed(settings, f"Its answer is no sound file: {error.finding.rule.title}") from error
        speech = Speech(samples, _RATE, ())
        if flaw := flaw_of(speech, settings.max_duration_s, text):
            raise _failed(settings, flaw)
        return speech

    def absent(self, settings: Settings) -> Finding | None:
        """Only what can be told without asking the service."""
        try:
            _address(settings)
            _headers(settings)
            _body("", settings)
        except CountenanceError as error:
            return error.finding
        return None


def voices(settings: Settings) -> tuple[Service, ...]:
    """The service as a voice, if one is set."""
    if settings.speech_service_url is None:
        return ()
    return (
        Service(
            VoiceInfo(
                id="service",
                name="Speech service",
                sex="unknown",
                languages=("und",),
                licence="as the service grants it",
                engine="a speech service that the owner of this installation has chosen; scripts are sent to it",
            )
        ),
    )


def _fetched(text: str, settings: Settings) -> bytes:
    """The body of the service's answer, within the limits of time and size."""
    address, headers, body = _address(settings), _headers(settings), _body(text, settings)
    deadline = time.monotonic() + settings.speech_service_timeout_s
    connect = HTTPSConnection if address.scheme == "https" else HTTPConnection
    connection = connect(address.hostname or "", address.port, timeout=settings.speech_service_timeout_s)
    try:
        path = (address.path or "/") + (f"?{address.query}" if address.query else "")
        connection.connect()
        with _ended_at(deadline, connection.sock):
            connection.request("POST", path, body=body, headers=headers)
            with closing(connection.getresponse()) as answer:
                return _content(answer, deadline, settings)
    except (OSError, HTTPException, ValueError) as error:
        if isinstance(error, TimeoutError) or time.monotonic() >= deadline:
            raise _failed(settings, f"It took longer than {settings.speech_service_timeout_s:.3g} s.") from error
        # What else the error says may repeat the URL or the headers, which may be secrets.
        reason = error.strerror if isinstance(error, OSError) else None
        raise _failed(settings, f"{reason or type(error).__name__}.") from error
    finally:
        connection.close()


@contextmanager
def _ended_at(deadline: float, connected: socket.socket) -> Iterator[None]:
    """Ends a connection at its deadline: its own time-out begins anew with every byte, and its head is read at once."""

    def end() -> None:
        with suppress(OSError):
            socket.socket.shutdown(connected, socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, deadline - time.monotonic()), end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _content(answer: HTTPResponse, deadline: float, settings: Settings) -> bytes:
    if answer.status != _OK:
        raise _failed(settings, f"It answered {answer.status} {answer.reason}.")
    content = bytearray()
    while chunk := answer.read1(_CHUNK_BYTES):
        content += chunk
        if len(content) > _MOST_BYTES:
            raise _failed(settings, f"Its answer is larger than {_MOST_BYTES // 1_000_000} MB.")
    if time.monotonic() >= deadline:
        raise TimeoutError
    if answer.length:
        raise _failed(settings, f"Its answer broke off {answer.length} bytes before the end.")
    return bytes(content)


def _address(settings: Settings) -> SplitResult:
    try:
        address = urlsplit(settings.speech_service_url or "")
        plain = _URL.fullmatch(settings.speech_service_url or "")
        sound = plain and address.scheme in ("http", "https") and address.hostname and address.port != 0
        if sound and address.username is None:
            return address
    except ValueError:
        pass
    raise _failed(settings, "Its URL must be http or https with a host, and hold no user name and no blank.")


def _headers(settings: Settings) -> dict[str, str]:
    plain = settings.speech_service_body.strip() == _TEXT
    headers = {"Content-Type": "text/plain; charset=utf-8" if plain else "application/json", "Accept": "audio/*"}
    if settings.speech_service_headers is None:
        return headers
    try:
        own = json.loads(settings.speech_service_headers.get_secret_value())
    except ValueError:
        own = None
    if not isinstance(own, dict) or not all(isinstance(value, str) for value in own.values()):
        raise _failed(settings, "Its headers must be a JSON object of strings.")
    if not all(_NAME.fullmatch(name) and _VALUE.fullmatch(value) for name, value in own.items()):
        raise _failed(settings, "The name or value of a header holds what none may.")
    return {**headers, **own}


def _body(text: str, settings: Settings) -> bytes:
    template = settings.speech_service_body
    if template.strip() == _TEXT:
        return text.encode()
    if _TEXT not in template:
        raise _failed(settings, f"The body to send must hold {_TEXT}.")
    try:
        return template.replace(_TEXT, json.dumps(text)).encode()
    except UnicodeEncodeError as error:
        raise _failed(settings, "The body to send is no text.") from error


def _failed(settings: Settings, detail: str) -> CountenanceError:
    """The URL is told without its user and its query, which may be secrets."""
    shown = re.sub("//[^/]*@", "//", re.split("[?#]", settings.speech_service_url or "")[0])
    return CountenanceError(Finding(SERVICE_FAILED, detail=f"{shown}: {detail}"))
