"""`countenance members`: the people of a workspace on a server."""

from __future__ import annotations

from typing import Annotated

import typer

from countenance.cli.exits import Exit
from countenance.cli.options import Json
from countenance.cli.remote import Key, Once, Url, connected, wanted
from countenance.cli.told import tell, tell_done, tell_list

app = typer.Typer(name="members", help="The people of a workspace, who are written to.", no_args_is_help=True)
_COLUMNS = ("member_id", "email", "role", "notified", "created_at")


@app.command("list")
def list_members(url: Url = None, key: Key = None, json: Json = False) -> Exit:
    """List everybody."""
    with connected(url, key) as client:
        found = client.members.list()
    return tell_list("members", found.data, _COLUMNS, as_json=json, total_count=found.total_count)


@app.command()
def add(
    email: Annotated[str, typer.Argument(help="The person's address.", show_default=False)],
    role: Annotated[str, typer.Option(help="owner, editor or viewer.")] = "viewer",
    notified: Annotated[bool, typer.Option("--notified/--not-notified", help="Whether e-mails are sent.")] = True,
    once: Once = None,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """Add a person, or change what is known of them."""
    from countenance.wire.members import AddMember

    given = wanted(AddMember, email=email, role=role, notified=notified)
    with connected(url, key) as client:
        return tell("member", client.members.add(given, once), as_json=json)


@app.command()
def remove(
    member: Annotated[str, typer.Argument(metavar="ID", help="The member's id.", show_default=False)],
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> Exit:
    """Remove a person: from now on they are not written to."""
    with connected(url, key) as client:
        client.members.remove(member)
    return tell_done(f"The member {member} is removed.", as_json=json, member_id=member)
