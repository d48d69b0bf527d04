"""Folders beside a replica in which the next one is made, and what becomes of those whose process was killed."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_OLDER = "-older"
_LOCK = "lock"
"""Held for the life of a work folder. A process's number would say less: in another container it is another process,
and after a restart it may be our own."""


@contextmanager
def work_folder(place: Path) -> Iterator[Path]:
    """A folder for this process alone, beside `place`, so that what is finished there need only be renamed.

    It is gone at the end. Before, `sweep` removes those of processes that no longer exist.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    sweep(place)
    folder = Path(tempfile.mkdtemp(prefix=_prefix(place), dir=place.parent))
    try:
        with _locked(folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def put_in_place(part: Path, place: Path, confirm: Callable[[], None] | None = None) -> None:
    """Rename a whole new folder, made inside a `work_folder`, over an older one, which comes back if that fails.

    So it does if `confirm` raises, which is called while the new one is in place and the older one still exists.
    """
    older = part.with_name(part.name + _OLDER)
    if place.exists():
        place.rename(older)
    try:
        part.rename(place)
        try:
            if confirm is not None:
                confirm()
        except BaseException:
            place.rename(part)
            raise
    except BaseException:
        if older.exists():
            older.rename(place)
        raise
    shutil.rmtree(older, ignore_errors=True)


def sweep(place: Path) -> None:
    """Remove what killed processes left beside `place`: faces and voices must not lie about for ever.

    If one was killed between the two steps of `put_in_place`, the older folder comes back first.
    """
    for path in [*place.parent.iterdir()]:
        if not path.name.startswith(_prefix(place)) or path.is_symlink() or not _is_left(path):
            continue
        for older in path.glob(f"*{_OLDER}"):
            if not place.exists():
                older.rename(place)
        shutil.rmtree(path, ignore_errors=True)


def _prefix(place: Path) -> str:
    return f".{place.name}-countenance-"


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _is_left(folder: Path) -> bool:
    """Whether a work folder belongs to nobody any more; one that was made just now, and not yet locked, has no lock."""
    try:
        handle = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(handle)
    return True
