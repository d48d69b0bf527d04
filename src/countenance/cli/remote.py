"""What the commands that ask a server share: which server, what is sent to it, and how its answers are shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional, TypeVar

import typer

from countenance.cli.errors import INTERRUPTED, TERMINATED
from countenance.cli.exits import Exit, exit_for
from countenance.cli.output import console, print_findings, print_json, print_pairs, printable, report_failure
from countenance.errors import CountenanceError, Finding, Rule

if TYPE_CHECKING:
    from pydantic import BaseModel
    from rich.table import Table

    from countenance.client import Client
    from countenance.progress import ProgressCallback

    Model = TypeVar("Model", bound=BaseModel)

Url = Annotated[
    Optional[str],  # noqa: UP045 (typer reads it at run time)
    typer.Option(help="The server; without it COUNTENANCE_URL, or the server of this machine.", show_default=False),
]
Key = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(help="The API key; better in COUNTENANCE_API_KEY, where nobody else sees it.", show_default=False),
]
Limit = Annotated[int, typer.Option(min=1, max=1000, help="How many to list at most.")]
PageNumber = Annotated[int, typer.Option("--page", min=1, help="Which part of the list.")]
Hard = Annotated[
    bool, typer.Option("--hard", help="Erase also what it was made from and of, for good.", show_default=False)
]
Wait = Annotated[bool, typer.Option("--wait", help="Wait until it is done, and show how far it is.")]
Once = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--idempotency-key",
        metavar="TEXT",
        help="The same request with the same text is done once.",
        show_default=False,
    ),
]
Out = Annotated[Path, typer.Option(help="The file to write.", show_default=False)]
Callback = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--callback-url", metavar="URL", help="Who is told when it is done.", show_default=False),
]
Within = Annotated[
    Optional[float],  # noqa: UP045
    typer.Option("--timeout", min=1.0, help="Seconds to wait at most.", show_default=False),
]


_ISO = re.compile(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*$")
_UPLOADED = "upload:"
"""before the id of what was uploaded earlier"""


@contextmanager
def connected(url: str | None, key: str | None) -> Iterator[Client]:
    """The client of the server that was named."""
    from countenance.client import Client

    with Client(url, key) as client:
        yield client


def wanted(kind: type[Model], **fields: Any) -> Model:
    """A request of what was given; what is None was not.

    Raises:
        typer.BadParameter: for what no server would take.
    """
    from pydantic import ValidationError

    try:
        return kind.model_validate({name: value for name, value in fields.items() if value is not None})
    except ValidationError as error:
        told = [
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}".removeprefix(": ") for fault in error.errors()[:3]
        ]
        raise typer.BadParameter("; ".join(told)) from error


def sent(client: Client, given: str | None, url: str, upload: str, progress: ProgressCallback | None) -> dict[str, str]:
    """The field that names a file for the server: a URL as it is, `upload:ID`, or a file of this machine, uploaded."""
    if given is None:
        return {}
    if is_url(given):
        return {url: given}
    if given.startswith(_UPLOADED):
        return {upload: given.removeprefix(_UPLOADED)}
    return {upload: client.uploads.send(Path(given), progress=progress).upload_id}


def is_url(given: str) -> bool:
    """Whether it is a URL; everything else is a file."""
    return given.lower().startswith(("http://", "https://"))


@contextmanager
def awaited(subject: str, made: str, *, as_json: bool) -> Iterator[None]:
    """Something with this id is waited for. It may fail: then its findings are what the command tells, and the exit
    code judges. The waiting may be stopped: then the command says that the server is not."""
    from countenance.client import WorkFailedError
    from countenance.client.errors import SERVER_GOES_ON

    try:
        with stopped_told(SERVER_GOES_ON, [made]):
            yield
    except WorkFailedError as error:
        report_failure(error.findings, as_json=as_json, **{subject: error.made.model_dump(mode="json")})
        raise typer.Exit(exit_for(error.finding, judges_material=True)) from error


@contextmanager
def stopped_told(rule: Rule, ids: Sequence[str]) -> Iterator[None]:
    """Whoever stops the command is told what it leaves on the server, by its id, once there is one."""
    try:
        yield
    except KeyboardInterrupt as error:
        if not ids:
            raise
        raise CountenanceError(Finding(INTERRUPTED), Finding(rule, measured=ids[0])) from error
    except SystemExit as error:
        if not ids or error.code != Exit.TERMINATED:
            raise
        raise CountenanceError(Finding(TERMINATED), Finding(rule, measured=ids[0])) from error


def tell(subject: str, made: BaseModel, *, as_json: bool, title: str = "") -> Exit:
    """Show one thing."""
    data = made.model_dump(mode="json")
    if as_json:
        print_json({"ok": True, subject: data})
        return Exit.OK
    target = console()
    print_pairs(target, title or subject.replace("_", " ").capitalize(), _facts(data))
    if findings := getattr(made, "findings", None):
        from countenance.client.errors import as_finding

        print_findings(target, [as_finding(found) for found in findings])
    return Exit.OK


def tell_list(subject: str, data: Sequence[BaseModel], columns: Sequence[str], *, as_json: bool, **more: Any) -> Exit:
    """Show part of a list; `more` is what else the answer says."""
    rows = [each.model_dump(mode="json") for each in data]
    if as_json:
        print_json({"ok": True, subject: rows, **more})
        return Exit.OK
    total = more.get("total_count")
    title = subject.replace("_", " ").capitalize()
    target = console()
    target.print(f"{title}: {len(rows)} of {total}" if total is not None else title, style="bold")
    target.print(_table(rows, columns))
    return Exit.OK


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> Table:
    """Ids stay in one piece, to be copied; what else is too long is folded."""
    from rich.table import Table

    table = Table(show_header=True, header_style="", box=None, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column.replace("_", " "), overflow="fold", no_wrap=column.endswith("_id"))
    for row in rows:
        table.add_row(*(printable(_short(column, row.get(column))) for column in columns))
    return table


def tell_done(text: str, *, as_json: bool, **facts: Any) -> Exit:
    """Say that something was done."""
    if as_json:
        print_json({"ok": True, **facts})
    else:
        console().print(text, soft_wrap=True)
    return Exit.OK


def _facts(data: Mapping[str, Any]) -> dict[str, Any]:
    """What fits in a line each."""
    return {
        name.replace("_", " "): _cell(value)
        for name, value in data.items()
        if value not in (None, "", [], {}) and not (isinstance(value, dict) or _is_of_objects(value))
    }


def _is_of_objects(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(each, dict) for each in value)


def _short(column: str, value: object) -> str:
    """A moment to the minute, so that a row fits in a line."""
    if column == "at" or column.endswith("_at"):
        return _ISO.sub(r"\1 \2", _cell(value))
    return _cell(value)


def _cell(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
