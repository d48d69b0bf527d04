"""The people of a workspace, who are written to."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from countenance.wire.message import Message, Request
from countenance.wire.patterns import EMAIL


class AddMember(Request):
    """A person; whoever is one already is changed."""

    email: str = Field(max_length=320, pattern=EMAIL)
    role: Literal["owner", "editor", "viewer"] = "viewer"
    notified: bool = Field(default=True, description="Whether e-mails are sent.")


class MemberBody(Message):
    """A person of this workspace."""

    member_id: str
    email: str
    role: str
    notified: bool
    created_at: str
