"""Write what a report consists of: each file whole or not at all, for the owner's eyes."""

from __future__ import annotations

import os
import secrets
from io import BytesIO
from pathlib import Path

from PIL.Image import Image

from countenance.media.errors import CANNOT_WRITE, problem

_JPEG_QUALITY = 86


def make_folder(folder: Path) -> None:
    """Make the folder, and those above it, for its owner alone (mode 0700); one that exists stays as it is.

    Raises:
        CountenanceError: media.cannot_write.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise problem(CANNOT_WRITE, folder, _reason(error)) from error


def write_whole(path: Path, data: bytes) -> None:
    """Put a file of mode 0600 in place at once; what was there before stays until then.

    Raises:
        CountenanceError: media.cannot_write.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        try:
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise problem(CANNOT_WRITE, path, _reason(error)) from error


def remove(path: Path) -> None:
    """Remove a file if it is there.

    Raises:
        CountenanceError: media.cannot_write.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise problem(CANNOT_WRITE, path, _reason(error)) from error


def write_picture(path: Path, picture: Image) -> None:
    """Write a JPEG as `write_whole` does.

    Raises:
        CountenanceError: media.cannot_write.
    """
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=_JPEG_QUALITY, optimize=True)
    write_whole(path, buffer.getvalue())


def _reason(error: OSError) -> str:
    return f"{error.strerror}." if error.strerror else ""
