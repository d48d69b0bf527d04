"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

Footage = Annotated[Path, typer.Argument(help="The recording of the person, a video file.", show_default=False)]
Json = Annotated[
    bool,
    typer.Option("--json", help="One JSON object on stdout, progress as JSON lines on stderr.", show_default=False),
]
Consent = Annotated[
    Optional[Path],  # noqa: UP045 (typer reads it at run time)
    typer.Option(help="The recording of the person reading the consent statement.", show_default=False),
]
Name = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(help="The person's full name, as it is said in the consent statement.", show_default=False),
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
    bool, typer.Option("--synthetic", help="The person in the footage does not exist.", show_default=False)
]
