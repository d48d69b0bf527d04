"""Where a task's files lie while it is at work: a private folder for each job, on this machine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from countenance.media.private import private_folder
from countenance.settings import Settings

_ROOM = "work"


def work_folder(settings: Settings, job_id: str) -> Path:
    """The job's folder, made if need be (0700). Tasks of a job that follow one another on the same machine share it; on
    another machine, and after a job has waited for something outside, it is empty.

    Raises:
        OSError: what the disk refuses.
    """
    return private_folder(settings.data_dir / _ROOM / job_id)


def remove_work_folder(settings: Settings, job_id: str) -> None:
    """Faces and voices must not lie about where nobody works with them."""
    shutil.rmtree(settings.data_dir / _ROOM / job_id, ignore_errors=True)


def jobs_with_folders(settings: Settings) -> Iterator[str]:
    """The ids of the jobs that have a folder here."""
    room = settings.data_dir / _ROOM
    if room.is_dir():
        yield from (folder.name for folder in room.iterdir())
