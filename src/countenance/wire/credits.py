"""Credits: how many there are, and what became of them."""

from __future__ import annotations

from pydantic import Field

from countenance.wire.message import Message


class BalanceBody(Message):
    """Of one unit; `granted` is the sum of all others."""

    unit: str = Field(description="`training` or `video_second`")
    granted: int
    available: int
    held: int = Field(description="By work in progress.")
    spent: int
    expired: int


class LineBody(Message):
    """One movement; `change` is what it did to what is available."""

    id: int
    at: str
    unit: str
    kind: str = Field(description="`grant`, `hold`, `capture`, `release` or `expire`")
    amount: int
    change: int
    subject_kind: str | None = None
    subject_id: str | None = None
    reason: str = ""
