"""Files that come in parts and may be taken up again."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from countenance.wire.message import Message, Request


class BeginUpload(Request):
    """A file that is to come."""

    filename: str = Field(min_length=1, max_length=255, pattern=r"\S")
    bytes: int = Field(gt=0, le=2**40, description="Its size.")
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$", description="If it is known.")


class PartBody(Message):
    """A part that is to be sent with PUT."""

    number: int = Field(description="From 1.")
    url: str
    bytes: int


class UploadBody(Message):
    """An upload, and what of it is still missing."""

    upload_id: str
    filename: str
    bytes: int
    part_bytes: int
    state: str = Field(description="`open`, `complete` or `deleted`")
    parts: list[PartBody] = Field(default=[], description="Those that are missing, to be sent in any order.")
    sha256: str | None = None
    content_type: str | None = None
    media: dict[str, Any] | None = Field(default=None, description="What was found in it when it was complete.")
    created_at: str
    expires_at: str
