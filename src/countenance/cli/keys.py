"""The commands on API keys: list, create, revoke."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from countenance.cli.exits import Exit
from countenance.cli.operator import Data, WorkspaceId, opened, workspace_of
from countenance.cli.options import Json
from countenance.cli.output import console, print_json, print_rows
from countenance.cli.remote import is_url

if TYPE_CHECKING:
    from countenance.service.db.tables import ApiKey
    from countenance.settings import Settings

app = typer.Typer(name="keys", help="API keys of a workspace, on the machine of the server.", no_args_is_help=True)

_GUESSED = "No server says that it works with this data folder: the address is a guess. If it is wrong, give --url."


@app.command("list")
def list_keys(workspace: WorkspaceId = None, data: Data = None, json: Json = False) -> Exit:
    """List the keys of a workspace; their secrets are not known here."""
    from countenance.service.accounts import keys

    with opened(data) as service, service.database.reading() as session:
        rows = keys.listed(session, workspace_of(session, workspace).id)
    if json:
        print_json({"ok": True, "keys": [_told(row) for row in rows]})
        return Exit.OK
    print_rows(
        console(),
        "Keys",
        [("id", "name", "role", "state"), *((row.id, row.name, row.role, _told(row)["state"]) for row in rows)],
    )
    return Exit.OK


@app.command()
def create(
    name: Annotated[str, typer.Option(help="What it is for.", show_default=False)],
    role: Annotated[str, typer.Option(help="owner, editor or viewer.")] = "editor",
    scope: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="Narrows the role down, such as videos:write; may be given again.", show_default=False),
    ] = None,
    address: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="A network it may be used from, such as 10.1.0.0/16; may be repeated.", show_default=False),
    ] = None,
    days: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(min=0.001, help="After how many days it expires.", show_default=False),
    ] = None,
    workspace: WorkspaceId = None,
    data: Data = None,
    json: Json = False,
) -> Exit:
    """Make a key and show it, this once."""
    from countenance.service.accounts import audit, keys
    from countenance.service.clock import now

    until = None if days is None else now() + timedelta(days=days)
    with opened(data) as service, service.database.transaction() as session:
        workspace_id = workspace_of(session, workspace).id
        made = keys.create(session, workspace_id, name, role, scope or (), address or (), until)
        audit.record(session, "command", workspace_id, "key.create", "key", made.row.id)
    if json:
        print_json({"ok": True, "key": {**_told(made.row), "text": made.text}})
        return Exit.OK
    console(stderr=True).print("Keep it: it is not shown again.")
    typer.echo(made.text)
    return Exit.OK


@app.command()
def link(
    key: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="ID", help="A key's public part; without it, the newest owner's.", show_default=False),
    ] = None,
    url: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="The server's address, where it is not known here.", show_default=False),
    ] = None,
    workspace: WorkspaceId = None,
    data: Data = None,
    json: Json = False,
) -> Exit:
    """Make a link that signs a browser in as the bearer of a key, once and within a quarter of an hour."""
    from countenance.service.accounts import audit, keys, sessions
    from countenance.service.accounts.errors import KEY_UNKNOWN
    from countenance.service.address import address
    from countenance.service.errors import refused

    if url is not None and not is_url(url):
        raise typer.BadParameter("--url is an address such as https://studio.example.org")
    with opened(data) as service, service.database.transaction() as session:
        workspace_id = workspace_of(session, workspace).id
        base = url or _known_address(service.settings)
        settings = service.settings.model_copy(update={"public_url": base})
        key_id = (
            sessions.owners_key(session, workspace_id) if key is None else keys.found(session, workspace_id, key).id
        )
        if key_id is None:
            raise refused(KEY_UNKNOWN, "No owner's key is left that is good from everywhere.")
        made = address(settings, f"sign-in/{sessions.make_link(session, key_id)}")
        audit.record(session, "command", workspace_id, "session.link", "key", key_id)
    if json:
        print_json({"ok": True, "url": made, "key_id": key_id, "address_known": base is not None})
        return Exit.OK
    if base is None:
        console(stderr=True).print(_GUESSED, soft_wrap=True)
    typer.echo(made)
    return Exit.OK


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(metavar="ID", help="The public part of the key.", show_default=False)],
    workspace: WorkspaceId = None,
    data: Data = None,
    json: Json = False,
) -> Exit:
    """Revoke a key, from now on and for good."""
    from countenance.service.accounts import audit, keys

    with opened(data) as service, service.database.transaction() as session:
        workspace_id = workspace_of(session, workspace).id
        row = keys.revoke(session, workspace_id, key)
        audit.record(session, "command", workspace_id, "key.revoke", "key", row.id)
    if json:
        print_json({"ok": True, "key": _told(row)})
    else:
        console().print(f"The key {row.id} ({row.name}) is revoked.", soft_wrap=True)
    return Exit.OK


def _known_address(settings: Settings) -> str | None:
    """Where the server is reached: as the settings say, or as the one says that runs; None if that is not known."""
    from countenance.service.jobs.lease import owners_address

    return settings.public_url or owners_address(settings)


def _told(row: ApiKey) -> dict[str, Any]:
    from countenance.service.clock import now

    expired = row.expires_at is not None and row.expires_at <= now()
    return {
        "id": row.id,
        "name": row.name,
        "role": row.role,
        "scopes": row.scopes,
        "allowed_addresses": row.allowed_addresses,
        "state": "revoked" if row.revoked_at else "expired" if expired else "active",
        "created_at": row.created_at.isoformat(timespec="seconds"),
        "expires_at": row.expires_at and row.expires_at.isoformat(timespec="seconds"),
        "last_used_at": row.last_used_at and row.last_used_at.isoformat(timespec="seconds"),
    }
