"""What the first start of an installation makes: a workspace, and a key to it that is shown once."""

from __future__ import annotations

from countenance.service.accounts import keys, sessions, workspaces
from countenance.service.accounts.scopes import OWNER
from countenance.service.address import address
from countenance.service.context import Service

_NAME = "My workspace"


def first_key(service: Service) -> str | None:
    """The text of a new owner's key, if there was no workspace yet; it cannot be had a second time."""
    with service.database.transaction() as session:
        if workspaces.listed(session):
            return None
        workspace = workspaces.create(session, service.settings, _NAME)
        return keys.create(session, workspace.id, "first key", OWNER).text


def sign_in_link(service: Service) -> str | None:
    """A link that signs a browser in once, for whoever reads what the server prints: as an owner of the first
    workspace. None where no owner's key is left that is good from everywhere."""
    with service.database.transaction() as session:
        key_id = sessions.owners_key(session, workspaces.listed(session)[0].id)
        return None if key_id is None else address(service.settings, f"sign-in/{sessions.make_link(session, key_id)}")
