"""The workspace and its keys."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from countenance.wire.message import Message, Name, Request


class WorkspaceBody(Message):
    """Whose key this is."""

    workspace_id: str
    name: str
    keep_footage_days: float | None = Field(description="Null: as the server's setting says.")
    key_id: str
    role: str
    scopes: list[str]


class CreateKey(Request):
    """A new key of this workspace."""

    name: Name
    role: Literal["owner", "editor", "viewer"] = "editor"
    scopes: list[str] = Field(default=[], max_length=50, description="Empty for all that the role allows.")
    allowed_addresses: list[str] = Field(default=[], max_length=100, description="Networks; empty for any.")
    expires_in_days: float | None = Field(default=None, gt=0, le=3650)


class KeyBody(Message):
    """A key without its secret."""

    key_id: str
    name: str
    role: str
    scopes: list[str]
    allowed_addresses: list[str]
    made_by: str | None = Field(default=None, description="The key that made it, whose revocation ends it too.")
    created_at: str
    expires_at: str | None = None
    revoked_at: str | None = None
    last_used_at: str | None = None


class CreatedKey(KeyBody):
    """A key, this once with its secret."""

    api_key: str | None = Field(description="Told once; null where the same was asked again.")


class AuditBody(Message):
    """One access, or one change of who may access."""

    id: int
    at: str
    actor: str = Field(description="`key:<id>`, `link`, `consent-link:<id>`, `worker` or `command`")
    action: str = Field(description="`replica.create`, `replica.media.read`, ...")
    subject_kind: str
    subject_id: str
    address: str
    request_id: str


class AuditPage(Message):
    """Entries, newest first."""

    data: list[AuditBody]
    before: int | None = Field(description="For the next page; null where this is the last.")


class UpdateWorkspace(Request):
    """A new name, other days, or both."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    name: Name | None = None
    keep_footage_days: float | None = Field(
        default=None, ge=0, description="Days after training at which footage is deleted; null for the server's own."
    )
