"""Credits: how many there are, and what became of them."""

from __future__ import annotations

from pydantic import Field

from countenance.wire.message import Message


class BalanceBody(Message):
    """Of one unit."""

    unit: str = Field(description="`training` or `video_second`")
    available: int
    held: int = Field(description="By work in progress.")
    spent: int
    expired: int


class CreditsBody(Message):
    """All units."""

    data: list[BalanceBody]
    total_count: int


class PostingBody(Message):
    """One movement."""

    at: str
    unit: str
    source: str = Field(description="`granted`, `available`, `held`, `spent` or `expired`")
    target: str
    amount: int
    reason: str = ""
    subject_kind: str | None = None
    subject_id: str | None = None
