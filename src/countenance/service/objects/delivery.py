"""Serve an object, or the part of it that a player asks for, wherever it is stored (RFC 9110, 13 and 14)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import format_datetime
from urllib.parse import quote

from countenance.errors import CountenanceError, Finding
from countenance.service.objects.errors import RANGE_OUTSIDE
from countenance.service.objects.links import Link
from countenance.service.objects.store import Objects, Stored

_RANGE = re.compile(r"bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*", re.ASCII)
_AS_IT_IS = {
    # What users made is never run as a page of this server, whatever is in it.
    "Content-Security-Policy": "default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'; "
    "sandbox",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Accept-Ranges": "bytes",
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """An answer: status 200, 206 or 304, its headers, and what is streamed."""

    status: int
    headers: dict[str, str]
    body: Iterator[bytes]
    start: int = 0
    """the place of its first byte in the object"""


def deliver(
    objects: Objects,
    link: Link,
    now_s: float,
    *,
    range_header: str | None = None,
    if_range: str | None = None,
    if_none_match: str | None = None,
    head_only: bool = False,
) -> Delivery:
    """What is answered to a request for the object of a link.

    Args:
        objects: where it is stored.
        link: as `open_link` read it.
        now_s: seconds since 1970; the answer may be kept until the link ends.
        range_header: `Range`; several ranges at once, and what cannot be read, are answered with the whole.
        if_range: `If-Range`; if the object is another one by now, the whole is answered.
        if_none_match: `If-None-Match`.
        head_only: for HEAD: nothing is read.

    Raises:
        CountenanceError: service.object_missing, service.range_outside (its `limit` is the size of the object, for
            `Content-Range: bytes */size`), service.store_unreachable.
    """
    stored = objects.stat(link.key)
    tag = f'"{stored.etag}"'
    headers = _headers(link, stored, tag, now_s)
    if if_none_match is not None and tag in (part.strip() for part in if_none_match.split(",")):
        return Delivery(304, headers, iter(()))
    part = None if if_range not in (None, tag) else part_of(range_header, stored.bytes)
    start, stop = part or (0, stored.bytes)
    headers["Content-Length"] = str(stop - start)
    headers["Content-Type"] = link.content_type
    if part is not None:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{stored.bytes}"
    body = iter(()) if head_only else objects.read(link.key, start, stop)
    return Delivery(200 if part is None else 206, headers, body, start)


def part_of(header: str | None, size: int) -> tuple[int, int] | None:
    """The part that a `Range` header asks for, from the first byte to behind the last; None for the whole.

    Raises:
        CountenanceError: service.range_outside.
    """
    found = _RANGE.fullmatch(header or "")
    if found is None or not (found[1] or found[2]):
        return None
    if found[1]:
        start, stop = int(found[1]), min(size, int(found[2]) + 1 if found[2] else size)
        if found[2] and int(found[2]) < int(found[1]):
            return None
    else:
        start, stop = max(0, size - int(found[2])), size
    if start >= stop:
        raise CountenanceError(Finding(RANGE_OUTSIDE, measured=float(start), limit=float(size)))
    return start, stop


def _headers(link: Link, stored: Stored, tag: str, now_s: float) -> dict[str, str]:
    return {
        **_AS_IT_IS,
        "ETag": tag,
        "Last-Modified": format_datetime(stored.modified_at, usegmt=True),
        "Cache-Control": f"private, max-age={max(0, int(link.expires_at - now_s))}",
        "Content-Disposition": disposition(link.filename),
    }


def disposition(filename: str) -> str:
    """`Content-Disposition` that shows the file and names it (RFC 6266, appendix D)."""
    plain = re.sub(r"[^A-Za-z0-9 ._()-]", "_", filename)
    return f"inline; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
