"""What the commands that ask a server share: which server, what is sent to it, and what is waited for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional, TypeVar

import typer

from countenance.cli.errors import INTERRUPTED, TERMINATED
from countenance.cli.exits import Exit, exit_for
from countenance.cli.output import report_failure
from countenance.errors import CountenanceError, Finding, Rule

if TYPE_CHECKING:
    from pydantic import BaseModel

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


_UPLOADED = "upload:"
"""before the id of what was uploaded earlier"""
_ANOTHER_TIME = (408, 409, 425, 429)
"""HTTP statuses of what may be granted when it is asked for again"""


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


@contextmanager
def taken_back(client: Client) -> Iterator[list[str]]:
    """Uploads whose ids are put into the list are given up where the server refuses, inside, what they were sent for;
    not where it is lost: then it may have begun with them."""
    from countenance.client.errors import ApiError

    uploads: list[str] = []
    try:
        yield uploads
    except ApiError as error:
        if error.problem is not None and 400 <= error.status < 500 and error.status not in _ANOTHER_TIME:
            for upload_id in uploads:
                with suppress(CountenanceError):  # it ends by itself, later
                    client.uploads.delete(upload_id)
        raise


def sent(
    client: Client, given: str | None, url: str, upload: str, progress: ProgressCallback | None, uploads: list[str]
) -> dict[str, str]:
    """The field that names a file for the server: a URL as it is, `upload:ID`, or a file of this machine, uploaded;
    then its id is put into `uploads`."""
    if given is None:
        return {}
    if is_url(given):
        return {url: given}
    if given.startswith(_UPLOADED):
        return {upload: given.removeprefix(_UPLOADED)}
    uploads.append(client.uploads.send(Path(given), progress=progress).upload_id)
    return {upload: uploads[-1]}


def check_who(name: str | None, others: Mapping[str, bool]) -> None:
    """It must be said whom material shows, by a name or by one of the other options, before anything is sent.

    Raises:
        typer.BadParameter: where nothing is.
    """
    if not (name and name.strip()) and not any(others.values()):
        raise typer.BadParameter(
            f"say whom it shows: --name with the full name of who agrees, or {' or '.join(others)}"
        )


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
