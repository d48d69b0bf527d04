"""Statements, and links by which a person records one."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from countenance.wire.message import Message, Request
from countenance.wire.patterns import EMAIL, NOT_BLANK


class WantStatement(Request):
    """Whose statement, in which language."""

    full_name: str = Field(min_length=1, max_length=255, pattern=NOT_BLANK)
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
    email: str | None = Field(default=None, max_length=320, pattern=EMAIL, description="Who is written to.")


class ConsentRequestBody(Message):
    """A link, and what became of it."""

    request_id: str
    replica_id: str
    state: str = Field(description="`open`, `recorded`, `declined`, `expired`, `withdrawn`, or `revoked` by the person")
    url: str | None = Field(default=None, description="The link; told once, when it is made.")
    language: str
    created_at: str
    expires_at: str
    answered_at: str | None = None
    revoked_at: str | None = Field(default=None, description="When the person took back what they had agreed to.")


class Agreed(Message):
    """What a person has agreed to by a link, for themselves."""

    full_name: str
    statement: str = Field(description="The words that were to be spoken.")
    language: str
    agreed_at: str
    standing: Literal["checking", "active", "unused", "deleted"] = Field(
        description="`checking` until there is a receipt; `unused`: nothing came of it; `deleted`: its replica is "
        "deleted, while recordings are kept."
    )


class ConsentPage(Message):
    """What the person sees who opens the link: who asks, and the words to say; later what they have agreed to."""

    state: str = Field(
        description="`open`, `recorded`, `declined`, `expired`, `withdrawn`; `revoked`: the person took it back; "
        "`ended`: the organisation did, or erased the replica."
    )
    organisation: str
    full_name: str
    language: str
    expires_at: str
    statement: StatementBody | None = Field(default=None, description="New words each time the link is opened.")
    agreed: Agreed | None = Field(default=None, description="What was recorded, as long as it can be taken back.")
    receipt_id: str | None = Field(
        default=None,
        description="Of the signed receipt, where the page has a signed record: of what stands, or that the person "
        "took it back.",
    )
    revoked_at: str | None = None
    erased_at: str | None = Field(default=None, description="When everything was erased, here and in all stores.")


class RecordConsent(Request):
    """The recorded statement."""

    upload_id: str = Field(min_length=1, max_length=40)
    phrase_id: str = Field(min_length=1, max_length=40, description="Of the words that were shown.")


class RevokeConsent(Request):
    """Taking back what one has agreed to, for good."""

    confirm: Literal["revoke"] = Field(description="Everything that was made under it will be erased.")


class SignedRecord(Message):
    """A record with a signature: the file, and what it says."""

    text: str = Field(description="The file: a JSON Web Signature (RFC 7515) in one line.")
    content: dict[str, Any] = Field(description="What it says, as docs/consent-receipts.md describes it.")


class ReceiptBody(Message):
    """Who agreed to what, or declared what, and what became of it."""

    receipt_id: str
    standing: Literal["active", "revoked"]
    verified: bool = Field(description="Signed with a key that is trusted here, and not one byte changed since.")
    problem: str | None = Field(default=None, description="Why it is not verified.")
    text: str = Field(description="The file: a JSON Web Signature (RFC 7515) in one line.")
    content: dict[str, Any] | None = Field(description="What it says; null where it is no receipt any more.")
    public_key: str | None = Field(
        default=None, description="Of the key that signed it, in PEM, to verify it anywhere."
    )
    revocation: SignedRecord | None = None
    deletion: SignedRecord | None = Field(default=None, description="What became of every file that was held under it.")


class RevokeReceipt(Request):
    """Taking it back, for good."""

    confirm: Literal["revoke"] = Field(description="Everything that was made under it will be erased.")
    reason: str = Field(default="", max_length=500, description="For the signed record, which stays.")
