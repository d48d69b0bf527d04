"""What a speech service is told in secret is not repeated, and its time is limited from the first byte to the last."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from pydantic import SecretStr

from countenance.errors import CountenanceError
from countenance.settings import Settings
from countenance.voice.catalogue import speak, voices
from countenance.voice.errors import CANNOT_BE_SPOKEN, SERVICE_FAILED


@pytest.mark.parametrize(
    "more",
    [
        {"speech_service_headers": SecretStr(json.dumps({"Authorization": "Bearer HIDDEN\n"}))},
        {"speech_service_headers": SecretStr(json.dumps({"Authorization": "Bearer HIDDEN\u2014"}))},
        {"speech_service_headers": SecretStr(json.dumps({"HIDDEN key": "x"}))},
        {"speech_service_url": "http://127.0.0.1:9/x?key=HIDDEN 1"},
        {"speech_service_url": "http://127.0.0.1:9/x?key=HIDDEN\n"},
        {"speech_service_url": "http://127.0.0.1:9/x#HIDDEN\u00e9"},
        {"speech_service_body": '{"a": "\udcff", "b": {text}}'},
    ],
)
def test_settings_that_cannot_be_sent_are_told_without_what_is_in_them(more: dict[str, Any]) -> None:
    settings = Settings(threads=1, **{"speech_service_url": "http://127.0.0.1:9/x", **more})
    problem = voices(settings)[-1].problem
    assert problem is not None
    with pytest.raises(CountenanceError) as caught:
        speak("Hello.", settings, "service")
    assert caught.value.finding == problem
    assert problem.rule is SERVICE_FAILED
    assert "HIDDEN" not in problem.message()


def test_a_host_that_cannot_be_is_told_without_its_query() -> None:
    for host in ("a" * 70 + ".b", "a..b"):
        with pytest.raises(CountenanceError) as caught:
            speak("Hello.", Settings(threads=1, speech_service_url=f"http://{host}/x?key=HIDDEN"), "service")
        assert caught.value.finding.rule is SERVICE_FAILED
        assert "HIDDEN" not in str(caught.value)


def test_what_is_no_text_cannot_be_spoken() -> None:
    with pytest.raises(CountenanceError) as caught:
        speak("Hello \udcff.", Settings(threads=1))
    assert caught.value.finding.rule is CANNOT_BE_SPOKEN


@pytest.fixture(params=[b"X: y\r\n", b"\r\nRIFF"])
def dripping(request: pytest.FixtureRequest) -> Iterator[int]:
    """The port of a server that gives its headers, or what follows them, bit by bit and for ever."""

    def drip() -> None:
        client, _ = server.accept()
        with client, suppress(OSError):
            client.recv(65536)
            client.sendall(b"HTTP/1.1 200 OK\r\n")
            for _ in range(100):
                client.sendall(request.param)
                time.sleep(0.1)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def test_its_time_ends_wherever_it_is(dripping: int) -> None:
    began = time.monotonic()
    url = f"http://127.0.0.1:{dripping}/"
    with pytest.raises(CountenanceError, match=r"longer than 0.4 s"):
        speak("Hello.", Settings(threads=1, speech_service_url=url, speech_service_timeout_s=0.4), "service")
    assert time.monotonic() - began < 6
