"""All parts are there: the file is put together, weighed, hashed and looked at, whatever its sender said of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from countenance.errors import CountenanceError, Finding
from countenance.media.limits import limits_from
from countenance.media.private import locked, private_folder
from countenance.service.accounts import idempotency
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import Upload, UploadPart
from countenance.service.errors import refused
from countenance.service.fetch.sniff import IMAGE
from countenance.service.objects.errors import OBJECT_MISSING, STORE_UNREACHABLE
from countenance.service.objects.files import PIECE_BYTES, opened
from countenance.service.uploads import begin, bucket, folder, parts
from countenance.service.uploads.drop import GONE, forget
from countenance.service.uploads.errors import (
    UPLOAD_CHANGED,
    UPLOAD_CLOSED,
    UPLOAD_COMPLETING,
    UPLOAD_INCOMPLETE,
    UPLOAD_NOT_MEDIA,
)
from countenance.service.uploads.look import look
from countenance.service.uploads.names import kinds_of

_SHOWN_PARTS = 20


def complete(service: Service, workspace_id: str, upload_id: str) -> Upload:
    """Make an object of an upload; `media` says what is in it then. Repeating it gives the same answer.

    Opens short transactions of its own, reads the whole file and decodes its beginning: call it outside of a
    transaction, and not in an event loop. What is refused for what it is is deleted at once.

    Raises:
        CountenanceError: service.upload_unknown, upload_closed, upload_incomplete, upload_completing,
            store_unreachable (the upload stays open);
            upload_changed, upload_not_media, upload_undecodable and media.* (the upload is deleted).
    """
    upload = _open_or_complete(service, workspace_id, upload_id)
    if upload.state == begin.COMPLETE:
        return upload
    place = private_folder(folder.folder_of(service.settings, upload.id))
    with _alone(place / ".lock"):
        return _completed(service, upload, place / ".whole")


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    # Whoever waited would keep a thread of the server that long, and everybody may ask as often as they like.
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(lock, wait=False))
        except BlockingIOError as error:
            raise refused(UPLOAD_COMPLETING) from error
        yield


def _completed(service: Service, upload: Upload, whole: Path) -> Upload:
    upload = _open_or_complete(service, upload.workspace_id, upload.id)
    if upload.state == begin.COMPLETE:  # by another request, before this one had the lock
        return upload
    try:
        sha256 = _gathered(service, upload, whole)
        media = _looked_at(service, upload, whole, sha256)
    except CountenanceError as error:
        if error.finding.rule not in _STAYS_OPEN:
            _delete(service, upload)
        raise
    key = bucket.key_of(upload.id)
    if not bucket.is_direct(service):
        service.objects.take(key, whole, media["content_type"])
    told = {"object_key": key, "sha256": sha256, "content_type": media["content_type"], "media": media}
    with service.database.transaction() as session:
        closed = _closed(session, upload, state=begin.COMPLETE, completed_at=now(), **told)
        done = begin.get(session, upload.workspace_id, upload.id)
        if not closed and done.state != begin.COMPLETE:  # which another server may have done meanwhile
            raise refused(UPLOAD_CLOSED)
    folder.drop(service.settings, upload.id)
    return done


def _delete(service: Service, upload: Upload) -> None:
    """It is refused for what it is; what another server has made of it meanwhile stays."""
    with service.database.transaction() as session:
        closed = _closed(session, upload, **GONE)
        if closed:
            idempotency.forget(session, upload.workspace_id, [upload.id])
    if closed:
        forget(service, upload)


def _open_or_complete(service: Service, workspace_id: str, upload_id: str) -> Upload:
    with service.database.reading() as session:
        upload = begin.get(session, workspace_id, upload_id)
        return upload if upload.state == begin.COMPLETE else begin.open_one(session, workspace_id, upload_id)


def _gathered(service: Service, upload: Upload, whole: Path) -> str:
    """The file in one piece; its SHA-256."""
    if bucket.is_direct(service):
        _joined_in_store(service, upload)
        service.objects.get(bucket.key_of(upload.id), whole)
        return _hash(whole)
    _check_missing(upload, folder.present(service.settings, upload))
    return folder.join(service.settings, upload, whole)


def _joined_in_store(service: Service, upload: Upload) -> None:
    tags = bucket.present(service, upload)
    if len(tags) == parts.count(upload):
        try:
            bucket.join(service, upload, tags)
        except CountenanceError:  # another server may have done it meanwhile
            if not _is_joined(service, upload):
                raise
    elif not _is_joined(service, upload):  # by an attempt that came no further
        _check_missing(upload, set(tags))


def _is_joined(service: Service, upload: Upload) -> bool:
    try:
        service.objects.stat(bucket.key_of(upload.id))
    except CountenanceError as error:
        if error.finding.rule is not OBJECT_MISSING:
            raise
        return False
    return True


def _check_missing(upload: Upload, there: set[int]) -> None:
    missing = [number for number in range(1, parts.count(upload) + 1) if number not in there]
    if missing:
        shown = ", ".join(map(str, missing[:_SHOWN_PARTS])) + (" ..." if len(missing) > _SHOWN_PARTS else "")
        detail = f"Missing: {shown}."
        raise CountenanceError(Finding(UPLOAD_INCOMPLETE, upload.filename, detail, float(len(missing))))


def _looked_at(service: Service, upload: Upload, whole: Path, sha256: str) -> dict[str, Any]:
    """What is in the file; it is what was announced, and what its name says."""
    size = whole.stat().st_size
    if size != upload.bytes:
        detail = f"It has {size} bytes instead of {upload.bytes}."
        raise CountenanceError(Finding(UPLOAD_CHANGED, upload.filename, detail))
    if upload.sha256 not in (None, sha256):
        raise CountenanceError(Finding(UPLOAD_CHANGED, upload.filename, "Its SHA-256 is another one."))
    media = look(whole, upload.filename, limits_from(service.settings))
    if (media["kind"] == IMAGE) != (IMAGE in kinds_of(upload.filename)):
        raise CountenanceError(Finding(UPLOAD_NOT_MEDIA, upload.filename, f"It is {media['content_type']}."))
    return media


def _closed(session: Session, upload: Upload, **values: object) -> bool:
    """Whether an open upload could be closed."""
    still = update(Upload).where(Upload.id == upload.id, Upload.state == begin.OPEN)
    session.execute(delete(UploadPart).where(UploadPart.upload_id == upload.id))
    return bool(session.execute(still.values(**values)).rowcount)  # type: ignore[attr-defined]


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with opened(path) as file:
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
    return digest.hexdigest()


_STAYS_OPEN = (UPLOAD_INCOMPLETE, STORE_UNREACHABLE)
