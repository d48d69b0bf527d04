"""A file that comes with the software becomes an upload of a workspace, as if its people had sent it."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from countenance.media.limits import limits_from
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import Upload
from countenance.service.uploads import begin, bucket
from countenance.service.uploads.look import look

_VALID = timedelta(days=1)


def put(service: Service, upload_id: str, path: Path) -> dict[str, Any]:
    """Store the file for an upload that `note` is told of next; what is in it. Repeating it changes nothing.

    Reads the file and decodes its beginning: call it outside of a transaction.

    Raises:
        CountenanceError: service.store_unreachable.
    """
    media = look(path, path.name, limits_from(service.settings))
    service.objects.put(bucket.key_of(upload_id), path, media["content_type"])
    return {**media, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def note(session: Session, workspace_id: str, upload_id: str, path: Path, media: dict[str, Any]) -> Upload:
    """The complete upload of what was put."""
    moment, size = now(), path.stat().st_size
    told = dict(media)
    upload = Upload(
        id=upload_id,
        workspace_id=workspace_id,
        filename=path.name,
        bytes=size,
        sha256=told.pop("sha256"),
        part_bytes=size,
        state=begin.COMPLETE,
        object_key=bucket.key_of(upload_id),
        content_type=told["content_type"],
        media=told,
        created_at=moment,
        completed_at=moment,
        expires_at=moment + _VALID,
    )
    session.add(upload)
    session.flush()
    return upload
