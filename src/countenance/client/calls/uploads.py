"""Uploads, step by step; `countenance.client.sending` takes the steps."""

from __future__ import annotations

import hashlib

from countenance.client import call
from countenance.client.call import Call, path
from countenance.client.request import Request
from countenance.wire.uploads import BeginUpload, PartBody, UploadBody, UploadReport

_PLACE = ("v2", "uploads")
_LOOKING_S = 600.0
"""The server puts the parts together and looks at the whole before it answers."""
_PART_S = 120.0


def announce(file: BeginUpload, idempotency_key: str | None = None) -> Call[UploadBody]:
    """Say what is to come; the answer says where to send each part."""
    return call.create(UploadBody, path(*_PLACE), file, idempotency_key)


def get(upload_id: str) -> Call[UploadBody]:
    """One upload, and the parts that are still missing."""
    return call.get(UploadBody, path(*_PLACE, upload_id))


def put(part: PartBody, data: bytes) -> Call[None]:
    """Send a part to its URL, which is its own permission: here, or in an object store."""
    headers = {"Content-Type": "application/octet-stream"}
    if "/v2/uploads/" in part.url:
        headers["X-SHA256"] = hashlib.sha256(data).hexdigest()
    return Call(Request("PUT", part.url, data, headers, needs_key=False, read_timeout_s=_PART_S), call.nothing)


def complete(upload_id: str) -> Call[UploadBody]:
    """All parts are sent; the file is put together and looked at."""
    return call.post(UploadBody, path(*_PLACE, upload_id, "complete"), read_timeout_s=_LOOKING_S)


def check(upload_id: str) -> Call[UploadReport]:
    """Have its footage, or its picture, looked at before anything is made from it."""
    return call.post(UploadReport, path(*_PLACE, upload_id, "report"))


def report(upload_id: str) -> Call[UploadReport]:
    """What was found, or how far that is."""
    return call.get(UploadReport, path(*_PLACE, upload_id, "report"))


def delete(upload_id: str) -> Call[None]:
    """Give it up."""
    return call.delete(path(*_PLACE, upload_id))
