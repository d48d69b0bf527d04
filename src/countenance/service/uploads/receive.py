"""A part arrives at this server: streamed to disk, counted, and in place only when it is whole."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from anyio import CancelScope, to_thread
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from countenance.errors import CountenanceError, Finding
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import UploadPart
from countenance.service.errors import refused
from countenance.service.objects.files import PIECE_BYTES, written
from countenance.service.uploads import begin, bucket, folder, parts
from countenance.service.uploads.errors import PART_ELSEWHERE, PART_HASH, PART_SIZE, UPLOAD_CLOSED


@dataclass(frozen=True, slots=True)
class Slot:
    """A part that may come, and where it goes."""

    workspace_id: str
    upload_id: str
    number: int
    bytes: int
    path: Path


@dataclass(slots=True)
class Receiver:
    """Takes the bytes of one part."""

    slot: Slot
    file: BinaryIO
    taken: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    @property
    def sha256(self) -> str:
        return str(self.digest.hexdigest())

    def write(self, piece: bytes) -> None:
        """Take some bytes.

        Raises:
            CountenanceError: service.upload_part_size as soon as there are too many.
        """
        self.taken += len(piece)
        if self.taken > self.slot.bytes:
            raise self._wrong_size()
        self.digest.update(piece)
        self.file.write(piece)

    def check(self, sha256: str | None) -> None:
        """Whether the part is whole and, if its SHA-256 was told, undamaged."""
        if self.taken != self.slot.bytes:
            raise self._wrong_size()
        if sha256 is not None and sha256.lower() != self.sha256:
            raise refused(PART_HASH)

    def _wrong_size(self) -> CountenanceError:
        return CountenanceError(Finding(PART_SIZE, measured=float(self.taken), limit=float(self.slot.bytes)))


def admit(session: Session, service: Service, workspace_id: str, upload_id: str, number: int) -> Slot:
    """Whether a part may come.

    Raises:
        CountenanceError: service.upload_unknown, upload_closed, upload_part_number, upload_part_elsewhere.
    """
    upload = begin.open_one(session, workspace_id, upload_id)
    if bucket.is_direct(service):
        raise refused(PART_ELSEWHERE)
    path = folder.part_path(service.settings, upload.id, number)
    return Slot(workspace_id, upload.id, number, parts.size(upload, number), path)


@contextmanager
def receiving(slot: Slot, sha256: str | None = None) -> Iterator[Receiver]:
    """Write the bytes of a part; it is in place when the block ends well, and replaces one that came before.

    Raises:
        CountenanceError: service.upload_part_size, service.upload_part_hash, service.upload_closed; nothing of it is
            kept then.
    """
    try:
        with written(slot.path) as file:
            receiver = Receiver(slot, file)
            yield receiver
            receiver.check(sha256)
    except FileNotFoundError as error:  # the folder went
        _leave(slot)
        raise refused(UPLOAD_CLOSED, "It was given up meanwhile.") from error


def note(session: Session, slot: Slot, sha256: str) -> None:
    """Note a part that is in place; it may have been noted before.

    Raises:
        CountenanceError: service.upload_unknown, service.upload_closed, if the upload ended meanwhile.
    """
    begin.open_one(session, slot.workspace_id, slot.upload_id)
    told = {"bytes": slot.bytes, "etag": sha256, "created_at": now()}
    again = update(UploadPart).where(UploadPart.upload_id == slot.upload_id, UploadPart.number == slot.number)
    if session.execute(again.values(**told)).rowcount:  # type: ignore[attr-defined]
        return
    try:
        with session.begin_nested():
            session.add(UploadPart(upload_id=slot.upload_id, number=slot.number, **told))
    except IntegrityError:  # the same part came twice at once
        session.execute(again.values(**told))


def put_part(
    service: Service,
    workspace_id: str,
    upload_id: str,
    number: int,
    pieces: Iterable[bytes],
    sha256: str | None = None,
) -> str:
    """Take a part; its SHA-256. Opens short transactions of its own: call it outside of one.

    Raises:
        CountenanceError: what `admit`, `receiving` and `note` raise.
    """
    with service.database.transaction() as session:
        slot = admit(session, service, workspace_id, upload_id, number)
    with receiving(slot, sha256) as receiver:
        for piece in pieces:
            receiver.write(piece)
    return _noted(service, slot, receiver.sha256)


async def put_part_stream(
    service: Service,
    workspace_id: str,
    upload_id: str,
    number: int,
    pieces: AsyncIterable[bytes],
    sha256: str | None = None,
) -> str:
    """As `put_part`, of a body that arrives in an event loop, which never waits for disk or database here."""

    def begun() -> Slot:
        with service.database.transaction() as session:
            return admit(session, service, workspace_id, upload_id, number)

    slot = await to_thread.run_sync(begun)
    async with _in_thread(receiving(slot, sha256)) as receiver:
        held = bytearray()
        async for piece in pieces:
            held += piece
            if len(held) >= PIECE_BYTES:
                await to_thread.run_sync(receiver.write, bytes(held))
                held.clear()
        await to_thread.run_sync(receiver.write, bytes(held))
    return await to_thread.run_sync(_noted, service, slot, receiver.sha256)


@asynccontextmanager
async def _in_thread(block: AbstractContextManager[Receiver]) -> AsyncIterator[Receiver]:
    """A block that opens, and flushes and moves a file, entered and left in a thread; left in any case."""
    receiver = await to_thread.run_sync(block.__enter__)
    try:
        yield receiver
    except BaseException as error:
        with CancelScope(shield=True):
            await to_thread.run_sync(block.__exit__, type(error), error, error.__traceback__)
        raise
    with CancelScope(shield=True):
        await to_thread.run_sync(block.__exit__, None, None, None)


def _noted(service: Service, slot: Slot, sha256: str) -> str:
    """Note a part in a transaction of its own; one of an upload that ended meanwhile is deleted again."""
    try:
        with service.database.transaction() as session:
            note(session, slot, sha256)
    except CountenanceError:
        slot.path.unlink(missing_ok=True)
        _leave(slot)
        raise
    return sha256


def _leave(slot: Slot) -> None:
    with suppress(OSError):  # other parts may lie there
        slot.path.parent.rmdir()
