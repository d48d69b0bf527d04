"""Files on their way to and from an object store: private, whole or not there, and never through a link."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path
from typing import BinaryIO

from countenance.media.private import private_folder, sync_folder

PIECE_BYTES = 1 << 20
"""So much is read or sent at a time."""
_ATTEMPTS = 100
"""More deletions than this never come between making a folder and using it."""


def opened(path: Path) -> FileIO:
    """A plain file for reading.

    Raises:
        OSError: where it is none: what a child process left is not followed to files that are not its own.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    kind = os.fstat(handle).st_mode
    if not stat.S_ISREG(kind):
        os.close(handle)
        raise IsADirectoryError(path.name) if stat.S_ISDIR(kind) else OSError(f"not a plain file: {path.name}")
    return FileIO(handle)


@contextmanager
def written(target: Path, beside: Path | None = None) -> Iterator[BinaryIO]:
    """A new file (0600) that takes the place of `target` when all went well, and leaves nothing where it did not.

    It is written in the folder `beside`, which lies on the same disk; without one, where the target is.
    """
    part = (beside or private_folder(target.parent)) / f".{secrets.token_hex(8)}"
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(handle)
        put_in_place(part, target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def put_in_place(part: Path, target: Path) -> None:
    """Rename a file to `target`, whose folder may vanish meanwhile because it was empty."""
    for attempt in range(_ATTEMPTS):
        try:
            private_folder(target.parent)
            part.replace(target)
        except (FileNotFoundError, FileExistsError):  # the latter where it was there and then was not
            if attempt == _ATTEMPTS - 1 or not part.exists():
                raise
        else:
            break
    with suppress(FileNotFoundError):  # deleted already
        sync_folder(target.parent)


def files_below(folder: Path) -> list[str]:
    """The relative names of all files below a folder, sorted; links to folders are not entered."""
    found = []
    for place, _, names in os.walk(folder, followlinks=False):
        found += [(Path(place) / name).relative_to(folder).as_posix() for name in names]
    return sorted(found)
