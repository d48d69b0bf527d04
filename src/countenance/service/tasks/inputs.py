"""The files that a task is given: fetched once, kept in the object store, and laid into its folder."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from sqlalchemy import update

from countenance.errors import CountenanceError
from countenance.media.private import private_folder
from countenance.service.clock import now
from countenance.service.context import Service
from countenance.service.db.tables import MediaSource, Upload
from countenance.service.errors import refused
from countenance.service.fetch.errors import URL_HOST, URL_TOO_LARGE, URL_UNREACHABLE
from countenance.service.fetch.fetching import fetch
from countenance.service.fetch.sniff import AUDIO, IMAGE, VIDEO
from countenance.service.objects.errors import OBJECT_MISSING
from countenance.service.tasks import sources

FOLDER = "in"
_KINDS = {
    "footage": frozenset({VIDEO}),
    "consent": frozenset({VIDEO}),
    "video": frozenset({VIDEO}),
    "picture": frozenset({IMAGE}),
    "watermark": frozenset({IMAGE}),
    "background": frozenset({IMAGE, VIDEO}),
    "audio": frozenset({AUDIO, VIDEO}),
}
"""What a file may be, by its role; sound may lie in a film."""
_SUFFIXES = {
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "video/webm": ".webm",
    "video/x-matroska": ".mkv",
    "video/x-msvideo": ".avi",
    "audio/mp4": ".m4a",
    "audio/mpeg": ".mp3",
    "audio/wav": ".wav",
    "audio/x-wav": ".wav",
    "audio/flac": ".flac",
    "application/ogg": ".ogg",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
}
_AUDIO_TYPES = {
    URL_HOST.id: "audio_file_download_link",
    URL_UNREACHABLE.id: "audio_file_download_link",
    URL_TOO_LARGE.id: "audio_file_max_size",
}
"""What Tavus calls these where they are about the sound of a video."""


def brought(service: Service, kind: str, subject_id: str, folder: Path) -> dict[str, str]:
    """Lay the files of a subject into `folder/in/`; their names in `folder`, by role.

    A URL is fetched once: from then on the file in the object store counts, also for another machine.

    Raises:
        CountenanceError: what fetching a URL may raise; service.object_missing of a file that was deleted.
    """
    with service.database.transaction() as session:
        rows = sources.of(session, kind, subject_id)
    private_folder(folder / FOLDER)
    return {role: _laid(service, row, folder) for role, row in rows.items()}


def suffix_of(content_type: str | None) -> str:
    """How a file of this kind is called here: the media libraries look at names too."""
    return _SUFFIXES.get(content_type or "", "")


def linked(service: Service, key: str, path: Path) -> None:
    """An object as a file: on the same disk another name for it, so that it stays while somebody reads it.

    Raises:
        CountenanceError: service.object_missing, service.store_unreachable.
    """
    path.unlink(missing_ok=True)
    private_folder(path.parent)
    local = service.objects.local_path(key)
    if local is not None:
        with suppress(OSError):
            os.link(local, path)
            return
    service.objects.get(key, path)


def linked_folder(service: Service, prefix: str, folder: Path) -> None:
    """All objects below a prefix as files; see `linked`."""
    keys = service.objects.list(prefix)
    if not keys:
        raise refused(OBJECT_MISSING)
    for key in keys:
        linked(service, key, folder / key.removeprefix(f"{prefix}/"))


def _laid(service: Service, row: MediaSource, folder: Path) -> str:
    if row.object_key is None:
        return _collected(service, row, folder)
    name = f"{FOLDER}/{Path(row.object_key).name}"
    if not (folder / name).exists():
        linked(service, row.object_key, folder / name)
    return name


def _collected(service: Service, row: MediaSource, folder: Path) -> str:
    """Get a file from where the user has it, and keep it."""
    part = folder / FOLDER / f"{row.role}.part"
    if row.upload_id is not None:
        content_type, sha256 = _uploaded(service, row.upload_id, part)
    else:
        content_type, sha256 = _fetched(service, row, part)
    # A mark is taken for a text unless its name ends so; which picture it is, its first bytes tell.
    suffix = ".png" if row.role == "watermark" else suffix_of(content_type)
    name = f"{row.role}{suffix}"
    part.replace(folder / FOLDER / name)
    key = f"{sources.stored_below(row.subject_kind, row.subject_id)}/{name}"
    service.objects.put(key, folder / FOLDER / name, content_type)
    values = {
        "object_key": key,
        "content_type": content_type,
        "bytes": (folder / FOLDER / name).stat().st_size,
        "sha256": sha256,
        "fetched_at": now(),
    }
    with service.database.transaction() as session:
        session.execute(
            update(MediaSource).where(MediaSource.id == row.id, MediaSource.deleted_at.is_(None)).values(**values)
        )
    return f"{FOLDER}/{name}"


def _fetched(service: Service, row: MediaSource, part: Path) -> tuple[str, str]:
    try:
        found = fetch(service.settings, row.url or "", part, kinds=_KINDS[row.role])
    except CountenanceError as error:
        if row.role != "audio":
            raise
        rule = error.finding.rule
        told = replace(rule, tavus_type=_AUDIO_TYPES.get(rule.id, rule.tavus_type))
        raise CountenanceError(replace(error.finding, rule=told)) from error
    return found.content_type, found.sha256


def _uploaded(service: Service, upload_id: str, part: Path) -> tuple[str, str]:
    with service.database.transaction() as session:
        upload = session.get(Upload, upload_id)
        if upload is None or upload.object_key is None or upload.state != "complete":
            raise refused(OBJECT_MISSING)
        key, content_type = upload.object_key, upload.content_type or ""
    linked(service, key, part)
    with part.open("rb") as file:
        return content_type, hashlib.file_digest(file, "sha256").hexdigest()
