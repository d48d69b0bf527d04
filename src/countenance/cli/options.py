"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer


def _file(given: str) -> Path:
    """A path as it was typed; an empty one would be the folder that one is in."""
    if not given:
        raise typer.BadParameter("the name of the file is empty")
    return Path(given)


Footage = Annotated[
    Path,
    typer.Argument(
        parser=_file,
        help="The recording of the person, a video file; or a picture of the face.",
        show_default=False,
    ),
]
Json = Annotated[
    bool,
    typer.Option("--json", help="One JSON object on stdout, progress as JSON lines on stderr.", show_default=False),
]
Consent = Annotated[
    Optional[Path],  # noqa: UP045 (typer reads it at run time)
    typer.Option(
        help="The recording of the person reading the consent statement, if the footage does not open with it.",
        show_default=False,
    ),
]
Name = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(help="The full name of the person who agrees, as it is said in the statement.", show_default=False),
]
Language = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(help="The language of the spoken statement, such as de; English without it.", show_default=False),
]
Phrase = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        metavar="ID", help="The one-time words that `countenance statement --one-time` gave.", show_default=False
    ),
]
Subject = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        help="Whom the footage shows: self, other, public-figure, deceased, or invented (nobody).",
        show_default=False,
    ),
]
Reviewed = Annotated[
    bool,
    typer.Option(
        "--reviewed",
        help="A human compared the recordings and confirms the person, where the verdict asks for it.",
        show_default=False,
    ),
]
Synthetic = Annotated[
    bool,
    typer.Option(
        "--synthetic",
        help="I declare: this footage is AI-generated, no camera recorded the person in it.",
        show_default=False,
    ),
]
PictureRights = Annotated[
    bool,
    typer.Option(
        "--picture-rights",
        help="I declare: I have the right to make a replica from this picture.",
        show_default=False,
    ),
]
Device = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(help="Where nets are learned and run: auto, cpu or cuda.", show_default=False),
]
AcceptResponsibility = Annotated[
    bool,
    typer.Option(
        "--accept-responsibility",
        help="I declare: I have the right to use this likeness, and answer for what is said with it.",
        show_default=False,
    ),
]
ReportFolder = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option(
        "--report",
        metavar="DIR",
        help="Write report.json, report.html and evidence pictures there.",
        show_default=False,
    ),
]

DEVICES = ("auto", "cpu", "cuda")


def device_of(given: str | None) -> str:
    """The device that was asked for, `auto` if none was.

    Raises:
        typer.BadParameter: for anything else.
    """
    if given is not None and given not in DEVICES:
        raise typer.BadParameter(f"--device is one of {', '.join(DEVICES)}")
    return given or DEVICES[0]
