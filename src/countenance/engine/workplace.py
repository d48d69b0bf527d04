"""Folders beside a replica in which the next one is made, and what becomes of those whose process was killed."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_OLDER = "-older"


@contextmanager
def work_folder(place: Path) -> Iterator[Path]:
    """A folder for this process alone, beside `place`, so that what is finished there need only be renamed.

    It is gone at the end. Before, `sweep` removes those of processes that no longer exist.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    sweep(place)
    folder = Path(tempfile.mkdtemp(prefix=f".{place.name}-{os.getpid()}-", dir=place.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def put_in_place(part: Path, place: Path) -> None:
    """Rename a whole new folder, made inside a `work_folder`, over an older one, which comes back if that fails."""
    older = part.with_name(part.name + _OLDER)
    if place.exists():
        place.rename(older)
    try:
        part.rename(place)
    except BaseException:
        if older.exists():
            older.rename(place)
        raise
    shutil.rmtree(older, ignore_errors=True)


def sweep(place: Path) -> None:
    """Remove what killed processes left beside `place`: faces and voices must not lie about for ever.

    If one was killed between the two steps of `put_in_place`, the older folder comes back first.
    """
    name = re.compile(rf"\.{re.escape(place.name)}-(\d+)-[^-/]+")
    for path in [*place.parent.iterdir()]:
        found = name.fullmatch(path.name)
        if found is None or not _is_dead(int(found[1])):
            continue
        for older in path.glob(f"*{_OLDER}"):
            if not place.exists():
                older.rename(place)
        shutil.rmtree(path, ignore_errors=True)


def _is_dead(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
