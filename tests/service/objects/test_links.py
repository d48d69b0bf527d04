"""Links with their permission in them: whole or worth nothing, and for a time."""

from __future__ import annotations

import base64
import json
import threading
from pathlib import Path

import pytest
from pydantic import SecretStr

from countenance.errors import CountenanceError
from countenance.service.objects.links import open_link, sign, sign_link, unsign
from countenance.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


def _rule(settings: Settings, token: str) -> str:
    with pytest.raises(CountenanceError) as caught:
        open_link(settings, token)
    return caught.value.finding.rule.id


def test_a_link_says_what_it_leads_to(settings: Settings) -> None:
    token = sign_link(settings, "videos/v1/video.mp4", "Grüße 1.mp4", "video/mp4", 60)
    link = open_link(settings, token)
    assert (link.key, link.filename, link.content_type) == ("videos/v1/video.mp4", "Grüße 1.mp4", "video/mp4")
    assert token.replace("-", "").replace("_", "").replace(".", "").isalnum()


def test_the_secret_is_made_once_and_is_private(settings: Settings) -> None:
    tokens: list[str] = []
    threads = [
        threading.Thread(target=lambda: tokens.append(sign_link(settings, "a", "a", "video/mp4", 60))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {open_link(settings, token).key for token in tokens} == {"a"}
    path = settings.data_dir / "keys" / "links.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_an_altered_link_is_worth_nothing(settings: Settings) -> None:
    token = sign_link(settings, "videos/v1/video.mp4", "video.mp4", "video/mp4", 60)
    body, _, mark = token.partition(".")
    for at in range(len(token)):
        other = "A" if token[at] != "A" else "B"
        assert _rule(settings, token[:at] + other + token[at + 1 :]) == "service.link_invalid"
    content = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    longer = base64.urlsafe_b64encode(json.dumps({**content, "e": content["e"] + 10**6}).encode()).decode().rstrip("=")
    for forged in (
        f"{longer}.{mark}", body, f"{body}.", f".{mark}", ".", "", f"{body}.{mark}=", f"{body}.{mark}A",
        f"{body}.{mark}.",
        f"{body}=.{mark}", f" {token}", f"{token}\n", f"{mark}.{body}", "é" * 10 + ".x", "x." + "A" * 5000, "\0.\0",
    ):  # fmt: skip
        assert _rule(settings, forged) == "service.link_invalid"


def test_a_link_ends(settings: Settings) -> None:
    assert _rule(settings, sign_link(settings, "a", "a", "video/mp4", -1)) == "service.link_expired"


def test_a_token_for_one_purpose_is_worth_nothing_for_another(settings: Settings) -> None:
    token = sign(settings, "part", {"k": "a", "f": "a", "c": "video/mp4"}, 60)
    assert unsign(settings, "part", token)["k"] == "a"
    assert _rule(settings, token) == "service.link_invalid"


def test_machines_with_the_same_secret_read_each_others_links(tmp_path: Path) -> None:
    secret = base64.b64encode(b"s" * 32).decode()
    one, two = (Settings(data_dir=tmp_path / name, link_key=SecretStr(secret)) for name in "ab")
    assert open_link(two, sign_link(one, "a", "a", "video/mp4", 60)).key == "a"
    assert not (tmp_path / "a").exists()
    assert _rule(Settings(data_dir=tmp_path / "c"), sign_link(one, "a", "a", "x", 60)) == "service.link_invalid"


@pytest.mark.parametrize("secret", ["", "short", "not base64!", base64.b64encode(b"x" * 31).decode()])
def test_a_secret_that_is_none_is_told(secret: str, tmp_path: Path) -> None:
    assert _rule(Settings(data_dir=tmp_path, link_key=SecretStr(secret)), "a.b") == "service.link_key"


@pytest.mark.parametrize("key", ["", "../x", "/etc/passwd", "a\0"])
def test_a_link_leads_to_an_object_only(settings: Settings, key: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        sign_link(settings, key, "a", "video/mp4", 60)
