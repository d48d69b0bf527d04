"""`countenance server`: how a server is."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from countenance.cli.exits import Exit
from countenance.cli.options import Json
from countenance.cli.output import print_json
from countenance.cli.remote import Url, connected
from countenance.cli.told import tell

app = typer.Typer(name="server", help="How a server is; no key is needed.", no_args_is_help=True)


@app.command()
def health(url: Url = None, json: Json = False) -> Exit:
    """Say whether the server answers."""
    with connected(url, None) as client:
        return tell("health", client.server.alive(), as_json=json)


@app.command()
def ready(url: Url = None, json: Json = False) -> Exit:
    """Say whether the server can serve."""
    with connected(url, None) as client:
        found = client.server.ready()
    if found.status == "ok":
        return tell("health", found, as_json=json)
    if json:
        print_json({"ok": False, "health": found.model_dump()})
    else:
        typer.echo(found.status, err=True)
    return Exit.INTERNAL


@app.command()
def metrics(
    token: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="The server's `metrics_token`, if it has one.", show_default=False),
    ] = None,
    url: Url = None,
    json: Json = False,
) -> Exit:
    """Print the server's figures in Prometheus's text format."""
    with connected(url, None) as client:
        text = client.server.metrics(token)
    if json:
        print_json({"ok": True, "metrics": text})
    else:
        typer.echo(text, nl=False)
    return Exit.OK
