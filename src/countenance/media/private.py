"""Small private files that survive a crash: folders 0700, files 0600, whole or not there."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def private_folder(path: Path) -> Path:
    """Make a folder and its parents; those made here are for their owner alone."""
    for folder in (*reversed(path.parents), path):
        if not folder.is_dir():
            folder.mkdir(mode=0o700, exist_ok=True)
    return path


def write_once(path: Path, data: bytes) -> bool:
    """Write a file that is not there yet; False, and no change, if somebody was quicker.

    A hard link puts the whole file in place in one step and, unlike a rename, never replaces another.

    Raises:
        OSError: what the disk refuses.
    """
    part = _written_beside(path, data)
    try:
        os.link(part, path)
    except FileExistsError:
        return False
    finally:
        part.unlink(missing_ok=True)
    sync_folder(path.parent)
    return True


def write(path: Path, data: bytes) -> None:
    """Write or replace a file in one step.

    Raises:
        OSError: what the disk refuses.
    """
    part = _written_beside(path, data)
    try:
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make sure that what was added to or removed from a folder stays so after a loss of power."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Only one process at a time is inside; the lock is gone with the process that held it.

    Raises:
        BlockingIOError: where somebody is inside and `wait` is false.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def _written_beside(path: Path, data: bytes) -> Path:
    part = path.with_name(f".{path.name}-{secrets.token_hex(6)}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part
