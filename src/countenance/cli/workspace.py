"""`countenance workspace`: whose key this is, and what belongs to it on a server."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from countenance.cli.exits import Exit
from countenance.cli.options import Json
from countenance.cli.remote import Key, Limit, Once, PageNumber, Url, connected, wanted
from countenance.cli.told import tell, tell_done, tell_list

app = typer.Typer(name="workspace", help="A workspace on a server, by a key to it.", no_args_is_help=True)
_KEYS = ("key_id", "name", "role", "scopes", "created_at", "expires_at", "revoked_at", "last_used_at")
_VOICES = ("voice_id", "label", "tags", "languages", "ready", "replica_id")
_AUDIT = ("at", "actor", "action", "subject_kind", "subject_id", "address")
_UNITS = ("unit", "available", "held", "spent", "expired", "granted")
_LINES = ("at", "unit", "kind", "change", "after", "subject_id", "reason")


@app.command()
def show(url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """Show whose key this is, and what it may do."""
    with connected(url, key) as client:
        return tell("workspace", client.workspace.get(), as_json=json)


@app.command()
def update(
    name: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Its new name.", show_default=False),
    ] = None,
    keep_footage_days: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(min=0.0, help="Days after training at which footage is deleted.", show_default=False),
    ] = None,
    keep_footage_as_server: Annotated[
        bool, typer.Option("--keep-footage-as-server", help="Footage is kept as long as the server's own rule says.")
    ] = False,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """Give the workspace another name, or say for how long footage is kept."""
    from countenance.wire.workspace import UpdateWorkspace

    if keep_footage_as_server and keep_footage_days is not None:
        raise typer.BadParameter("give either --keep-footage-days or --keep-footage-as-server")
    given = wanted(UpdateWorkspace, name=name, keep_footage_days=keep_footage_days)
    if keep_footage_as_server:
        given = UpdateWorkspace.model_validate({**given.model_dump(exclude_unset=True), "keep_footage_days": None})
    if not given.model_fields_set:
        raise typer.BadParameter("say what is to be changed")
    with connected(url, key) as client:
        return tell("workspace", client.workspace.update(given), as_json=json)


@app.command()
def keys(url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """List the workspace's keys, newest first."""
    with connected(url, key) as client:
        found = client.workspace.keys()
    return tell_list("keys", found.data, _KEYS, as_json=json, total_count=found.total_count)


@app.command("create-key")
def create_key(
    name: Annotated[str, typer.Option(help="What it is for.", show_default=False)],
    role: Annotated[str, typer.Option(help="owner, editor or viewer.")] = "editor",
    scope: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="Narrows the role down, such as videos:write; may be repeated.", show_default=False),
    ] = None,
    address: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="A network it may be used from, such as 10.1.0.0/16; may be repeated.", show_default=False),
    ] = None,
    days: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(min=0.001, help="After how many days it expires.", show_default=False),
    ] = None,
    once: Once = None,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """Make a key that may do no more than yours. It is shown this once."""
    from countenance.wire.workspace import CreateKey

    given = wanted(
        CreateKey,
        name=name,
        role=role,
        scopes=scope or None,
        allowed_addresses=address or None,
        expires_in_days=days,
    )
    with connected(url, key) as client:
        return tell("key", client.workspace.create_key(given, once), as_json=json)


@app.command("revoke-key")
def revoke_key(
    revoked: Annotated[str, typer.Argument(metavar="ID", help="The public part of the key.", show_default=False)],
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """Revoke a key, from now on and for good."""
    with connected(url, key) as client:
        client.workspace.revoke_key(revoked)
    return tell_done(f"The key {revoked} is revoked.", as_json=json, key_id=revoked)


@app.command()
def audit(
    subject: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="ID", help="Of one replica, video, key, ...", show_default=False),
    ] = None,
    before: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(help="The next page: what the page before says.", show_default=False),
    ] = None,
    limit: Limit = 50,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """List who looked at whose face or voice, and who changed who may; newest first."""
    with connected(url, key) as client:
        found = client.workspace.audit(limit, before, subject_id=subject)
    return tell_list("audit", found.data, _AUDIT, as_json=json, before=found.before)


@app.command("credits")
def show_credits(url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """Show what there is of each unit."""
    with connected(url, key) as client:
        found = client.workspace.credits()
    return tell_list("balances", found.data, _UNITS, as_json=json, total_count=found.total_count)


@app.command()
def statement(
    unit: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="training or video_second.", show_default=False),
    ] = None,
    month: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Such as 2026-11; in UTC.", show_default=False),
    ] = None,
    limit: Limit = 20,
    page: PageNumber = 1,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """List every movement of credits, the latest first."""
    with connected(url, key) as client:
        found = client.workspace.statement(limit, page, unit=unit, month=month)
    return tell_list("lines", found.data, _LINES, as_json=json, total_count=found.total_count)


@app.command()
def voices(
    search: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Part of an id, a label or a tag.", show_default=False),
    ] = None,
    tag: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="stock, personal, female, male, a language, ...", show_default=False),
    ] = None,
    limit: Limit = 50,
    page: PageNumber = 1,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """List the voices that the server's replicas can speak with."""
    with connected(url, key) as client:
        found = client.voices.list(limit, page, search=search, tag=tag)
    return tell_list("voices", found.data, _VOICES, as_json=json, total_count=found.total_count)


@app.command()
def voice(
    voice: Annotated[str, typer.Argument(metavar="ID", help="The voice's id.", show_default=False)],
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """Show one voice of the server."""
    with connected(url, key) as client:
        return tell("voice", client.voices.get(voice), as_json=json)
