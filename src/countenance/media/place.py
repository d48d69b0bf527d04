"""Whether something can be written at a place, before much work is done."""

from __future__ import annotations

import tempfile
from pathlib import Path

from countenance.media.errors import CANNOT_WRITE, problem
from countenance.media.write import write_errors


def check_file(path: Path) -> None:
    """Try whether a file can be written at `path`; nothing is left there.

    Raises:
        CountenanceError: media.cannot_write.
    """
    with write_errors(path):
        target = path.resolve()
        if target.is_dir():
            raise problem(CANNOT_WRITE, path, "It is a folder.")
        if target.exists() and not target.is_file():
            raise problem(CANNOT_WRITE, path, "There is something that is no file.")
        if not target.parent.is_dir():
            raise problem(CANNOT_WRITE, path, f"There is no folder {target.parent}.")
        try_folder(target.parent)


def check_folder(folder: Path) -> None:
    """Try whether files can be written in `folder`, which may have to be made first; nothing is left there.

    Raises:
        CountenanceError: media.cannot_write.
    """
    with write_errors(folder):
        try_folder(folder)


def try_folder(folder: Path) -> None:
    """Make a file in a folder, or in the nearest one above it that exists, which is gone at once.

    To ask for the rights alone would not do: there are folders that nobody can write to, whatever the rights say.

    Raises:
        OSError: if that cannot be.
    """
    whole = folder.resolve()
    nearest = next(path for path in (whole, *whole.parents) if path.exists())
    with tempfile.TemporaryFile(dir=nearest):
        pass
