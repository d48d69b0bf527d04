"""The side of the person who is asked: the link's secret is all that is needed."""

from __future__ import annotations

from countenance.client import call
from countenance.client.call import Call, path
from countenance.wire.consent import ConsentPage, RecordConsent, RevokeConsent
from countenance.wire.uploads import BeginUpload, UploadBody

_PLACE = ("v2", "consent-links")
_LOOKING_S = 600.0
_ERASING_S = 600.0


def show(token: str) -> Call[ConsentPage]:
    """Who asks, and what to read aloud, with new words each time."""
    return call.get(ConsentPage, path(*_PLACE, token), needs_key=False)


def record(token: str, recorded: RecordConsent) -> Call[ConsentPage]:
    """The statement was spoken, with the words that were shown."""
    return call.post(ConsentPage, path(*_PLACE, token, "record"), recorded, needs_key=False, repeatable=False)


def decline(token: str) -> Call[ConsentPage]:
    """The person does not agree."""
    return call.post(ConsentPage, path(*_PLACE, token, "decline"), needs_key=False, repeatable=False)


def revoke(token: str) -> Call[ConsentPage]:
    """The person takes back what they have agreed to, for good; said twice it is the same."""
    where, body = path(*_PLACE, token, "revoke"), RevokeConsent(confirm="revoke")
    return call.post(ConsentPage, where, body, needs_key=False, read_timeout_s=_ERASING_S)


def announce(token: str, file: BeginUpload) -> Call[UploadBody]:
    """Say that a recording is to come; one that is announced and never sent is forgotten after a day."""
    return call.post(UploadBody, path(*_PLACE, token, "uploads"), file, needs_key=False)


def upload(token: str, upload_id: str) -> Call[UploadBody]:
    """One recording that is being sent, and the parts that are still missing."""
    return call.get(UploadBody, path(*_PLACE, token, "uploads", upload_id), needs_key=False)


def drop_upload(token: str, upload_id: str) -> Call[None]:
    """Give up a recording before it is the statement."""
    return call.delete(path(*_PLACE, token, "uploads", upload_id), needs_key=False)


def complete(token: str, upload_id: str) -> Call[UploadBody]:
    """All of the recording is sent."""
    where = path(*_PLACE, token, "uploads", upload_id, "complete")
    return call.post(UploadBody, where, needs_key=False, read_timeout_s=_LOOKING_S)
