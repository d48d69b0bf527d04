"""The command line: its commands, and what becomes of whatever goes wrong in them."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated, Any, NoReturn

import typer

from countenance import __version__
from countenance.cli import (
    archive,
    consent,
    credits,
    demo,
    doctor,
    engines,
    inspect,
    keys,
    over_http,
    protect,
    say,
    serve,
    studio,
    voices,
)
from countenance.cli.errors import INTERNAL, INTERRUPTED, TERMINATED, USAGE, refused_by_disk
from countenance.cli.exits import Exit, exit_for
from countenance.cli.output import report_failure
from countenance.errors import CountenanceError, Finding

app = typer.Typer(
    name="countenance",
    help="Digital replicas of people, on your own machine, with proof that the person agreed.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _command in (
    studio.check,
    studio.train,
    say.say,
    inspect.inspect,
    archive.export,
    archive.upgrade,
    studio.statement,
    voices.voices,
    engines.engines,
    demo.demo,
    doctor.doctor,
    serve.serve,
    serve.worker,
    serve.migrate,
):
    app.command()(_command)
app.command("import")(archive.import_replica)
app.add_typer(consent.app)
app.add_typer(protect.app)
app.add_typer(keys.app)
app.add_typer(credits.app)
for _group in over_http.GROUPS:
    app.add_typer(_group)

_JUDGES = ("check", "train", "inspect")


def main() -> NoReturn:
    """The entry point of `countenance`."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        code = run(sys.argv[1:])
    except SystemExit as end:
        if end.code != Exit.TERMINATED:
            raise
        code = Exit.TERMINATED
    if code in (Exit.INTERRUPTED, Exit.TERMINATED):
        _leave(code)
    sys.exit(code)


def _leave(code: int) -> NoReturn:
    """End the process at once; by now everything half-finished is gone.

    Whoever is stopped while a library starts a thread may leave a thread that nobody ends, and an orderly exit would
    wait for it for ever.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code (see `Exit`); problems are told, never raised."""
    as_json = "--json" in arguments
    judges = bool(arguments) and arguments[0] in _JUDGES
    try:
        code = int(typer.main.get_command(app)(list(arguments), prog_name="countenance", standalone_mode=False) or 0)
    except CountenanceError as error:
        report_failure(error.findings, as_json=as_json)
        return exit_for(error.finding, judges_material=judges)
    except typer.TyperException as error:
        return _usage(error, as_json=as_json)
    except SystemExit as end:
        if end.code != Exit.TERMINATED:
            raise
        report_failure([Finding(TERMINATED)], as_json=as_json)
        return Exit.TERMINATED
    except Exception as error:
        if (full := refused_by_disk(error)) is not None:
            report_failure([full], as_json=as_json)
            return exit_for(full, judges_material=judges)
        return _unexpected(error, as_json=as_json)
    if code == Exit.INTERRUPTED:
        report_failure([Finding(INTERRUPTED)], as_json=as_json)
    return code


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"countenance {__version__}")
        raise typer.Exit(Exit.OK)


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    pass


def _usage(error: Any, *, as_json: bool) -> Exit:
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        return Exit.USAGE
    if not as_json and context is not None:
        typer.echo(context.get_usage(), err=True)
    report_failure([Finding(USAGE, detail=error.format_message())], as_json=as_json)
    return Exit.USAGE


def _unexpected(error: Exception, *, as_json: bool) -> Exit:
    traceback.print_exception(error)
    report_failure([Finding(INTERNAL, detail=f"{type(error).__name__}: {error}")], as_json=as_json)
    return Exit.INTERNAL


def _terminated(signal_number: int, frame: object) -> NoReturn:
    # An exception, so that everything half-finished is cleaned up on the way out.
    sys.exit(Exit.TERMINATED)
