"""Upload a file: in parts, each again if need be, and those alone that the server lacks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from countenance.client.call import Call
from countenance.client.calls import consent_links, uploads
from countenance.client.errors import (
    FILE_CHANGED,
    UPLOAD_OF_ANOTHER,
    ApiError,
    ClientError,
    UnreachableError,
    UploadBrokenError,
)
from countenance.client.flow import Flow, do, run
from countenance.errors import CountenanceError, Finding
from countenance.media.errors import EMPTY_FILE, FILE_MISSING, NOT_A_FILE, UNREADABLE
from countenance.progress import Progress, ProgressCallback
from countenance.wire.uploads import BeginUpload, PartBody, UploadBody

_STAGE = "upload"
_ROUNDS = 3
_LINK_OVER = (403, 410)
_PASSING = (429, 502, 503, 504)


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    size: int
    sha256: str

    def read(self, offset: int, size: int) -> bytes:
        """Raises CountenanceError client.file_changed, media.unreadable."""
        data = _read(self.path, offset, size)
        if len(data) != size:
            raise ClientError(Finding(FILE_CHANGED, file=str(self.path)))
        return data


def upload(
    path: Path,
    upload_id: str | None = None,
    progress: ProgressCallback | None = None,
    on_begun: Callable[[str], None] | None = None,
) -> Flow[UploadBody]:
    """Send a file, or what is missing of it where the upload was begun before. `on_begun` is told the upload's id.

    Raises:
        ApiError: where the server refuses it.
        UploadBrokenError: where it can be resumed.
        CountenanceError: media.file_missing, media.not_a_file, media.unreadable, media.empty_file,
            client.file_changed, client.upload_of_another.
    """
    file = yield from do(lambda: _seen(path))
    if upload_id is None:
        begun = yield from run(uploads.announce(_announcement(file)))
    else:
        begun = yield from run(uploads.get(upload_id))
        if begun.bytes != file.size or begun.sha256 not in (None, file.sha256):
            raise ClientError(Finding(UPLOAD_OF_ANOTHER, file=str(path), measured=upload_id))
    if on_begun is not None:
        on_begun(begun.upload_id)
    try:
        yield from _all_parts(file, begun, lambda: uploads.get(begun.upload_id), progress)
        return (yield from run(uploads.complete(begun.upload_id)))
    except (ApiError, UnreachableError) as error:
        if isinstance(error, ApiError) and error.status not in _PASSING:
            raise
        raise UploadBrokenError(begun.upload_id, error) from error


def upload_by_link(token: str, path: Path, progress: ProgressCallback | None = None) -> Flow[UploadBody]:
    """Send a recording as the person who was asked for it by a link. It cannot be resumed."""
    file = yield from do(lambda: _seen(path))
    begun = yield from run(consent_links.announce(token, _announcement(file)))
    yield from _all_parts(file, begun, None, progress)
    return (yield from run(consent_links.complete(token, begun.upload_id)))


def _all_parts(
    file: _File, begun: UploadBody, look: Callable[[], Call[UploadBody]] | None, progress: ProgressCallback | None
) -> Flow[None]:
    """Send what is missing; where the links to it are over, with new ones."""
    missing, told = begun.parts, _Told(file.size, progress)
    for _ in range(_ROUNDS):
        try:
            for part in missing:
                yield from _one_part(file, begun.part_bytes, part)
                told.sent(part.bytes)
        except ApiError as error:
            if look is None or error.status not in _LINK_OVER:
                raise
        if look is None:
            return
        missing = (yield from run(look())).parts
        if not missing:
            return
        told.lacks(sum(part.bytes for part in missing))


def _one_part(file: _File, part_bytes: int, part: PartBody) -> Flow[None]:
    offset = (part.number - 1) * part_bytes
    data = yield from do(lambda: file.read(offset, part.bytes))
    yield from run(uploads.put(part, data))


class _Told:
    """How much is there, told as it grows."""

    def __init__(self, whole: int, progress: ProgressCallback | None) -> None:
        self._whole, self._progress = whole, progress
        self._left = whole

    def lacks(self, left: int) -> None:
        self._left = left

    def sent(self, size: int) -> None:
        self._left -= size
        if self._progress is not None:
            self._progress(Progress(_STAGE, 1.0 - self._left / self._whole))


def _announcement(file: _File) -> BeginUpload:
    return BeginUpload(filename=file.path.name, bytes=file.size, sha256=file.sha256)


def _seen(path: Path) -> _File:
    """What is to be sent, read once from beginning to end."""
    if not path.exists():
        raise CountenanceError(Finding(FILE_MISSING, file=str(path)))
    if not path.is_file():
        raise CountenanceError(Finding(NOT_A_FILE, file=str(path)))
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
    except OSError as error:
        raise CountenanceError(Finding(UNREADABLE, file=str(path), detail=f"{error.strerror}.")) from error
    if not size:
        raise CountenanceError(Finding(EMPTY_FILE, file=str(path)))
    return _File(path, size, sha256)


def _read(path: Path, offset: int, size: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(size)
    except OSError as error:
        raise CountenanceError(Finding(UNREADABLE, file=str(path), detail=f"{error.strerror}.")) from error
