"""Uploads as they are answered."""

from __future__ import annotations

from countenance.service.context import Service
from countenance.service.db.tables import Upload
from countenance.service.uploads.links import part_links
from countenance.wire.times import iso_ms
from countenance.wire.uploads import PartBody, UploadBody


def without_parts(row: Upload) -> UploadBody:
    """An upload, as far as it is known inside a transaction."""
    return UploadBody(
        upload_id=row.id,
        filename=row.filename,
        bytes=row.bytes,
        part_bytes=row.part_bytes,
        state=row.state,
        sha256=row.sha256,
        content_type=row.content_type,
        media=row.media,
        created_at=iso_ms(row.created_at),
        expires_at=iso_ms(row.expires_at),
    )


def with_parts(body: UploadBody, service: Service, workspace_id: str, base_url: str) -> UploadBody:
    """The same with the parts that are missing; call it outside of a transaction."""
    missing = part_links(service, workspace_id, body.upload_id, base_url)
    parts = [PartBody(number=part.number, url=part.url, bytes=part.bytes) for part in missing]
    return body.model_copy(update={"parts": parts})
