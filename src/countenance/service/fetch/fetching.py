"""Download one file of a user's URL: safe from SSRF, within limits, and only if it is media."""

from __future__ import annotations

import hashlib
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urljoin

import requests
from urllib3.exceptions import HTTPError

from countenance.errors import CountenanceError, Finding
from countenance.service.errors import refused
from countenance.service.fetch.deadline import Deadline
from countenance.service.fetch.errors import (
    URL_HOST,
    URL_NOT_MEDIA,
    URL_REFUSED,
    URL_TIMEOUT,
    URL_TOO_LARGE,
    URL_UNREACHABLE,
)
from countenance.service.fetch.session import SafeSession, safe_session
from countenance.service.fetch.sniff import HEAD_BYTES, MEDIA, Sniffed, looks_like, sniff
from countenance.service.fetch.target import target_of
from countenance.service.objects.files import written
from countenance.settings import Settings

_REDIRECTS = 5
_CONNECT_S, _SILENCE_S = 10.0, 60.0
_PIECE_BYTES = 1 << 16
_MOVED = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that was downloaded."""

    path: Path
    bytes: int
    sha256: str
    content_type: str
    """by its first bytes"""


def fetch(
    settings: Settings,
    url: str,
    target: Path,
    *,
    most_bytes: int | None = None,
    timeout_s: float | None = None,
    kinds: frozenset[str] = MEDIA,
) -> Fetched:
    """Download a file to `target` (0600, whole or not at all).

    Args:
        settings: what may be fetched (`fetch_allow`), and the limits that are not given.
        url: as a user gave it.
        target: where the file is written; its folder is made.
        most_bytes: largest size; `max_file_bytes` of the settings without it.
        timeout_s: the whole time from looking up the host to the last byte; `fetch_timeout_s` without it.
        kinds: what it may be: of `video`, `audio`, `image`.

    Raises:
        CountenanceError: service.url_refused, url_host, url_unreachable, url_too_large, url_timeout, url_not_media.
        OSError: what the disk refuses.
    """
    most = settings.max_file_bytes if most_bytes is None else most_bytes
    within_s = settings.fetch_timeout_s if timeout_s is None else timeout_s
    with safe_session(settings.fetch_allow, within_s) as session:
        response = _answer(session, url)
        _check_head(response, most)
        with written(target) as file:
            return _received(_pieces(response, session.deadline), file, target, most, kinds)


def _answer(session: SafeSession, url: str) -> requests.Response:
    """The answer of the server that the last redirect leads to."""
    for _ in range(_REDIRECTS + 1):
        here = target_of(url).url
        with told(session.deadline):
            response = session.get(here, stream=True, timeout=_waits(session.deadline))
            place = response.headers.get("Location") if response.status_code in _MOVED else None
            if place is None:
                return response
        try:
            url = urljoin(here, place.encode("latin-1").decode("utf-8"))
        except ValueError as error:
            raise refused(URL_REFUSED, "It leads to something that is no URL.") from error
    raise refused(URL_UNREACHABLE, f"It leads on and on, more than {_REDIRECTS} times.")


def _waits(deadline: Deadline) -> tuple[float, float]:
    # Never 0, which would mean not to wait for anything.
    return min(_CONNECT_S, deadline.left_s + 0.01), min(_SILENCE_S, deadline.left_s + 0.01)


def _check_head(response: requests.Response, most_bytes: int) -> None:
    if response.status_code != 200:
        raise refused(URL_UNREACHABLE, f"The server answers with status {response.status_code}.")
    if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise refused(URL_NOT_MEDIA, "The server sends it compressed.")
    length = response.headers.get("Content-Length", "").strip()
    if length.isdecimal() and int(length[:20]) > most_bytes:
        raise _too_large(int(length[:20]), most_bytes)


def _pieces(response: requests.Response, deadline: Deadline) -> Iterator[bytes]:
    """The body, as it was sent."""
    with told(deadline):
        yield from response.raw.stream(_PIECE_BYTES, decode_content=False)


def _received(pieces: Iterator[bytes], file: BinaryIO, target: Path, most: int, kinds: frozenset[str]) -> Fetched:
    """Write the pieces; stop as soon as they are too many, or begin like something else."""
    head, size, digest = b"", 0, hashlib.sha256()
    kind: Sniffed | None = None
    for piece in pieces:
        size += len(piece)
        if size > most:
            raise _too_large(size, most)
        if kind is None:
            head += piece
            if len(head) >= HEAD_BYTES:
                kind = media_of(head, kinds)
        digest.update(piece)
        file.write(piece)
    return Fetched(target, size, digest.hexdigest(), (kind or media_of(head, kinds)).content_type)


def media_of(head: bytes, kinds: frozenset[str]) -> Sniffed:
    """What a file is that begins so.

    Raises:
        CountenanceError: service.url_not_media if it is none of `kinds`.
    """
    if not head:
        raise refused(URL_NOT_MEDIA, "It is empty.")
    kind = sniff(head)
    if kind is None:
        raise refused(URL_NOT_MEDIA, looks_like(head))
    if not kind.kinds & kinds:
        raise refused(URL_NOT_MEDIA, f"It is {kind.content_type}; {' or '.join(sorted(kinds))} is needed.")
    return kind


@contextmanager
def told(deadline: Deadline) -> Iterator[None]:
    """Whatever goes wrong on the way to a server becomes a typed error without the URL in it."""
    try:
        yield
    except CountenanceError:
        raise
    except (requests.RequestException, HTTPError, HTTPException, OSError, ValueError) as error:
        # Without the cause, which quotes the URL: links carry their permission in it, and tracebacks are logged.
        if deadline.is_over:
            raise _too_slow(deadline) from None
        causes = list(_causes(error))
        if any(isinstance(cause, socket.gaierror) for cause in causes):
            raise refused(URL_HOST) from None
        raise refused(URL_UNREACHABLE, _why(causes)) from None
    if deadline.is_over:  # a head or a body of no stated length just ends where the connection was ended
        raise _too_slow(deadline)


def _why(causes: Sequence[BaseException]) -> str:
    if any(isinstance(cause, (ssl.SSLError, requests.exceptions.SSLError)) for cause in causes):
        return "Its certificate is not valid, or it does not speak TLS."
    if any(isinstance(cause, (TimeoutError, requests.Timeout)) for cause in causes):
        return "The server is silent."
    return "The connection failed or broke off."


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(10):
        if error is None:
            return
        yield error
        inner = next((value for value in error.args if isinstance(value, BaseException)), None)
        error = error.__cause__ or error.__context__ or inner


def _too_slow(deadline: Deadline) -> CountenanceError:
    return CountenanceError(Finding(URL_TIMEOUT, measured=deadline.seconds, limit=deadline.seconds))


def _too_large(size: int, most: int) -> CountenanceError:
    return CountenanceError(Finding(URL_TOO_LARGE, measured=size / 1e6, limit=most / 1e6))
