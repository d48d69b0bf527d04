"""Statements, and links by which a person records one."""

from __future__ import annotations

from pydantic import Field

from countenance.wire.message import Message, Request


class WantStatement(Request):
    """Whose statement, in which language."""

    full_name: str = Field(min_length=1, max_length=255, pattern=r"\S")
    language: str = Field(default="en", min_length=2, max_length=16)


class StatementBody(Message):
    """What the person is to read aloud, with words that are good once."""

    text: str
    language: str
    version: str = Field(description="Of the wording.")
    phrase_id: str
    words: list[str]
    expires_at: str


class AskConsent(Request):
    """Whom to ask, and where."""

    full_name: str | None = Field(default=None, max_length=255, description="If the replica does not name the person.")
    language: str | None = Field(default=None, min_length=2, max_length=16)
    email: str | None = Field(
        default=None, max_length=320, pattern=r"^[^@\s]+@[^@\s]+$", description="Who is written to."
    )


class ConsentRequestBody(Message):
    """A link, and what became of it."""

    request_id: str
    replica_id: str
    state: str = Field(description="`open`, `recorded`, `declined`, `expired` or `withdrawn`")
    url: str | None = Field(default=None, description="The link; told once, when it is made.")
    language: str
    created_at: str
    expires_at: str
    answered_at: str | None = None


class ConsentPage(Message):
    """What the person sees who opens the link: who asks, and the words to say."""

    state: str
    organisation: str
    full_name: str
    language: str
    expires_at: str
    statement: StatementBody | None = Field(default=None, description="New words each time the link is opened.")


class RecordConsent(Request):
    """The recorded statement."""

    upload_id: str = Field(min_length=1, max_length=40)
    phrase_id: str = Field(min_length=1, max_length=40, description="Of the words that were shown.")
