"""An upload begins, and is found again."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from countenance.errors import CountenanceError, Finding
from countenance.service.accounts import workspaces
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import Upload
from countenance.service.errors import refused
from countenance.service.ids import new_id
from countenance.service.uploads import parts
from countenance.service.uploads.errors import (
    LINK_UPLOADS,
    UPLOAD_CLOSED,
    UPLOAD_HASH,
    UPLOAD_SIZE,
    UPLOAD_TOO_LARGE,
    UPLOAD_UNKNOWN,
    UPLOADS_OPEN,
)
from countenance.service.uploads.names import kinds_of

OPEN, COMPLETE, DELETED = "open", "complete", "deleted"
_VALID = timedelta(days=1)
LINK_BYTES = 200_000_000
"""The largest recording that comes by a link; a statement takes a minute."""


def create(
    session: Session,
    service: Service,
    workspace_id: str,
    filename: str,
    bytes: int,
    sha256: str | None = None,
    *,
    consent_request_id: str | None = None,
) -> Upload:
    """Announce a file. Its parts are sent next; `links.part_links` says where to.

    Args:
        session: of the caller's transaction.
        service: whose settings say how large a file and its parts may be.
        workspace_id: whose file it is.
        filename: without a folder.
        bytes: its size.
        sha256: 64 hexadecimal digits, if it is known; what arrives must have it.
        consent_request_id: of the link of a person without a key, by which only little may come.

    Raises:
        CountenanceError: service.upload_name, upload_kind, upload_size, upload_too_large, upload_hash, uploads_open,
            link_uploads.
    """
    kinds_of(filename)
    if bytes <= 0:
        raise refused(UPLOAD_SIZE, measured=float(bytes))
    most = service.settings.max_file_bytes
    if consent_request_id is not None:
        most = min(most, LINK_BYTES)
    if bytes > most:
        raise CountenanceError(Finding(UPLOAD_TOO_LARGE, file=filename, measured=bytes / 1e6, limit=most / 1e6))
    if sha256 is not None and not re.fullmatch(r"[0-9a-fA-F]{64}", sha256, re.ASCII):
        raise refused(UPLOAD_HASH)
    workspaces.take_turns(session, workspace_id)
    if consent_request_id is None:
        _not_too_many(session, workspace_id)
    else:
        _not_too_many_by_link(session, consent_request_id)
    upload = Upload(
        id=new_id("u"),
        workspace_id=workspace_id,
        consent_request_id=consent_request_id,
        filename=filename,
        bytes=bytes,
        sha256=sha256.lower() if sha256 else None,
        part_bytes=parts.part_bytes_for(bytes, service.settings.upload_part_bytes),
        state=OPEN,
        created_at=now(),
        expires_at=now() + _VALID,
    )
    session.add(upload)
    session.flush()
    return upload


def get(session: Session, workspace_id: str, upload_id: str) -> Upload:
    """An upload, whatever its state.

    Raises:
        CountenanceError: service.upload_unknown; also of another workspace's.
    """
    upload = session.get(Upload, upload_id)
    if upload is None or upload.workspace_id != workspace_id:
        raise refused(UPLOAD_UNKNOWN)
    return upload


def by_link(session: Session, consent_request_id: str, upload_id: str) -> Upload:
    """An upload that came by this link, whatever its state.

    Raises:
        CountenanceError: service.upload_unknown; also of one that came otherwise.
    """
    upload = session.get(Upload, upload_id)
    if upload is None or upload.consent_request_id != consent_request_id:
        raise refused(UPLOAD_UNKNOWN)
    return upload


def open_one(session: Session, workspace_id: str, upload_id: str) -> Upload:
    """An upload that takes parts.

    Raises:
        CountenanceError: service.upload_unknown, service.upload_closed.
    """
    upload = get(session, workspace_id, upload_id)
    if upload.state != OPEN:
        raise refused(UPLOAD_CLOSED, f"It is {upload.state}.")
    if upload.expires_at <= now():
        raise refused(UPLOAD_CLOSED, "Its time is over.")
    return upload


def _not_too_many(session: Session, workspace_id: str) -> None:
    query = select(func.count()).where(
        Upload.workspace_id == workspace_id,
        Upload.consent_request_id.is_(None),  # whoever has a link cannot keep out those who have a key
        Upload.state == OPEN,
        Upload.expires_at > now(),
    )
    found = session.scalar(query) or 0
    if found >= (UPLOADS_OPEN.limit or 0):
        raise refused(UPLOADS_OPEN, measured=float(found))


def _not_too_many_by_link(session: Session, consent_request_id: str) -> None:
    """All that ever began counts: a link is good for a few tries."""
    found = session.scalar(select(func.count()).where(Upload.consent_request_id == consent_request_id)) or 0
    if found >= (LINK_UPLOADS.limit or 0):
        raise refused(LINK_UPLOADS, measured=float(found))
