"""URLs are judged as soon as they are given."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

import pytest

from countenance.errors import CountenanceError
from countenance.service.fetch import given
from countenance.service.fetch.given import check_media, check_postable
from countenance.settings import Settings

HOOK = "https://hooks.example.org/tell?me=all"


def _refusal(settings: Settings, url: str) -> tuple[str, str]:
    with pytest.raises(CountenanceError) as error:
        check_postable(settings, {"callback_url": url})
    return error.value.finding.rule.id, error.value.finding.detail


@pytest.mark.parametrize("url", ["https://10.0.0.1/", "http://example.org/", "nonsense", "file:///etc/passwd"])
def test_what_is_wrong_by_itself_is_refused_by_its_field(plain: Settings, url: str) -> None:
    rule, detail = _refusal(plain, url)
    assert rule == "service.url_refused"
    assert detail.endswith("The field is `callback_url`.")


@pytest.mark.parametrize("address", ["10.1.2.3", "127.0.0.1", "169.254.169.254", "fd00::1", "::1"])
def test_a_name_that_stands_for_an_inner_address_is_nobodys(plain: Settings, names: Any, address: str) -> None:
    names.answers["hooks.example.org"] = [["8.8.8.8", address]]
    assert _refusal(plain, HOOK) == ("service.url_host", "The field is `callback_url`.")
    with pytest.raises(CountenanceError):
        check_media(plain, {"train_video_url": HOOK})


def test_a_public_name_and_one_that_the_operator_allows(plain: Settings, names: Any) -> None:
    names.answers["hooks.example.org"] = [["8.8.8.8", "2001:4860:4860::8888"]]
    names.answers["inner.example.org"] = [["10.1.2.3"]]
    check_postable(plain, {"callback_url": HOOK, "other": "", "none": None})
    allowed = plain.model_copy(update={"webhook_allow": "10.1.0.0/16"})
    check_postable(allowed, {"callback_url": "https://inner.example.org/"})
    with pytest.raises(CountenanceError):
        check_media(allowed, {"media_url": "https://inner.example.org/"})


def test_who_cannot_be_found_now_may_be_found_later(plain: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    check_postable(plain, {"callback_url": HOOK})


def test_a_resolver_that_does_not_answer_keeps_nobody(plain: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def slow(*_: Any, **__: Any) -> Any:
        over.wait(20)
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    monkeypatch.setattr(given, "_PATIENCE_S", 0.05)
    monkeypatch.setattr(given, "_TURNS", threading.BoundedSemaphore(2))
    began, running = time.monotonic(), threading.active_count()
    for number in range(6):
        check_postable(plain, {"a": f"https://a{number}.example.org/", "b": f"https://b{number}.example.org/"})
    assert time.monotonic() - began < 5
    assert threading.active_count() <= running + 2
    over.set()
