"""`countenance serve`, `worker` and `migrate`: the service and its parts."""

from __future__ import annotations

import signal
import sys
import threading
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from countenance.cli.exits import Exit
from countenance.cli.operator import Data, settings_for
from countenance.cli.options import Json
from countenance.cli.output import console, print_json

if TYPE_CHECKING:
    from countenance.server.serve import Started

_QUEUES = ("check", "train", "render", "notify")
"""`service.jobs.queue.QUEUES`, which is imported only where a command needs it."""


def serve(
    host: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="The address to listen on; without it, as the settings have it.", show_default=False),
    ] = None,
    port: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(min=0, max=65535, help="The port to listen on; 0 for any that is free.", show_default=False),
    ] = None,
    data: Data = None,
    worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Whether the work is done in this process too.")
    ] = True,
    json: Json = False,
) -> Exit:
    """Serve pages and API, and do the work: everything in one process, with nothing else to install."""
    from countenance.server.logs import configure_logs
    from countenance.server.serve import serve as serve_all

    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = settings_for(data).model_copy(update=given)
    configure_logs(settings)

    def started(what: Started) -> None:
        if json:
            key = {} if what.api_key is None else {"api_key": what.api_key}
            link = {} if what.sign_in is None else {"sign_in": what.sign_in}
            print_json({"url": what.url, **key, **link, "data": what.data})
            return
        target = console()
        target.print(f"Countenance serves {what.url} with the data in {what.data}.", soft_wrap=True)
        if what.api_key is not None:
            target.print("The API key of the new workspace; keep it, it is not shown again:", soft_wrap=True)
            typer.echo(what.api_key)
        if what.sign_in is not None and (what.api_key is not None or sys.stdout.isatty()):
            target.print("To sign in with a browser, once and within a quarter of an hour:", soft_wrap=True)
            typer.echo(what.sign_in)

    serve_all(settings, started, with_worker=worker)
    return Exit.OK


def worker(
    queue: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="check, train, render or notify; may be repeated. Without it, all.", show_default=False),
    ] = None,
    data: Data = None,
    json: Json = False,
) -> Exit:
    """Do work for a server elsewhere: on the same database, with the same object store."""
    from countenance.server.logs import configure_logs
    from countenance.server.serve import work

    wanted = tuple(dict.fromkeys(queue or _QUEUES))
    if unknown := [name for name in wanted if name not in _QUEUES]:
        raise typer.BadParameter(f"no such queue: {', '.join(unknown)}; there are {', '.join(_QUEUES)}")
    settings = settings_for(data)
    configure_logs(settings)
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())

    def wait() -> None:
        if json:
            print_json({"ok": True, "queues": wanted, "data": str(settings.data_dir)})
        over.wait()

    work(settings, wanted, wait)
    return Exit.OK


def migrate(data: Data = None, json: Json = False) -> Exit:
    """Bring the database up to what this version needs; `serve` and `worker` do so too."""
    from countenance.server.installation import installation

    with installation(settings_for(data)) as service:
        kind = service.database.engine.dialect.name
    if json:
        print_json({"ok": True, "database": kind})
    else:
        console().print(f"The tables of the {kind} database are as they should be.", soft_wrap=True)
    return Exit.OK
