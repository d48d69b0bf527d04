"""What the first start of an installation makes: a workspace, and a key to it that is shown once."""

from __future__ import annotations

from countenance.service.accounts import keys, workspaces
from countenance.service.accounts.scopes import OWNER
from countenance.service.context import Service

_NAME = "My workspace"


def first_key(service: Service) -> str | None:
    """The text of a new owner's key, if there was no workspace yet; it cannot be had a second time."""
    with service.database.transaction() as session:
        if workspaces.listed(session):
            return None
        workspace = workspaces.create(session, service.settings, _NAME)
        return keys.create(session, workspace.id, "first key", OWNER).text
