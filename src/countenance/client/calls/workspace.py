"""The workspace: its keys, its credits, and who did what in it."""

from __future__ import annotations

from countenance.client import call
from countenance.client.call import Call, path
from countenance.wire.credits import BalanceBody, LineBody
from countenance.wire.message import Page
from countenance.wire.workspace import AuditPage, CreatedKey, CreateKey, KeyBody, UpdateWorkspace, WorkspaceBody

_PLACE = ("v2", "workspace")
_CREDITS = ("v2", "credits")


def get() -> Call[WorkspaceBody]:
    """Whose key this is, and what it may do."""
    return call.get(WorkspaceBody, path(*_PLACE))


def update(wanted: UpdateWorkspace) -> Call[WorkspaceBody]:
    """Give it another name, or say for how long footage is kept."""
    return call.change(WorkspaceBody, path(*_PLACE), wanted)


def keys() -> Call[Page[KeyBody]]:
    """All keys, newest first, also those that expired or were revoked."""
    return call.get(Page[KeyBody], path(*_PLACE, "keys"))


def create_key(wanted: CreateKey, idempotency_key: str | None = None) -> Call[CreatedKey]:
    """A new key; it is told this once."""
    return call.create(CreatedKey, path(*_PLACE, "keys"), wanted, idempotency_key)


def revoke_key(key_id: str) -> Call[None]:
    """From now on nobody comes in with it."""
    return call.delete(path(*_PLACE, "keys", key_id))


def audit(limit: int = 50, before: int | None = None, *, subject_id: str | None = None) -> Call[AuditPage]:
    """Who looked at whose face or voice, and who changed who may; newest first."""
    return call.get(AuditPage, path(*_PLACE, "audit", limit=limit, before=before, subject_id=subject_id))


def credits() -> Call[Page[BalanceBody]]:
    """What there is of each unit."""
    return call.get(Page[BalanceBody], path(*_CREDITS))


def statement(
    limit: int = 10, page: int = 1, *, unit: str | None = None, month: str | None = None
) -> Call[Page[LineBody]]:
    """Every movement of credits, the latest first; of a month such as `2026-11` if one is named."""
    return call.get(Page[LineBody], path(*_CREDITS, "statement", limit=limit, page=page, unit=unit, month=month))
