"""The object store: the data folder, or any S3-compatible one."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class Objects(Protocol):
    """Objects under keys like `replicas/r0123456789ab/2/bundle/atlas.safetensors`; every call may be repeated."""

    def put(self, key: str, path: Path, content_type: str | None = None) -> None:
        """Store a file, whole or not at all; what was there is replaced."""

    def get(self, key: str, path: Path) -> None:
        """Write an object to a file (0600). Raises CountenanceError service.object_missing."""

    def put_folder(self, prefix: str, folder: Path) -> None:
        """Store every file below a folder."""

    def get_folder(self, prefix: str, folder: Path) -> None:
        """Write every object below a prefix to a folder."""

    def delete(self, prefix: str) -> int:
        """Delete an object and everything below it as a folder; how many were deleted."""

    def list(self, prefix: str) -> list[str]:
        """The keys below a prefix, sorted."""

    def local_path(self, key: str) -> Path | None:
        """Where the object or folder lies on this machine, for reading without a copy; None in a remote store."""
