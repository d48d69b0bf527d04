"""Links that carry their permission in them: signed, for one thing, and for a time.

A token is base64url(what it is for) + "." + base64url(HMAC-SHA256 of its purpose and the former). It names an object
by its key and is no secret of the object itself: whoever has the link has the object until it ends.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any

from countenance.media.private import private_folder, write_once
from countenance.service.errors import refused
from countenance.service.objects.errors import LINK_EXPIRED, LINK_INVALID, LINK_KEY
from countenance.service.objects.keys import checked_key
from countenance.settings import Settings

_MEDIA = "media"
_KEY_BYTES = 32
_MOST_CHARACTERS = 4096


@dataclass(frozen=True, slots=True)
class Link:
    """What a link leads to."""

    key: str
    filename: str
    content_type: str
    expires_at: int
    """seconds since 1970"""
    given_for: str = ""
    """as keys begin: what it was given to show, where the object is not that one's alone"""


def sign_link(
    settings: Settings, key: str, filename: str, content_type: str, valid_s: float, *, given_for: str = ""
) -> str:
    """The token of a link to an object, for `/v2/media/<token>`; with `given_for` (`replicas/<id>`) it is of no use any
    more once that is deleted.

    Raises:
        CountenanceError: service.link_key.
        ValueError: if `key` is none.
    """
    content = {"k": checked_key(key), "f": filename, "c": content_type, **({"g": given_for} if given_for else {})}
    return sign(settings, _MEDIA, content, valid_s)


def open_link(settings: Settings, token: str) -> Link:
    """What a token leads to.

    Raises:
        CountenanceError: service.link_invalid, service.link_expired, service.link_key.
    """
    content = unsign(settings, _MEDIA, token)
    return Link(content["k"], content["f"], content["c"], content["e"], content.get("g", ""))


def sign(settings: Settings, purpose: str, content: dict[str, Any], valid_s: float) -> str:
    """A token that says `content` for one purpose and `valid_s` seconds; one of another purpose is worth nothing."""
    told = json.dumps({**content, "e": int(time.time() + valid_s)}, separators=(",", ":"), ensure_ascii=False)
    body = _text(told.encode())
    return f"{body}.{_text(_mark(settings, purpose, body))}"


def unsign(settings: Settings, purpose: str, token: str) -> dict[str, Any]:
    """What a token of this purpose says; `e` is when it ends.

    Raises:
        CountenanceError: service.link_invalid, service.link_expired, service.link_key.
    """
    body, dot, mark = token.partition(".")
    if not dot or not token.isascii() or len(token) > _MOST_CHARACTERS:
        raise refused(LINK_INVALID)
    # The text is compared and not the bytes: several texts stand for the same bytes.
    if not hmac.compare_digest(_text(_mark(settings, purpose, body)), mark):
        raise refused(LINK_INVALID)
    content: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    late_s = time.time() - content["e"]
    if late_s >= 0:
        raise refused(LINK_EXPIRED, f"It ended {late_s:.0f} s ago.")
    return content


def derived_key(settings: Settings, purpose: str) -> bytes:
    """32 bytes for one other purpose, the same on every machine of an installation that has one secret for links.

    Raises:
        CountenanceError: service.link_key.
    """
    return hmac.digest(_secret(settings), f"key:{purpose}".encode(), hashlib.sha256)


def _mark(settings: Settings, purpose: str, body: str) -> bytes:
    return hmac.digest(_secret(settings), f"{purpose}:{body}".encode(), hashlib.sha256)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _secret(settings: Settings) -> bytes:
    """The setting, or the file that is made once."""
    if settings.link_key is not None:
        try:
            key = base64.b64decode(settings.link_key.get_secret_value(), validate=True)
        except (binascii.Error, ValueError):
            key = b""
    else:
        path = private_folder(settings.data_dir / "keys") / "links.key"
        if not path.exists():
            write_once(path, secrets.token_bytes(_KEY_BYTES))
        key = path.read_bytes()
    if len(key) < _KEY_BYTES:
        raise refused(LINK_KEY)
    return key
