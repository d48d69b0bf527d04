"""Parts that come through this server lie in the data folder until the file is whole."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

from countenance.media.private import private_folder
from countenance.service.db.tables import Upload
from countenance.service.objects.files import PIECE_BYTES, opened, written
from countenance.service.uploads import parts
from countenance.settings import Settings

_FOLDER = "uploads"
_ID = re.compile(r"u[0-9a-f]{16}")


def folder_of(settings: Settings, upload_id: str) -> Path:
    """Where the parts of an upload lie.

    Raises:
        ValueError: for what is no id of an upload.
    """
    if not _ID.fullmatch(upload_id):
        raise ValueError("not the id of an upload")
    return settings.data_dir / _FOLDER / upload_id


def part_path(settings: Settings, upload_id: str, number: int) -> Path:
    """The file of one part."""
    return folder_of(settings, upload_id) / f"{number:05d}"


def present(settings: Settings, upload: Upload) -> set[int]:
    """The numbers of the parts that are there with the size they should have."""
    found = set()
    for number in range(1, parts.count(upload) + 1):
        path = part_path(settings, upload.id, number)
        if path.is_file() and path.stat().st_size == parts.size(upload, number):
            found.add(number)
    return found


def join(settings: Settings, upload: Upload, target: Path) -> str:
    """Write all parts, one behind the other, to `target` (0600); the SHA-256 of what was written."""
    digest = hashlib.sha256()
    private_folder(target.parent)
    with written(target) as file:
        for number in range(1, parts.count(upload) + 1):
            with opened(part_path(settings, upload.id, number)) as part:
                while piece := part.read(PIECE_BYTES):
                    digest.update(piece)
                    file.write(piece)
    return digest.hexdigest()


def drop(settings: Settings, upload_id: str) -> None:
    """Delete the parts of an upload."""
    shutil.rmtree(folder_of(settings, upload_id), ignore_errors=True)


def folders(settings: Settings) -> list[Path]:
    """The folders of all uploads of which something lies here."""
    root = settings.data_dir / _FOLDER
    return [path for path in root.iterdir() if _ID.fullmatch(path.name)] if root.is_dir() else []
