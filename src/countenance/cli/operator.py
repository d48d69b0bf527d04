"""What the commands of the operator share: which data folder, which workspace."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from countenance.cli.studio import load_settings
from countenance.errors import CountenanceError, Finding

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from countenance.service.context import Service
    from countenance.service.db.tables import Workspace
    from countenance.settings import Settings

Data = Annotated[
    Optional[Path],  # noqa: UP045 (typer reads it at run time)
    typer.Option(metavar="DIR", help="The data folder; without it, as the settings have it.", show_default=False),
]
WorkspaceId = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--workspace", metavar="ID", help="Needed where there are several.", show_default=False),
]


def settings_for(data: Path | None) -> Settings:
    """The settings with this data folder, here and in every process that is begun from here."""
    if data is not None:
        os.environ["COUNTENANCE_DATA_DIR"] = str(data.absolute())
    return load_settings()


@contextmanager
def opened(data: Path | None) -> Iterator[Service]:
    """The installation in the data folder, whether a server works with it or not. None is made: that is for `serve`,
    `worker` and `migrate`.

    Raises:
        CountenanceError: server.no_installation, and whatever `installation` raises.
    """
    from countenance.server.errors import NO_INSTALLATION
    from countenance.server.installation import installation
    from countenance.service.db.database import is_made

    settings = settings_for(data)
    if not is_made(settings):
        raise CountenanceError(Finding(NO_INSTALLATION, detail=f"It is {settings.data_dir}."))
    with installation(settings) as service:
        yield service


def workspace_of(session: Session, wanted: str | None) -> Workspace:
    """The workspace of this id, or the only one there is.

    Raises:
        CountenanceError: service.workspace_unknown.
        typer.BadParameter: where several could be meant.
    """
    from countenance.service.accounts import workspaces

    if wanted is not None:
        return workspaces.found(session, wanted)
    all_of_them = workspaces.listed(session)
    if len(all_of_them) != 1:
        known = ", ".join(workspace.id for workspace in all_of_them) or "none yet: `countenance serve` makes the first"
        raise typer.BadParameter(f"name a workspace with --workspace; there are {known}")
    return all_of_them[0]
