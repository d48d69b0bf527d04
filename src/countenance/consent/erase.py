"""Delete what is held under a consent: exactly that, and for real.

Files are unlinked and their folder is synchronised. They are not overwritten first: on flash memory, on file systems
that copy on write and under snapshots the old blocks stay where they are, so overwriting would only look like more.
Whoever needs the bytes themselves gone keeps the data on an encrypted disk.

Only what was recorded is touched. A file must still have the hash that was recorded, unless it lies in the data folder
or belongs to a replica that carries the receipt; a symbolic link is never followed, and never removed.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from countenance.consent.receipt import now
from countenance.consent.register import Holding, HoldingKind, files_in

_BUNDLE = "replica.json"
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Outcome(StrEnum):
    """What became of a file."""

    DELETED = "deleted"
    GONE = "already gone"
    CHANGED = "changed since and therefore left"
    SHARED = "left, since another consent that stands covers it"
    FAILED = "not permitted"


@dataclass(frozen=True, slots=True)
class Erasure:
    """One file of a deletion record."""

    kind: str
    path: str
    sha256: str
    """as recorded; of the file as it was found where nothing was recorded; empty where there was none"""
    outcome: str
    at: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What decides about more than a file's hash."""

    receipt_id: str
    data_dir: Path
    """resolved; what lies in it is ours whatever it holds"""
    shared: Mapping[str, str]
    """paths that other consents cover which stand, with the receipt's id"""


def erase(holding: Holding, bounds: Bounds) -> Iterator[Erasure]:
    """Delete a holding file by file, and its folders as far as they are empty then."""
    path = Path(holding.path)
    if not holding.is_folder:
        yield _file(holding.kind, path, holding.files[0].sha256, bounds)
        return
    recorded = {file.name: file.sha256 for file in holding.files if ".." not in Path(file.name).parts}
    owner = _receipt_in(path / _BUNDLE) if holding.kind is HoldingKind.REPLICA else None
    if owner not in (None, bounds.receipt_id):
        detail = "Another replica has taken its place."
        yield from (
            Erasure(holding.kind, str(path / name), sha256, Outcome.GONE, now(), detail)
            for name, sha256 in recorded.items()
        )
        return
    ours = owner == bounds.receipt_id or path.is_relative_to(bounds.data_dir)
    # What says whose replica it is goes last, so that an interrupted deletion can be taken up again.
    for name in sorted({*recorded, *_named_in(path, ours)}, key=lambda name: (name == _BUNDLE, name)):
        yield _file(holding.kind, path / name, recorded.get(name, ""), bounds, whatever_it_holds=ours)
    _remove_empty(path, recorded)


def is_kept(holding: Holding, bounds: Bounds) -> bool:
    """Whether nothing of a holding will be deleted, since it belongs to another consent by now."""
    if holding.kind is HoldingKind.REPLICA:
        return _receipt_in(Path(holding.path) / _BUNDLE) not in (None, bounds.receipt_id)
    return holding.path in bounds.shared


def erase_enrolled(bounds: Bounds) -> Iterator[Erasure]:
    """Delete whatever lies in a folder of the data folder under a name that begins with the receipt's id."""
    for place in _enrolled(bounds):
        files = list(files_in(place)) if place.is_dir() and not place.is_symlink() else [place]
        for file in files:
            yield _file(HoldingKind.EMBEDDING, file, "", bounds, whatever_it_holds=True)
        _remove_empty(place, [file.relative_to(place).as_posix() for file in files if file != place])


def enrolled(bounds: Bounds) -> list[Path]:
    """What `erase_enrolled` would delete."""
    return [
        file
        for place in _enrolled(bounds)
        for file in (files_in(place) if place.is_dir() and not place.is_symlink() else [place])
    ]


def _enrolled(bounds: Bounds) -> list[Path]:
    pattern = f"*/{bounds.receipt_id}*"
    return [path for path in sorted(bounds.data_dir.glob(pattern)) if path.parent.name not in ("consents", "keys")]


def _file(kind: HoldingKind, path: Path, recorded: str, bounds: Bounds, *, whatever_it_holds: bool = False) -> Erasure:
    """Delete one file and say what came of it."""
    other = bounds.shared.get(str(path))
    if other is not None and not whatever_it_holds:
        return Erasure(kind, str(path), recorded, Outcome.SHARED, now(), f"It is held under {other}.")
    free = whatever_it_holds or path.is_relative_to(bounds.data_dir)
    try:
        outcome, sha256, detail = _unlink(path, None if free else recorded)
    except OSError as error:
        outcome, sha256, detail = _refused(error)
    return Erasure(kind, str(path), recorded or sha256, outcome, now(), detail)


def _unlink(path: Path, wanted: str | None) -> tuple[Outcome, str, str]:
    """Delete a regular file that no link leads to, if it still has the hash `wanted`; None for any content.

    The file that was hashed is the one that goes: both happen through one open folder, and the entry is compared with
    the open file before it is removed.
    """
    if os.path.realpath(path.parent, strict=True) != str(path.parent):
        return Outcome.CHANGED, "", "A link stands in its way."
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        handle = os.open(path.name, _OPEN, dir_fd=folder)
        with os.fdopen(handle, "rb") as file:
            state = os.fstat(file.fileno())
            if not stat.S_ISREG(state.st_mode):
                return Outcome.CHANGED, "", "It is no plain file any more."
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        entry = os.stat(path.name, dir_fd=folder, follow_symlinks=False)
        if (wanted is not None and sha256 != wanted) or (entry.st_dev, entry.st_ino) != (state.st_dev, state.st_ino):
            return Outcome.CHANGED, sha256, ""
        os.unlink(path.name, dir_fd=folder)
        os.fsync(folder)
    finally:
        os.close(folder)
    return Outcome.DELETED, sha256, "The same file has another name elsewhere." if state.st_nlink > 1 else ""


def _refused(error: OSError) -> tuple[Outcome, str, str]:
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return Outcome.GONE, "", ""
    if error.errno == errno.ELOOP:
        return Outcome.CHANGED, "", "A link has taken its place."
    return Outcome.FAILED, "", f"{error.strerror}."


def _receipt_in(bundle: Path) -> str | None:
    """The receipt of the replica that lies here, `none` if it carries none; None if no replica lies here."""
    try:
        description = json.loads(bundle.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    consent = description.get("consent") if isinstance(description, dict) else None
    receipt = consent.get("receipt") if isinstance(consent, dict) else None
    return receipt if isinstance(receipt, str) else "none"


def _named_in(folder: Path, ours: bool) -> set[str]:
    """The files that a replica which is ours says to have; plain names only."""
    if not ours:
        return set()
    try:
        hashes = json.loads((folder / _BUNDLE).read_text("utf-8"))["hashes"]
        names = {name for name in hashes if Path(name).name == name and name not in (".", "..")}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return set()
    return {name for name in names if os.path.lexists(folder / name)}


def _remove_empty(folder: Path, names: Iterable[str]) -> None:
    """Remove the recorded folders, innermost first; what still holds anything stays."""
    inner = {folder / parent for name in names for parent in Path(name).parents}
    for each in sorted({folder, *inner}, key=lambda path: len(path.parts), reverse=True):
        try:
            if os.path.realpath(each, strict=True) == str(each):
                each.rmdir()
        except OSError:
            continue
