"""The workspace, its keys, and who did what in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session

from countenance.api.call import ONCE, Call, ReadAccount, ReadCredits, WriteAccount
from countenance.api.problem import problems
from countenance.service.accounts import audit, keys, workspaces
from countenance.service.clock import now
from countenance.service.db.tables import ApiKey, AuditEntry, Workspace
from countenance.wire.message import Page
from countenance.wire.times import iso_ms
from countenance.wire.workspace import (
    AuditBody,
    AuditPage,
    CreatedKey,
    CreateKey,
    KeyBody,
    UpdateWorkspace,
    WorkspaceBody,
)

router = APIRouter(prefix="/v2/workspace", tags=["workspace"])


@router.get("")
def get(call: ReadCredits) -> WorkspaceBody:
    """Whose key this is, and what it may do."""
    with call.reading() as session:
        return _workspace(call, workspaces.found(session, call.workspace_id))


@router.patch("")
def update(body: UpdateWorkspace, call: WriteAccount) -> WorkspaceBody:
    """Give it another name, or say for how long footage is kept."""
    with call.transaction() as session:
        found = workspaces.found(session, call.workspace_id)
        if body.name is not None:
            workspaces.rename(session, call.workspace_id, body.name)
        if "keep_footage_days" in body.model_fields_set:
            workspaces.keep_footage(session, call.workspace_id, body.keep_footage_days)
        call.note(session, "workspace.update", "workspace", call.workspace_id)
        return _workspace(call, found)


@router.get("/keys")
def listed(call: ReadAccount) -> Page[KeyBody]:
    """All keys, newest first, also those that expired or were revoked."""
    with call.reading() as session:
        found = keys.listed(session, call.workspace_id)
    return Page(data=[_body(row) for row in found], total_count=len(found))


@router.post(
    "/keys", status_code=201, dependencies=[ONCE], responses=problems(409, 410, 422), response_model=CreatedKey
)
def create(body: CreateKey, call: WriteAccount) -> Response:
    """A new key, which may do no more than the one that makes it. It is shown this once."""

    def work(session: Session) -> CreatedKey:
        expires_at = now() + timedelta(days=body.expires_in_days) if body.expires_in_days else None
        made = keys.create(
            session,
            call.workspace_id,
            body.name,
            body.role,
            body.scopes,
            body.allowed_addresses,
            expires_at=expires_at,
            by=call.actor,
        )
        call.note(session, "key.create", "key", made.row.id)
        return CreatedKey(**_body(made.row).model_dump(), api_key=made.text)

    return call.once(work, 201, kept=lambda made: made.model_copy(update={"api_key": None}))


@router.delete("/keys/{key_id}", status_code=204)
def revoke(key_id: str, call: WriteAccount) -> None:
    """From now on nobody comes in with it."""
    with call.transaction() as session:
        keys.revoke(session, call.workspace_id, key_id)
        call.note(session, "key.revoke", "key", key_id)


@router.get("/audit")
def entries(
    call: ReadAccount,
    limit: Annotated[int, Query(description=f"1 to {audit.MOST}")] = 50,
    before: Annotated[int | None, Query(description="From the page before: its `before`.", ge=0, lt=2**31)] = None,
    subject_id: str | None = None,
) -> AuditPage:
    """Who looked at whose face or voice, and who changed who may; newest first."""
    with call.reading() as session:
        page = audit.listed(session, call.workspace_id, min(max(limit, 1), audit.MOST), before, subject_id)
    return AuditPage(data=[_entry(row) for row in page.entries], before=page.before)


def _workspace(call: Call, row: Workspace) -> WorkspaceBody:
    return WorkspaceBody(
        workspace_id=row.id,
        name=row.name,
        keep_footage_days=row.keep_footage_days,
        key_id=call.actor.key_id,
        role=call.actor.role,
        scopes=sorted(call.actor.scopes),
    )


def _body(row: ApiKey) -> KeyBody:
    return KeyBody(
        key_id=row.id,
        name=row.name,
        role=row.role,
        scopes=list(row.scopes),
        allowed_addresses=list(row.allowed_addresses),
        made_by=row.made_by,
        created_at=iso_ms(row.created_at),
        expires_at=iso_ms(row.expires_at) if row.expires_at else None,
        revoked_at=iso_ms(row.revoked_at) if row.revoked_at else None,
        last_used_at=iso_ms(row.last_used_at) if row.last_used_at else None,
    )


def _entry(row: AuditEntry) -> AuditBody:
    return AuditBody(
        id=row.id,
        at=iso_ms(row.at),
        actor=row.actor,
        action=row.action,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        address=row.address,
        request_id=row.request_id,
    )
