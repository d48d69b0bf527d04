"""Scripts from files, for `say`."""

from __future__ import annotations

import sys
from pathlib import Path

from countenance.cli.errors import SCRIPT_NO_TEXT
from countenance.errors import CountenanceError, Finding

STANDARD_INPUT = Path("-")
_MOST_BYTES = 200_000
"""More than the longest script has in any writing."""


def read_script(path: Path) -> str:
    """The text (UTF-8) of a file, or of standard input where it is called `-`.

    Raises:
        CountenanceError: cli.script_no_text, voice.script_too_long, and media.file_missing, media.not_a_file,
            media.unreadable, media.empty_file.
    """
    from countenance.voice.errors import SCRIPT_TOO_LONG

    data = sys.stdin.buffer.read(_MOST_BYTES + 1) if path == STANDARD_INPUT else _read(path)
    if len(data) > _MOST_BYTES:
        raise CountenanceError(Finding(SCRIPT_TOO_LONG, file=str(path)))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        detail = f"Byte {error.start + 1} is no UTF-8."
        raise CountenanceError(Finding(SCRIPT_NO_TEXT, file=str(path), detail=detail)) from error


def _read(path: Path) -> bytes:
    from countenance.media.container import check_file
    from countenance.media.errors import UNREADABLE, problem
    from countenance.media.limits import Limits

    check_file(path, Limits())
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise problem(UNREADABLE, path) from error
