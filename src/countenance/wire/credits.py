"""Credits: how many there are, and what became of them."""

from __future__ import annotations

from pydantic import Field

from countenance.wire.message import Message


class HoldBody(Message):
    """Set aside for work that is not over yet."""

    amount: int
    subject_kind: str
    subject_id: str
    created_at: str


class GrantBody(Message):
    """Credits that were given, and of which something is left to take."""

    grant_id: str
    amount: int
    remaining: int
    reason: str
    created_at: str
    expires_at: str | None = Field(default=None, description="From then on what is left of them is gone.")


class BalanceBody(Message):
    """Of one unit; `granted` is the sum of all others."""

    unit: str = Field(description="`training` or `video_second`")
    granted: int
    available: int
    held: int = Field(description="By work in progress.")
    spent: int
    expired: int
    holds: list[HoldBody] = Field(default=[], description="What `held` consists of, the latest first.")
    grants: list[GrantBody] = Field(default=[], description="What `available` consists of; used in this order.")
    sums: dict[str, int] = Field(
        default={},
        description="What the statement's movements add up to by kind; `grant - hold + release - expire` is available.",
    )


class LineBody(Message):
    """One movement; `change` is what it did to what is available."""

    id: int
    at: str
    unit: str
    kind: str = Field(description="`grant`, `hold`, `capture`, `release` or `expire`")
    amount: int
    change: int
    after: int = Field(default=0, description="What of this unit was available then.")
    subject_kind: str | None = None
    subject_id: str | None = None
    reason: str = ""
