"""Workspaces: what owns replicas, videos and credits."""

from __future__ import annotations

import math

from sqlalchemy import select
from sqlalchemy.orm import Session

from countenance.service.accounts.errors import WORKSPACE_UNKNOWN
from countenance.service.clock import now
from countenance.service.credits.ledger import TRAINING, VIDEO_SECOND, grant
from countenance.service.db.tables import Workspace
from countenance.service.errors import REQUEST_INVALID, refused
from countenance.service.ids import new_id
from countenance.settings import Settings
from countenance.wire.patterns import is_blank


def create(session: Session, settings: Settings, name: str) -> Workspace:
    """A new workspace, with what the settings grant to a new one.

    Raises:
        CountenanceError: service.request_invalid for a name that is empty or longer than 255 characters.
    """
    workspace = Workspace(id=new_id("w"), name=_checked(name), keep_footage_days=None, created_at=now())
    session.add(workspace)
    session.flush()
    first = {TRAINING: settings.first_grant_trainings, VIDEO_SECOND: settings.first_grant_video_seconds}
    for unit, amount in first.items():
        if amount:
            grant(session, workspace.id, unit, amount, "first grant")
    return workspace


def found(session: Session, workspace_id: str) -> Workspace:
    """Raises CountenanceError service.workspace_unknown."""
    workspace = session.get(Workspace, workspace_id)
    if workspace is None:
        raise refused(WORKSPACE_UNKNOWN)
    return workspace


def take_turns(session: Session, workspace_id: str) -> None:
    """Wait until nobody else who counts what a workspace has is about to add to it; called before counting."""
    # Not against foreign keys that point here: whoever adds without counting does not wait.
    session.execute(select(Workspace.id).where(Workspace.id == workspace_id).with_for_update(key_share=True))


def listed(session: Session) -> list[Workspace]:
    """All workspaces, the oldest first."""
    return list(session.scalars(select(Workspace).order_by(Workspace.created_at, Workspace.id)))


def rename(session: Session, workspace_id: str, name: str) -> Workspace:
    """Raises CountenanceError service.workspace_unknown, service.request_invalid."""
    workspace = found(session, workspace_id)
    workspace.name = _checked(name)
    return workspace


def keep_footage(session: Session, workspace_id: str, days: float | None) -> Workspace:
    """For how many days after training footage is kept; None for as long as the server's setting says.

    Raises:
        CountenanceError: service.workspace_unknown, service.request_invalid.
    """
    if days is not None and not (math.isfinite(days) and days >= 0):
        raise refused(REQUEST_INVALID, "Days are zero or more.")
    workspace = found(session, workspace_id)
    workspace.keep_footage_days = days
    return workspace


def _checked(name: str) -> str:
    if is_blank(name) or len(name.strip()) > 255:
        raise refused(REQUEST_INVALID, "The name of a workspace has 1 to 255 characters.")
    return name.strip()
