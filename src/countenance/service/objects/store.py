"""The object store: the data folder, or any S3-compatible one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known of an object without reading it."""

    bytes: int
    etag: str
    """changes when the object does; without quotes"""
    modified_at: datetime


class Objects(Protocol):
    """Objects under keys like `replicas/r0123456789ab/2/bundle/atlas.safetensors`; every call may be repeated.

    Every method raises CountenanceError service.store_unreachable where a store cannot be reached or refuses, and
    ValueError for what is not a key (see `keys.checked_key`): keys are made here and never by users.
    """

    def put(self, key: str, path: Path, content_type: str | None = None) -> None:
        """Store a file, whole or not at all; what was there is replaced."""

    def take(self, key: str, path: Path, content_type: str | None = None) -> None:
        """Store a file and remove it from where it was; where both lie on one disk it is moved, not copied.
        Where the file is gone and the object there, it was taken before."""

    def get(self, key: str, path: Path) -> None:
        """Write an object to a file (0600). Raises CountenanceError service.object_missing."""

    def put_folder(self, prefix: str, folder: Path) -> None:
        """Store every file below a folder."""

    def get_folder(self, prefix: str, folder: Path) -> None:
        """Write every object below a prefix to a folder. Raises CountenanceError service.object_missing if there is
        none."""

    def delete(self, prefix: str) -> int:
        """Delete an object and everything below it as a folder; how many were deleted."""

    def list(self, prefix: str) -> list[str]:
        """The keys below a prefix, sorted; of everything for an empty one."""

    def stat(self, key: str) -> Stored:
        """What is known of an object. Raises CountenanceError service.object_missing."""

    def read(self, key: str, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from `start` to before `stop`, in pieces. Raises CountenanceError service.object_missing at once,
        not at the first piece."""

    def local_path(self, key: str) -> Path | None:
        """Where the object or folder lies on this machine, for reading without a copy; None in a remote store."""
